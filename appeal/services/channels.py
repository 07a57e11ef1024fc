"""Accounts, places and lists of the force: connected, opened for use, stopped and resumed."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from cryptography.fernet import Fernet

from appeal import db, installation, ledger, publishers
from appeal.models.release import Channel, ChannelAddress
from appeal.publishers.base import Capabilities, Health, Prepares, Publisher, Settings
from appeal.rules.errors import AppealError, BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.sealing import keyed_hash
from appeal.services import force, notices
from appeal.wire.certificate import certificate_at

# What a channel is for: appeals to the public, or pages to officers.
APPEALS, PAGES = "appeals", "pages"
# Publishers that reach an officer's own telephone or mailbox.
REACH_OFFICERS = ("sms", "email")


def connect(
    actor: Actor,
    *,
    publisher: str,
    name: str,
    language: str,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    now: datetime,
    purpose: str = APPEALS,
) -> int:
    """Keep a new channel, its secrets encrypted; returns its id. Wrong settings are refused at their fields."""
    require(actor, Permission.ADMINISTER)
    _check(publisher, name, settings, secrets)
    if purpose != APPEALS and publisher not in REACH_OFFICERS:
        raise BadInput(fields={"purpose": _("Only text messages and e-mail reach officers.")})
    with db.writing() as session:
        if session.query(Channel).filter(Channel.name == name).first():
            raise BadInput(fields={"name": "There is a channel with this name already."})
        row = Channel(
            publisher=publisher,
            name=name,
            language=language,
            settings=dict(settings),
            sealed_secrets=_encrypted(secrets),
            purpose=purpose,
            created_at=now,
        )
        session.add(row)
        session.flush()
        fields = {"publisher": publisher, "name": name, "purpose": purpose}
        ledger.record(
            session, at=now, actor=actor.label, action="connect channel", target=f"channel:{row.id}", fields=fields
        )
        return row.id


def active() -> list[Channel]:
    """All channels that may be chosen for an appeal, in the order in which they were connected."""
    with db.reading() as session:
        rows = session.query(Channel).filter(Channel.is_active, Channel.purpose == APPEALS)
        return rows.order_by(Channel.id).all()


def every() -> list[Channel]:
    """All channels, the switched-off ones too."""
    with db.reading() as session:
        return session.query(Channel).order_by(Channel.id).all()


def settings_of(channel: Channel) -> Settings:
    """A channel's settings with its secrets opened, as publishers and sources read them."""
    config = installation.current().config
    values = {
        **channel.settings,
        "language": channel.language,
        "folder": str(config.site),
        "public_url": config.public_url,
        "force": force.settings()["force_name"],
        "main_language": force.settings()["language"],
        "mode": config.mode,
    }
    if channel.purpose == PAGES and channel.publisher == "email" and not channel.settings:
        values |= notices.server(config)
    if config.is_exercise and channel.publisher == "email":
        values["certificate"] = certificate_at(config.exercise_url)
    secrets = _decrypted(channel.sealed_secrets)
    if channel.publisher == "partner":
        secrets["signing_seed"] = _signing_seed()
    return Settings(values=values, secrets=secrets)


def opened(channel: Channel) -> Publisher:
    """The publisher of this channel, ready to be called."""
    publisher: Publisher = publishers.get(channel.publisher)(settings_of(channel))
    return publisher


def capabilities(channel: Channel) -> Capabilities:
    """What the channel's publisher can do, without opening its secrets."""
    found: Capabilities = publishers.get(channel.publisher).capabilities
    return found


def check(channel: Channel) -> Health:
    """Whether the channel can publish now; never raises for what a platform answers."""
    try:
        return opened(channel).check()
    except AppealError as error:
        return Health(is_well=False, words=error.words)


def tried(
    actor: Actor, *, publisher: str, language: str, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> Health:
    """Whether a channel with these settings would work; nothing is kept."""
    require(actor, Permission.ADMINISTER)
    return check(
        Channel(publisher=publisher, language=language, settings=dict(settings), sealed_secrets=_encrypted(secrets))
    )


def stop(channel_id: int, *, reason: str, now: datetime) -> None:
    """Nothing more is queued on this channel until an administrator resumes it."""
    with db.writing() as session:
        channel = session.get(Channel, channel_id)
        if channel is not None and not channel.stopped_reason:
            channel.stopped_reason = reason[:300]
            ledger.record(
                session, at=now, actor="system", action="stop channel", target=f"channel:{channel_id}", words=reason
            )


def resume(actor: Actor, *, channel_id: int, now: datetime) -> None:
    """Let a stopped channel go on."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        channel = session.get(Channel, channel_id)
        if channel is None:
            raise NotFound("There is no such channel.")
        channel.stopped_reason = ""
        ledger.record(session, at=now, actor=actor.label, action="resume channel", target=f"channel:{channel_id}")


def prepare_places() -> None:
    """Let every place that we serve ourselves stand, even while it is empty."""
    for channel in active():
        publisher = opened(channel)
        if isinstance(publisher, Prepares):
            publisher.prepare()


def recovered(channel_id: int, *, now: datetime) -> None:
    """A stopped channel answers again: let it go on."""
    with db.writing() as session:
        session.get_one(Channel, channel_id).stopped_reason = ""
        ledger.record(session, at=now, actor="system", action="channel recovered", target=f"channel:{channel_id}")


def add_address(actor: Actor, *, channel_id: int, address: str, now: datetime) -> bool:
    """Put an address on a list, sealed; False when it is on it already."""
    require(actor, Permission.ADMINISTER)
    held = installation.current()
    with db.writing() as session:
        hashed = address_hash(address)
        known = session.query(ChannelAddress).filter_by(channel_id=channel_id, address_hash=hashed).first()
        if known is not None:
            return False
        sealed = held.keys.seal(address.strip().encode())
        session.add(ChannelAddress(channel_id=channel_id, sealed_address=sealed, address_hash=hashed, added_at=now))
        ledger.record(session, at=now, actor=actor.label, action="add address", target=f"channel:{channel_id}")
        return True


def address_hash(address: str) -> str:
    """The keyed hash by which an address is recognised."""
    return keyed_hash(installation.current().keys.intake_key, "address", address.strip().lower())


def _check(publisher: str, name: str, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    if publisher not in publishers.PUBLISHERS:
        raise BadInput(fields={"publisher": "There is no such publisher."})
    known = {one.name for one in publishers.get(publisher).capabilities.settings}
    wrong = {key: "This publisher has no such setting." for key in (*settings, *secrets) if key not in known}
    if not name.strip():
        wrong["name"] = "Give the channel a name."
    if wrong:
        raise BadInput(fields=wrong)


def _signing_seed() -> str:
    """The seed of the force's one key for events to partners, in hex; made from the key of the channels."""
    key = installation.current().desk_keys.channel_key
    return hmac.new(key, b"events to partners", hashlib.sha256).hexdigest()


def _encrypted(secrets: Mapping[str, str]) -> bytes:
    return Fernet(installation.current().desk_keys.channel_key).encrypt(json.dumps(dict(secrets)).encode())


def _decrypted(sealed: bytes) -> dict[str, str]:
    if not sealed:
        return {}
    opened_secrets: dict[str, str] = json.loads(Fernet(installation.current().desk_keys.channel_key).decrypt(sealed))
    return opened_secrets
