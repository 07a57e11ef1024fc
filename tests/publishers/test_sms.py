"""What goes out by text message."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.publishers.base import Found, Settings
from appeal.publishers.sms import Sms
from appeal.rules.errors import ContentRefused, DoesNotFit
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import ByText
from tests.publishers.sample import content, withdrawn

KEY = "Ab3dEf9h"
COMPOSER = Sms(Settings({}))


def test_text_is_what_the_approver_reads() -> None:
    post = COMPOSER.compose(content(KEY, happened="He said: “Run” – and ran…", force="Police"))

    assert post.text == (
        "EXERCISE: Police: Who was on the river bridge on Saturday?\n"
        "Do not approach. Call 112 immediately.\n"
        'He said: "Run" - and ran...\n'
        "River bridge, Calle Mayor\n"
        "Sat 21 Nov 2026, 22:15\n"
        "Tell us: 091\n"
        "tell@force.example\n"
        "http://127.0.0.1:8000/r/Ab3dEf9h"
    )
    assert (post.length, post.limit) == (2, 10)


def test_only_the_story_gives_way_and_ten_parts_are_not_exceeded() -> None:
    plain = COMPOSER.compose(content(KEY, happened="word " * 400, force="Police"))
    accented = COMPOSER.compose(content(KEY, happened="policía " * 250, force="Police"))

    assert (plain.length, accented.length) == (10, 10)
    assert 1500 < len(plain.text) <= 1530
    assert 650 < len(accented.text) <= 670
    for post in (plain, accented):
        assert "..." in post.text
        assert post.text.endswith(f"tell@force.example\n{content(KEY).link}")


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="of 10 parts"):
        COMPOSER.compose(content(KEY, danger="x" * 1600))


def test_withdrawal_carries_its_own_link_and_names_nobody() -> None:
    post = COMPOSER.compose(withdrawn(KEY, force="Police"))
    assert post.text == (
        "EXERCISE: Police: This appeal is no longer shown.\n"
        "Reference: 2026/4711\n"
        "Please delete our earlier message about it and do not pass it on.\n"
        "http://127.0.0.1:8000/r/Ab3dEf9h"
    )


def test_each_number_gets_its_own(world: Exercise) -> None:  # noqa: F811
    publisher = ByText(world, Path()).publisher()
    for key, number in (("Aaaaaaaa", "+447700900001"), ("Bbbbbbbb", "+447700900002")):
        publisher.send(publisher.compose(content(key)), number, key)

    sent = [(text.recipient, text.body[-8:]) for text in world.world.snapshot()[1]]
    assert sorted(sent) == [("+447700900001", "Aaaaaaaa"), ("+447700900002", "Bbbbbbbb")]


def test_look_up_asks_only_about_the_number(world: Exercise) -> None:  # noqa: F811
    publisher = ByText(world, Path()).publisher()
    assert isinstance(publisher, Sms)
    post = publisher.compose(content(KEY))
    publisher.send(post, "+447700900001", KEY)

    now = datetime.now(UTC)
    assert publisher.find(KEY, "+447700900001", post, now).found == Found.THERE
    assert publisher.find(KEY, "+447700900002", post, now).found == Found.NOT_THERE


def test_look_up_cannot_tell_when_the_words_are_not_kept(world: Exercise) -> None:  # noqa: F811
    publisher = ByText(world, Path()).publisher(content_retention="discard")
    assert isinstance(publisher, Sms)
    post = publisher.compose(content(KEY))
    publisher.send(post, "+447700900001", KEY)

    answer = publisher.find(KEY, "+447700900001", post, datetime.now(UTC))
    assert answer.found == Found.CANNOT_TELL


def test_number_that_opted_out_is_left_alone(world: Exercise) -> None:  # noqa: F811
    platform = ByText(world, Path())
    world.world.opted_out.add(platform.address)
    publisher = platform.publisher()

    with pytest.raises(ContentRefused, match="opted out"):
        publisher.send(publisher.compose(content(KEY)), platform.address, KEY)


def test_parts_letters_and_price_are_said_before_approval() -> None:
    priced = Sms(Settings({"price_per_part": "0,07", "currency": "EUR"}))
    plain = priced.compose(content(KEY, force="Police", happened="He ran."))
    accented = priced.compose(content(KEY, force="Police", happened="Huyó así."))

    assert plain.note == "Each message has 2 parts, 219 units in GSM-7. It costs 0.14 EUR for each number."
    assert "in UCS-2. These letters make every part hold 70 instead of 160: ó í. It costs" in accented.note
    assert "costs" not in COMPOSER.compose(content(KEY)).note
    assert Sms(Settings({"price_per_part": "free"})).compose(content(KEY)).note == COMPOSER.compose(content(KEY)).note
    assert plain.sha256() == COMPOSER.compose(content(KEY, force="Police", happened="He ran.")).sha256()


def test_little_credit_is_a_warning_while_it_still_works(world: Exercise) -> None:  # noqa: F811
    def warned(**changes: str) -> str:
        found = ByText(world, Path()).publisher(**changes).check()
        assert found.is_well
        return found.warning

    assert warned() == ""
    world.world.twilio_balance = "19.995"
    assert warned() == "Twilio has 20.00 EUR of credit left."
    assert (warned(least_credit="5"), warned(least_credit="0"), warned(least_credit="much")) == ("", "", "")
    world.world.twilio_balance = "not a number"
    assert warned() == ""
