"""A message is stored once, sealed, and found again by the same token or id."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from appeal import sealing
from appeal.db import reading, writing
from appeal.installation import current
from appeal.models.appeal import Appeal
from appeal.models.tip import Message, MessageContent, MessageFile, Tip
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.lifecycle import TipState
from appeal.tips import intake
from appeal.tips.inbound import Inbound, InboundFile
from appeal.tips.ranking import rank
from tests.tips.conftest import NOW

SECRET = "gelbekutsche"


def token() -> str:
    return sealing.new_token(current().keys.form_key, NOW)


def words(text: str = "I saw him", **more: object) -> Inbound:
    known = Inbound(source="webform", external_id=token(), received_at=NOW, text=text)
    return replace(known, **more)  # type: ignore[arg-type]


def text_of(message_id: int) -> dict[str, object]:
    with reading() as session:
        sealed = session.get_one(MessageContent, message_id).sealed
    found: dict[str, object] = json.loads(current().desk_keys.open(sealed).decode("utf-8", "surrogatepass"))
    return found


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_message_is_stored_sealed_with_its_tip(app: Flask, appeal: Appeal) -> None:
    one = words(appeal=appeal.public_id, facts={"where": "the old bridge"})
    received = intake.receive(one, token=one.external_id)
    with reading() as session:
        tip = session.get_one(Tip, received.tip_id)
        message = session.get_one(Message, received.message_id)
    assert (tip.appeal_id, tip.source, tip.state, tip.lane, tip.is_late) == (
        appeal.id,
        "webform",
        "unread",
        "to_read",
        False,
    )
    assert (tip.received_at, message.received_at) == (NOW.replace(second=0), NOW.replace(second=0))
    assert (message.tip_id, tip.message_count, tip.file_count, tip.read_at) == (tip.id, 1, 0, None)
    content = text_of(received.message_id)
    assert (content["text"], content["facts"]) == ("I saw him", {"where": "the old bridge"})
    assert content["received_at"] == NOW.isoformat()
    assert one.external_id not in json.dumps(content)


def test_same_token_again_finds_the_same_tip_and_code(app: Flask) -> None:
    one = words()
    first = intake.receive(one, token=one.external_id)
    again = intake.receive(replace(one, text="other"), token=one.external_id)
    assert again == replace(first, is_new=False)
    assert (count(Tip), count(Message), count(MessageContent)) == (1, 1, 1)
    assert text_of(first.message_id)["text"] == "I saw him"
    with reading() as session:
        assert session.get_one(Tip, first.tip_id).message_count == 1


def test_same_message_at_once_from_many_is_stored_once(app: Flask) -> None:
    one = words()
    found: list[intake.Received] = []

    def send() -> None:
        with app.app_context():
            found.append(intake.receive(one, token=one.external_id))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(each.tip_id, each.message_id, each.code) for each in found}) == 1
    assert [each.is_new for each in found].count(True) == 1
    assert (count(Tip), count(Message)) == (1, 1)


def test_more_of_the_same_token_goes_to_the_same_tip(app: Flask) -> None:
    one = words()
    first = intake.receive(one, token=one.external_id)
    with writing() as session:
        session.get_one(Tip, first.tip_id).read_at = NOW
    more = replace(one, external_id=f"{one.external_id}/1", text="", facts={"where": "here"}, is_live=True)
    second = intake.receive(more, token=one.external_id)
    with reading() as session:
        tip = session.get_one(Tip, first.tip_id)
    assert (second.tip_id, second.code, second.is_new) == (first.tip_id, first.code, True)
    assert (tip.message_count, tip.is_live, tip.lane, tip.read_at) == (2, True, "live", None)
    assert tip.rank == rank("live", 0, NOW)


def test_texts_of_one_thread_are_one_tip_and_others_are_not(app: Flask) -> None:
    base = Inbound(
        source="sms", external_id="SM1", received_at=NOW, text="a", thread="+34600 2026-03-01", sender="+34600"
    )
    first = intake.receive(base)
    second = intake.receive(replace(base, external_id="SM2"))
    stranger = intake.receive(replace(base, external_id="SM3", thread="+34601 2026-03-01"))
    assert first.tip_id == second.tip_id != stranger.tip_id
    assert first.code == ""


@pytest.mark.parametrize(
    "text",
    [
        "\x00before\x00",
        "a\u202eb\u200d\ufeff",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "e\u0301\u0327",
        "\ud800 alone",
        "x" * 50_000,
    ],
    ids=["nul", "direction", "family", "marks", "surrogate", "long"],
)
def test_every_text_survives(app: Flask, text: str) -> None:
    one = words(text)
    assert text_of(intake.receive(one, token=one.external_id).message_id)["text"] == text


def test_too_much_is_refused_at_its_field_and_leaves_nothing(app: Flask) -> None:
    large = tuple(InboundFile(f"{n}.jpg", "image/jpeg", b"0" * 13_200_000) for n in range(2))
    many = tuple(InboundFile(f"{n}.jpg", "image/jpeg", b"0") for n in range(11))
    for one, field in (
        (words("x" * 50_001), "words"),
        (words(files=large), "files"),
        (words(files=many), "files"),
        (words(facts={"where": "x" * 2_001}), "where"),
    ):
        with pytest.raises(BadInput) as caught:
            intake.receive(one, token=one.external_id)
        assert list(caught.value.fields) == [field]
    assert (count(Tip), list(current().files.keys())) == (0, [])


def test_files_are_kept_sealed_with_their_names(app: Flask) -> None:
    one = words(files=(InboundFile("mein auto.jpg", "image/jpeg", b"\xff\xd8\xff picture"),))
    received = intake.receive(one, token=one.external_id)
    with reading() as session:
        row = session.get_one(MessageFile, (received.message_id, 0))
    keys = current().desk_keys
    assert keys.open(current().files.open(row.file)) == b"\xff\xd8\xff picture"
    assert json.loads(keys.open(row.sealed_name)) == {"name": "mein auto.jpg", "mime": "image/jpeg"}
    assert row.size == 11


def test_no_word_stands_in_clear_on_the_disk(app: Flask) -> None:
    file = InboundFile(f"{SECRET}.jpg", "image/jpeg", b"\xff\xd8\xff" + SECRET.encode() * 9)
    one = words(f"it was {SECRET}", facts={"where": SECRET}, sender=SECRET, files=(file,))
    intake.receive(one, token=one.external_id)
    folder: Path = current().config.instance
    forms = [SECRET.encode(), SECRET.encode("utf-16-le"), SECRET.encode().hex().encode(), one.external_id.encode()]
    held = [path for path in folder.rglob("*") if path.is_file() and any(form in path.read_bytes() for form in forms)]
    assert held == []


@pytest.mark.parametrize("field", ["taken_down_at", "ended_at"])
def test_tip_for_an_appeal_that_is_over_is_late(app: Flask, appeal: Appeal, field: str) -> None:
    with writing() as session:
        setattr(session.get_one(Appeal, appeal.id), field, NOW)
    one = words(appeal=appeal.public_id)
    received = intake.receive(one, token=one.external_id)
    with reading() as session:
        tip = session.get_one(Tip, received.tip_id)
    assert (tip.is_late, tip.appeal_id) == (True, appeal.id)


def test_unknown_appeal_costs_nothing_but_the_tie(app: Flask) -> None:
    one = words(appeal="nobody-knows")
    received = intake.receive(one, token=one.external_id)
    with reading() as session:
        assert session.get_one(Tip, received.tip_id).appeal_id is None


def test_broken_constraint_of_ours_is_not_taken_for_a_repetition(app: Flask) -> None:
    one = words(channel_id=4711)
    with pytest.raises(IntegrityError):
        intake.receive(one, token=one.external_id)
    assert count(Tip) == 0


def test_code_finds_its_tip_however_it_is_typed(app: Flask) -> None:
    one = words()
    received = intake.receive(one, token=one.external_id)
    intake.add(replace(one, external_id="code/1", received_at=NOW + timedelta(hours=1)), code=received.code.lower())
    standing = intake.find(f" {received.code.replace('-', ' ')} ")
    assert standing.tip_id == received.tip_id
    assert standing.received == (NOW.replace(second=0), NOW.replace(second=0) + timedelta(hours=1))
    assert standing.words == "received"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TipState.UNREAD, "received"),
        (TipState.CLAIMED, "being read"),
        (TipState.ESCALATED, "being read"),
        (TipState.DONE, "read"),
    ],
)
def test_code_tells_whether_it_was_read_and_no_more(state: TipState, said: str) -> None:
    assert intake.Standing(1, state.value, ()).words == said


def test_wrong_code_is_not_found(app: Flask) -> None:
    for code in ("", "AAAA", sealing.tip_code(token())):
        with pytest.raises(NotFound):
            intake.find(code)
