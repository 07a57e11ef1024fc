"""An answer in public is a tip first; what lays somebody open is hidden on its platform and shown again."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import pytest
from flask import Flask

from appeal import publishers
from appeal.db import reading, writing
from appeal.models.answer import PublicAnswer
from appeal.models.appeal import Appeal
from appeal.models.release import Channel
from appeal.rules import exposing
from appeal.rules.errors import BadInput, Gone, NotAllowed, WrongState
from appeal.rules.permissions import Actor
from appeal.tips import answers, triage
from tests import fakes
from tests.tips.conftest import NOW
from tests.tips.test_triage import entries, tip

Officers = tuple[Actor, Actor]
PHONE = "ring him on 600 112 233"


class Hiding(fakes.FakePlace):
    """A place on which answers are hidden; `gone` are those that are not there any more."""

    capabilities = replace(fakes.FakePlace.capabilities, can_hide=True)
    hidden: ClassVar[set[str]] = set()
    gone: ClassVar[set[str]] = set()

    def hide(self, external_id: str) -> None:
        """Hide it."""
        self._known(external_id)
        self.hidden.add(external_id)

    def show_again(self, external_id: str) -> None:
        """Show it."""
        self._known(external_id)
        self.hidden.discard(external_id)

    def _known(self, external_id: str) -> None:
        if external_id in self.gone:
            raise Gone("It is not there.")


Say = Callable[..., int]


@pytest.fixture
def said(app: Flask, appeal: Appeal, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Lets people answer under a post, and the machine read it; returns the message's id."""
    monkeypatch.setattr(publishers, "PUBLISHERS", {"x": Hiding, "mastodon": fakes.FakePlace})
    Hiding.hidden, Hiding.gone = set(), set()
    with writing() as session:
        for number, name in enumerate(("x", "mastodon"), start=1):
            session.add(Channel(id=number, publisher=name, name=name, language="en", settings={}, created_at=NOW))

    numbers: list[str] = []

    def write(words: str, *, source: str = "x", **facts: str) -> int:
        numbers.append(words)
        more: dict[str, object] = {
            "external_id": str(len(numbers) - 1),
            "facts": {"in_reply_to": "1", **facts},
            "sender": "neighbour",
            "appeal": appeal.public_id,
        }
        made = tip(words, source=source, channel_id=1 if source == "x" else 2, **more)
        triage.read_tips(NOW)
        return made.message_id

    return write


def marked(ana: Actor) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(one.text, tuple(one.row.flags), one.can_hide) for one in answers.listing(ana)]


def test_only_what_stands_in_public_and_lays_somebody_open_is_marked(said: Say, officers: Officers) -> None:
    said("a man at the bridge")
    said(PHONE, is_private="yes")
    said(PHONE, in_reply_to="")
    said(PHONE)
    said(PHONE, source="mastodon")
    assert sorted(marked(officers[0])) == [(PHONE, ("phone",), False), (PHONE, ("phone",), True)]
    assert answers.waiting(officers[0]) == 2
    with reading() as session:
        assert session.query(PublicAnswer).count() == 3


def test_it_is_hidden_and_shown_again_and_both_are_in_the_ledger(said: Say, officers: Officers) -> None:
    message_id = said(PHONE)
    answers.hide(officers[0], message_id=message_id, now=NOW)
    assert (len(Hiding.hidden), marked(officers[0]), len(answers.listing(officers[0], hidden=True))) == (1, [], 1)
    answers.show_again(officers[0], message_id=message_id, now=NOW)
    assert (Hiding.hidden, marked(officers[0]), answers.listing(officers[0], hidden=True)) == (set(), [], [])
    assert [action for _who, action, _target, _code in entries()][-2:] == ["hide answer", "show answer again"]


def test_what_cannot_be_hidden_says_so_and_what_is_gone_leaves_the_list(said: Say, officers: Officers) -> None:
    other = said(PHONE, source="mastodon")
    with pytest.raises(WrongState, match="report it there"):
        answers.hide(officers[0], message_id=other, now=NOW)
    message_id = said(PHONE)
    Hiding.gone = {"1"}
    with pytest.raises(Gone):
        answers.hide(officers[0], message_id=message_id, now=NOW)
    assert len(marked(officers[0])) == 1
    with pytest.raises(NotAllowed):
        answers.hide(replace(officers[0], roles=frozenset({"author"})), message_id=other, now=NOW)


def test_all_that_are_marked_go_in_one_press(said: Say, officers: Officers) -> None:
    said(PHONE)
    said("he lives at 12 Mill Lane")
    said(PHONE, source="mastodon")
    assert answers.hide_marked(officers[0], appeal="", now=NOW) == (2, "")
    assert [can_hide for _text, _flags, can_hide in marked(officers[0])] == [False]


def test_a_barred_name_marks_what_is_there_and_what_comes(said: Say, officers: Officers, appeal: Appeal) -> None:
    said("it was Lucía Pérez")
    assert marked(officers[0]) == []
    assert answers.bar_name(officers[0], appeal=appeal.public_id, name="Lucia Perez", now=NOW) == 1
    said("LUCIA PEREZ again")
    assert [flags for _text, flags, _can in marked(officers[0])] == [(exposing.BARRED_NAME,)] * 2
    with pytest.raises(BadInput):
        answers.bar_name(officers[0], appeal=appeal.public_id, name=" ", now=NOW)
