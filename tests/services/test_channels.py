"""Channels: settings checked, secrets encrypted, addresses sealed; stopped and resumed."""

import pytest

from appeal.db import reading, writing
from appeal.models.ledger import LedgerEntry
from appeal.models.release import Channel, ChannelAddress
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.rules.permissions import SYSTEM
from appeal.services import channels
from tests import fakes
from tests.factories import NOON, Force, People


def connect(people: People, **changed: object) -> int:
    given: dict[str, object] = {
        "publisher": "x",
        "name": "Wall",
        "language": "en",
        "settings": {"username": "force"},
        "secrets": {"password": "canary-secret"},
        "now": NOON,
    }
    return channels.connect(people.administrator, **{**given, **changed})  # type: ignore[arg-type]


def row(channel_id: int) -> Channel:
    with reading() as session:
        return session.get_one(Channel, channel_id, populate_existing=True)


def test_a_channel_opens_with_its_settings_and_secrets(people: People, platforms: fakes.Platforms) -> None:
    opened = channels.opened(row(connect(people)))
    assert isinstance(opened, fakes.FakePlace)
    assert (opened.settings.get("username"), opened.settings.get("password")) == ("force", "canary-secret")
    assert (opened.settings.get("language"), opened.settings.get("mode")) == ("en", "exercise")


def test_secrets_are_encrypted_and_in_no_ledger(people: People, platforms: fakes.Platforms) -> None:
    kept = row(connect(people))
    assert b"canary" not in kept.sealed_secrets
    assert kept.settings == {"username": "force"}
    with reading() as session:
        entries = [str(vars(one)) for one in session.query(LedgerEntry)]
    assert not any("canary" in one for one in entries)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"publisher": "pigeon"}, "publisher"),
        ({"name": "  "}, "name"),
        ({"settings": {"colour": "blue"}}, "colour"),
        ({"secrets": {"key": "1"}}, "key"),
    ],
)
def test_wrong_settings_are_refused_at_their_field(
    people: People, platforms: fakes.Platforms, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        connect(people, **changed)
    assert (list(caught.value.fields), channels.every()) == ([field], [])


def test_a_name_is_used_once(people: People, platforms: fakes.Platforms) -> None:
    connect(people)
    with pytest.raises(BadInput) as caught:
        connect(people)
    assert list(caught.value.fields) == ["name"]


def test_only_administrators_touch_channels(force: Force) -> None:
    for role in ("author", "approver", "triager", "auditor", "observer"):
        actor = getattr(force.people, role)
        with pytest.raises(NotAllowed):
            channels.resume(actor, channel_id=1, now=NOON)
        with pytest.raises(NotAllowed):
            channels.add_address(actor, channel_id=1, address="a@b.example", now=NOON)
        with pytest.raises(NotAllowed):
            channels.connect(actor, publisher="x", name="n", language="en", settings={}, secrets={}, now=NOON)


def test_what_is_switched_off_is_not_chosen(force: Force) -> None:
    assert [one.publisher for one in channels.active()] == ["site", "x", "sms", "email"]
    assert [one.publisher for one in channels.every()] == ["site", "x", "sms", "email", "usual"]


def test_an_address_is_on_a_list_once_however_it_is_written(force: Force) -> None:
    mail = force.channels["email"]
    assert channels.add_address(SYSTEM, channel_id=mail, address=" New@Paper.example ", now=NOON) is True
    assert channels.add_address(SYSTEM, channel_id=mail, address="new@paper.example", now=NOON) is False
    assert channels.add_address(SYSTEM, channel_id=force.channels["sms"], address="new@paper.example", now=NOON) is True
    with reading() as session:
        assert session.query(ChannelAddress).filter_by(channel_id=mail).count() == 3
        assert not any(b"paper" in one.sealed_address for one in session.query(ChannelAddress))


def test_a_channel_is_stopped_once_and_resumed(force: Force) -> None:
    wall = force.channels["x"]
    channels.stop(wall, reason="locked", now=NOON)
    channels.stop(wall, reason="again", now=NOON)
    assert row(wall).stopped_reason == "locked"
    channels.resume(force.people.administrator, channel_id=wall, now=NOON)
    assert row(wall).stopped_reason == ""
    with reading() as session:
        actions = [one.action for one in session.query(LedgerEntry).filter_by(target=f"channel:{wall}")]
    assert actions == ["connect channel", "stop channel", "resume channel"]
    with pytest.raises(NotFound):
        channels.resume(force.people.administrator, channel_id=99, now=NOON)


def test_a_check_says_what_is_wrong_and_never_raises(force: Force, platforms: fakes.Platforms) -> None:
    assert channels.check(row(force.channels["x"])).is_well
    platforms.is_well = False
    assert (channels.check(row(force.channels["x"])).is_well, channels.check(row(1)).words) == (False, "locked")


def test_trying_settings_keeps_nothing(force: Force) -> None:
    found = channels.tried(
        force.people.administrator, publisher="x", language="en", settings={"username": "a"}, secrets={"password": "b"}
    )
    assert (found.is_well, len(channels.every())) == (True, 5)


def test_a_recovered_channel_goes_on(force: Force) -> None:
    channels.stop(force.channels["x"], reason="locked", now=NOON)
    channels.recovered(force.channels["x"], now=NOON)
    assert row(force.channels["x"]).stopped_reason == ""
    with writing() as session:
        assert session.query(LedgerEntry).filter_by(action="channel recovered").count() == 1
