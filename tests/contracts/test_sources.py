"""What every way in must keep: each message once, whatever repeats, in whatever order, and nothing from strangers.

To put another source under the contract, write one class beside and add it to SOURCES.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading
from appeal.exercise.app import Exercise
from appeal.installation import current, install
from appeal.keys import DeskKeys
from appeal.models.tip import Message, MessageContent, Tip
from appeal.tips import intake
from tests.contracts.sources_asked import Asked, ByMail, OnBluesky, OnFacebook, OnMastodon, OnX, ToTelegram
from tests.contracts.sources_called import FacebookCalls, FromPartner, Sms, TelegramCalls, Webform
from tests.contracts.ways import TEXTS
from tests.routes.public.conftest import PUBLIC_URL, key_folder, public  # noqa: F401 fixtures

SOURCES = (
    Webform,
    Sms,
    ByMail,
    OnX,
    OnBluesky,
    OnMastodon,
    ToTelegram,
    TelegramCalls,
    OnFacebook,
    FacebookCalls,
    FromPartner,
)


@pytest.fixture(params=SOURCES, ids=lambda kind: str(kind.name))
def source(
    request: pytest.FixtureRequest,
    public: Flask,  # noqa: F811
    desk_keys: DeskKeys,
    world: Exercise,
) -> Iterator[Any]:
    install(public, replace(current(), keys=desk_keys))
    made = request.param(public, world)
    yield made
    if isinstance(made, Asked):
        made.close()


@pytest.fixture
def desk_keys(key_folder: Any) -> DeskKeys:  # noqa: F811
    from appeal import keys

    return keys.load_desk(key_folder)


def stored() -> list[str]:
    """The texts of all messages; every one belongs to a tip of its own source."""
    with reading() as session:
        rows = session.execute(
            select(MessageContent.sealed, Tip.source)
            .join(Message, Message.id == MessageContent.message_id)
            .join(Tip, Tip.id == Message.tip_id)
        ).all()
    return sorted(json.loads(current().desk_keys.open(row.sealed))["text"] for row in rows)


def skip_unless_possible(source: Any, case: str) -> None:
    if case in source.cannot:
        pytest.skip(source.cannot[case])


def said(*numbers: int) -> list[str]:
    return sorted(TEXTS[number] for number in numbers)


def same(found: list[str], wanted: list[str]) -> bool:
    """Some platforms put the force's name before what is said to it."""
    return len(found) == len(wanted) and all(any(text.strip().endswith(one) for text in found) for one in wanted)


def test_message_is_stored_once_with_every_sign(source: Any) -> None:
    source.say(0)
    assert same(stored(), said(0))


def test_repeated_message_is_stored_once(source: Any) -> None:
    source.say(0)
    source.again(0)
    source.again(0)
    assert same(stored(), said(0))


def test_messages_out_of_order_are_all_stored(source: Any) -> None:
    for number in (2, 0, 1):
        source.say(number)
    source.again(2)
    source.again(0)
    assert same(stored(), said(0, 1, 2))


def test_what_is_not_signed_leaves_no_row(source: Any) -> None:
    skip_unless_possible(source, "forged")
    source.forged()
    assert stored() == []


def test_garbage_leaves_no_row_and_stops_nothing(source: Any) -> None:
    source.garbage()
    assert stored() == []
    source.say(1)
    assert same(stored(), said(1))


def test_own_words_never_come_back(source: Any) -> None:
    skip_unless_possible(source, "own")
    source.own()
    assert stored() == []


def test_words_come_without_a_picture_that_is_gone(source: Any) -> None:
    skip_unless_possible(source, "picture")
    source.without_picture()
    # X leaves the address of the picture in the words.
    assert [TEXTS[0] in text for text in stored()] == [True]


def test_interrupted_reading_loses_and_doubles_nothing(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the first message of two; what calls us calls again, what we ask is asked again."""
    if not isinstance(source, Asked):
        source.say(0)
        source.again(0)
        source.say(1)
        assert same(stored(), said(0, 1))
        return
    for number in (0, 1):
        source.tell(number)
    real, calls = intake.receive, []

    def dies(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr("appeal.tips.polling.intake.receive", dies)
    with pytest.raises(KeyboardInterrupt):
        source.poll()
    monkeypatch.undo()
    assert len(stored()) == 1
    source.poll()
    assert same(stored(), said(0, 1))
