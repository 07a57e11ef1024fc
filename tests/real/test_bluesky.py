"""Publisher and source against a whole Bluesky network."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from appeal import imaging
from appeal.publishers.base import Found, Settings
from appeal.publishers.bluesky import Bluesky
from appeal.rules.content import Content
from appeal.rules.errors import ChannelStopped, ContentRefused, Gone
from appeal.tips.sources import bluesky as source
from appeal.wire import bluesky as wire
from tests.publishers.sample import content, picture, withdrawn
from tests.real.bluesky_network import Account, Network

KEY, OTHER = "Ab3dEf9h", "Zz9yXx8w"
GPS = 0x8825


@pytest.fixture
def police(network: Network) -> Account:
    return network.account("police")


def settings(account: Account, **changes: str) -> Settings:
    values = {"base_url": account.network.pds, "handle": account.handle, "mode": "exercise", **changes}
    return Settings(values, {"app_password": values.pop("app_password", account.app_password)})


def opened(account: Account, **changes: str) -> Bluesky:
    return Bluesky(settings(account, **changes))


def photograph() -> bytes:
    """A photograph as a telephone takes it: its place is written inside."""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (37.0, 59.0, 12.0)
    held = io.BytesIO()
    Image.new("RGB", (640, 480), "navy").save(held, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(held.getvalue())).getexif().get_ifd(GPS)
    return held.getvalue()


def cleaned(photo: bytes) -> bytes:
    """The same as it goes out: a rendition of ours."""
    return imaging.fit(photo, imaging.Fit(2000, 2000, 1_000_000, ("JPEG",))).data


def appealed(key: str = KEY, **changes: object) -> Content:
    return content(key, **changes)


def test_post_goes_out_once_with_its_picture_and_without_its_place(network: Network, police: Account) -> None:
    publisher = opened(police)
    post = publisher.compose(appealed(pictures=(picture("Un coche azul", cleaned(photograph())),), language="es"))
    receipt = publisher.send(post, "", KEY)
    assert publisher.send(post, "", KEY) == receipt
    assert publisher.find(KEY, "", post, datetime.now(UTC)).found == Found.THERE
    assert publisher.find(OTHER, "", post, datetime.now(UTC)).found == Found.NOT_THERE

    with wire.BlueskyAccount(settings(police)) as account:
        kept, _moment = account.kept(receipt.external_id)
    assert kept is not None
    [image] = kept.value["embed"]["images"]
    assert (image["alt"], kept.value["langs"], kept.value["text"]) == ("Un coche azul", ["es"], post.text)
    stored = network.blob(police.did, image["image"]["ref"]["$link"])
    assert not Image.open(io.BytesIO(stored)).getexif()

    network.show()
    assert publisher.is_out(receipt.external_id).found == Found.THERE
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    network.show()
    assert publisher.is_out(receipt.external_id).found == Found.NOT_THERE
    with pytest.raises(Gone):
        publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))


def test_correction_answers_and_gate_and_hiding_are_taken(network: Network, police: Account) -> None:
    publisher, citizen = opened(police, may_answer="mentioned"), network.account("citizen")
    first = publisher.send(publisher.compose(appealed()), "", KEY)
    correction = publisher.compose(appealed(OTHER, action="update"))
    correction.files["In-Reply-To"] = first.external_id  # type: ignore[index]
    second = publisher.send(correction, "", OTHER)
    with wire.BlueskyAccount(settings(police)) as account:
        kept, _moment = account.kept(first.external_id)
        reply, _moment = account.kept(second.external_id)
        gate, _moment = account.kept(wire.record_key(KEY), collection=wire.GATE)
    assert kept is not None
    assert reply is not None
    assert gate is not None
    assert reply.value["reply"]["parent"] == {"uri": kept.uri, "cid": kept.cid}
    answer = citizen.say("It was him", {"uri": kept.uri, "cid": kept.cid})
    network.show()
    publisher.hide(answer["uri"])


def test_answers_come_in_and_own_ones_do_not(network: Network, police: Account) -> None:
    publisher, citizen = opened(police), network.account("citizen")
    receipt = publisher.send(publisher.compose(appealed()), "", KEY)
    with wire.BlueskyAccount(settings(police)) as account:
        kept, _moment = account.kept(receipt.external_id)
    assert kept is not None
    answer = citizen.say("I saw him at the station ñ", {"uri": kept.uri, "cid": kept.cid})
    police.say("our own words", {"uri": kept.uri, "cid": kept.cid})
    network.show()

    now = datetime.now(UTC)
    found = source.poll(settings(police), channel_id=2, cursor="", now=now)
    [one] = found.messages
    assert (one.external_id, one.text, one.sender) == (answer["uri"], "I saw him at the station ñ", citizen.did)
    assert (one.facts["in_reply_to"], one.facts["name"]) == (receipt.external_id, f"@{citizen.handle}")
    later = source.poll(settings(police), channel_id=2, cursor=found.cursor, now=now + timedelta(minutes=1))
    assert [message.external_id for message in later.messages] in ([], [answer["uri"]])


def test_refusals_have_their_meaning(police: Account) -> None:
    record = {"$type": wire.POST, "text": "x" * 301, "createdAt": "2026-03-01T12:00:00.000Z"}
    with pytest.raises(ContentRefused), wire.BlueskyAccount(settings(police)) as account:
        account.publish(wire.record_key(KEY), record, None)
    assert opened(police).check().is_well
    with pytest.raises(ChannelStopped):
        opened(police, app_password="aaaa-bbbb-cccc-dddd").send(Bluesky(Settings({})).compose(appealed()), "", KEY)
