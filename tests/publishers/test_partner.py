"""Events to a partner: signed, each once, and a recall that is done only when the partner says so."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appeal.exercise.app import Exercise
from appeal.exercise.partner import PartnerRoom
from appeal.publishers.base import Found, Settings
from appeal.publishers.partner import Partner
from appeal.rules.errors import ChannelStopped, ContentRefused, OutcomeUnknown, PublisherError, TryLater
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import WORLD, AtPartner
from tests.publishers.sample import content, withdrawn
from tests.wire.conftest import Told, told  # noqa: F401

KEY = "Ab3dEf9h"
SEED = bytes(range(32)).hex()


@pytest.fixture
def partner(world: Exercise) -> Partner:  # noqa: F811
    made = AtPartner(world, Path()).publisher()
    assert isinstance(made, Partner)
    return made


def at(address: str, mode: str = "exercise") -> Partner:
    values = {"webhook_url": address, "mode": mode, "read_seconds": "2"}
    return Partner(Settings(values, {"signing_seed": SEED}))


def test_event_is_signed_over_its_id_and_its_bytes(told: Told) -> None:  # noqa: F811
    told.tell(200, b"{}")
    made = at(f"{told.address}/hook?from=police")
    made.send(made.compose(content(KEY)), "", KEY)

    [call] = told.asked
    event_id, scheme = call.headers["Webhook-Id"], call.headers["Webhook-Signature"]
    assert (event_id, call.headers["Idempotency-Key"], call.full_path) == (
        f"{KEY}.published",
        event_id,
        "/hook?from=police",
    )
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(WORLD.partner_public_key))
    public.verify(base64.b64decode(scheme.removeprefix("v1a,")), event_id.encode() + b"." + call.get_data())
    body = json.loads(call.get_data())
    assert (body["type"], body["id"], body["key"], body["appeal"]) == (
        "appeal.published",
        event_id,
        KEY,
        "k7w2m9q4",
    )
    assert body["card"] == "http://127.0.0.1:8000/cards/en/k7w2m9q4"
    assert body["is_exercise"] is True


def test_same_event_again_shows_nothing_twice(partner: Partner, world: Exercise) -> None:  # noqa: F811
    post = partner.compose(content(KEY))
    receipts = {partner.send(post, "", KEY) for _ in range(3)}

    assert len(receipts) == 1
    assert len(world.world.room(PartnerRoom).things) == 1


def test_correction_changes_what_is_shown(partner: Partner, world: Exercise) -> None:  # noqa: F811
    receipt = partner.send(partner.compose(content(KEY)), "", KEY)
    post = partner.compose(content("Zz9yXx8w", action="update", title="It was Sunday"))

    assert partner.update(receipt.external_id, post, "", "Zz9yXx8w").external_id == KEY
    [thing] = world.world.room(PartnerRoom).things.values()
    assert "Correction" in thing.text
    assert "It was Sunday" in thing.text


def test_recall_says_nothing_of_the_appeal_and_is_done_when_the_partner_says_so(
    partner: Partner,
    world: Exercise,  # noqa: F811
) -> None:
    receipt = partner.send(partner.compose(content(KEY)), "", KEY)
    post = partner.compose(withdrawn("Zz9yXx8w"))
    assert "bridge" not in json.dumps(dict(post.files)) + post.text

    partner.retract(receipt.external_id, post)
    partner.retract(receipt.external_id, post)
    assert partner.is_out(receipt.external_id).found == Found.NOT_THERE
    assert world.world.room(PartnerRoom).shown()[0].deleted_at


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"is_shown": "no"}', b"[]"])
def test_partner_that_only_takes_the_recall_has_not_acknowledged_it(told: Told, body: bytes) -> None:  # noqa: F811
    told.tell(200, body)
    try:
        assert at(f"{told.address}/hook").is_out(KEY).found == Found.CANNOT_TELL
    except TryLater:
        assert body in {b"", b"<html>", b"[]"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ContentRefused),
        (401, ChannelStopped),
        (404, ChannelStopped),
        (410, ChannelStopped),
        (409, TryLater),
        (429, TryLater),
        (451, ContentRefused),
        (503, TryLater),
        (302, OutcomeUnknown),
        (418, OutcomeUnknown),
        (500, OutcomeUnknown),
    ],
)
def test_answer_has_one_meaning(told: Told, status: int, kind: type[PublisherError]) -> None:  # noqa: F811
    told.tell(status, b"{}", Location="http://127.0.0.1:9/elsewhere")
    made = at(f"{told.address}/hook")
    with pytest.raises(PublisherError) as caught:
        made.send(made.compose(content(KEY)), "", KEY)
    assert type(caught.value) is kind
    assert len(told.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"url": 7}', b'{"url": ' + b"x" * 10_000_000])
def test_answer_that_nobody_understands_is_unknown(told: Told, body: bytes) -> None:  # noqa: F811
    told.tell(200, body)
    made = at(f"{told.address}/hook")
    with pytest.raises(OutcomeUnknown):
        made.send(made.compose(content(KEY)), "", KEY)


@pytest.mark.parametrize(
    "address",
    ["http://partner.example/hook", "https://me:word@partner.example/", "ftp://partner.example/", "https://[::1", ""],
)
def test_address_that_may_not_be_called_stops_the_channel(address: str) -> None:
    made = at(address, mode="live")
    with pytest.raises(ChannelStopped):
        made.send(made.compose(content(KEY)), "", KEY)


def test_live_force_does_not_call_this_machine(told: Told) -> None:  # noqa: F811
    told.tell(200, b"{}")
    made = at(f"{told.address}/hook", mode="live")
    with pytest.raises(TryLater):
        made.send(made.compose(content(KEY)), "", KEY)
    assert told.asked == []


def test_link_of_the_partner_is_kept_only_if_it_is_one(told: Told) -> None:  # noqa: F811
    for url in ("https://jobs.example/1", "javascript:alert(1)", "https://x/" + "y" * 400):
        told.tell(200, json.dumps({"url": url}))
    made = at(f"{told.address}/hook")
    links = [made.send(made.compose(content(KEY)), "", KEY).permalink for _ in range(3)]
    assert links == ["https://jobs.example/1", "", ""]


def test_check_names_the_key_that_the_partner_needs(partner: Partner) -> None:
    health = partner.check()
    assert health.is_well
    assert WORLD.partner_public_key in health.words
