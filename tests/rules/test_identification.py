"""Levels of identification and endings: every kind has some, and the tables agree."""

import pytest

from appeal.rules import endings, identification
from appeal.rules.content import KINDS
from appeal.rules.endings import ENDINGS, OF_KIND, TOLD
from appeal.rules.identification import LEVELS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_level_and_its_default_is_one_of_them(kind: str) -> None:
    offered = identification.choices(kind)
    assert offered
    assert identification.DEFAULTS.get(kind, next(iter(offered))) in offered


def test_only_a_court_makes_guilt_a_fact() -> None:
    assert [code for code, level in LEVELS.items() if level.may_say_guilt] == ["convicted"]


def test_nobody_is_named_while_not_identified() -> None:
    assert [code for code, level in LEVELS.items() if level.may_name] == [
        "named_suspect",
        "warrant",
        "convicted",
        "missing",
    ]
    assert LEVELS["named_suspect"].name_needs_decision


def test_every_ending_says_who_is_told_first_and_mistaken_begins_with_the_control_room() -> None:
    assert {code for ending in ENDINGS.values() for code in ending.told} <= TOLD.keys()
    assert all(ending.told for ending in ENDINGS.values())
    assert ENDINGS["mistaken"].told[0] == "control_room"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_mistaken_superseded_or_closed(kind: str) -> None:
    assert {"mistaken", "superseded", "closed"} <= set(OF_KIND[kind]) <= set(ENDINGS)
    assert set(endings.fields(kind)) <= endings.TEXTS.keys()


def test_a_missing_person_is_never_arrested() -> None:
    assert not {"arrested", "charged"} & set(OF_KIND["missing"])


def test_proposed_closing_texts_fit() -> None:
    assert all(len(one.closing) <= endings.CLOSING_LIMIT for one in ENDINGS.values())
