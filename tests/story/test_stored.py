"""What was said is compared with what is stored, one by one."""

from collections import Counter

from appeal.story.crowd import Said, mark
from appeal.story.stored import Tally, tally

SAID = [Said("webform", "a||"), Said("sms", "SM1"), Said("sms", "SM1b", is_confirmed=False), Said("x", "9")]


def test_everything_stored_once_is_neither_lost_nor_doubled() -> None:
    stored = Counter({("webform", "a||"): 1, ("sms", "SM1"): 1, ("x", "9"): 1})
    assert tally(SAID, stored) == Tally(sent=3, stored=3, lost=0, doubled=0)


def test_an_unconfirmed_message_may_be_stored_once() -> None:
    stored = Counter({("webform", "a||"): 1, ("sms", "SM1"): 1, ("sms", "SM1b"): 1, ("x", "9"): 1})
    assert tally(SAID, stored) == Tally(sent=3, stored=4, lost=0, doubled=0)
    assert tally(SAID, stored + Counter({("sms", "SM1b"): 1})).doubled == 1


def test_one_lost_and_one_doubled_do_not_make_up_for_each_other() -> None:
    stored = Counter({("webform", "a||"): 2, ("sms", "SM1"): 1})
    assert tally(SAID, stored) == Tally(sent=3, stored=3, lost=1, doubled=1)


def test_the_same_words_from_two_people_are_two_messages() -> None:
    twice = [Said("webform", "a||"), Said("webform", "a||")]
    assert tally(twice, Counter({("webform", "a||"): 1})).lost == 1
    assert tally(twice, Counter({("webform", "a||"): 2})) == Tally(2, 2, 0, 0)


def test_a_mark_does_not_depend_on_spaces() -> None:
    assert mark(" two\r\nlines ", "here", "now") == mark("two lines", " here", "now ") == "two lines|here|now"
