"""The addresses of a list: put on it many at once, counted, and taken off; each is sealed and known by its hash."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.release import Channel, ChannelAddress
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.services import channels

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
SPACES = re.compile(r"[\s().\-]")
MOST_AT_ONCE = 5000
MOST_NAMED = 10


@dataclass(frozen=True)
class Counts:
    """How many addresses get what is sent, and how many wanted no more."""

    on_list: int = 0
    opted_out: int = 0


@dataclass(frozen=True)
class Added:
    """What became of the lines that were given."""

    added: int
    known: int
    opted_out: int


def counts() -> Mapping[int, Counts]:
    """The counts of every list, by channel."""
    wanted = select(ChannelAddress.channel_id, func.count(), func.count(ChannelAddress.opted_out_at)).group_by(
        ChannelAddress.channel_id
    )
    with db.reading() as session:
        return {channel: Counts(every - out, out) for channel, every, out in session.execute(wanted)}


def add_many(actor: Actor, *, channel_id: int, lines: str, now: datetime) -> Added:
    """Put one address a line on a list, all of them or none; who opted out stays out. Wrong lines are all named."""
    require(actor, Permission.ADMINISTER)
    held = installation.current()
    with db.writing() as session:
        publisher = _list(session, channel_id).publisher
        given = {channels.address_hash(one): one for one in _written(publisher, lines)}
        there = _there(session, channel_id)
        fresh = {hashed: one for hashed, one in given.items() if hashed not in there}
        session.add_all(
            ChannelAddress(
                channel_id=channel_id, sealed_address=held.keys.seal(one.encode()), address_hash=hashed, added_at=now
            )
            for hashed, one in fresh.items()
        )
        _record(session, actor, "add addresses", channel_id, now, {"count": str(len(fresh))})
    opted_out = sum(there[hashed] for hashed in given if hashed in there)
    return Added(len(fresh), len(given) - len(fresh) - opted_out, opted_out)


def opt_out(actor: Actor, *, channel_id: int, address: str, now: datetime) -> None:
    """Nothing more goes to this address, and it cannot be put on the list again by an officer."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        publisher = _list(session, channel_id).publisher
        hashed = channels.address_hash(_tidy(publisher, address))
        row = session.scalar(select(ChannelAddress).filter_by(channel_id=channel_id, address_hash=hashed))
        if row is None:
            raise BadInput(fields={"listed": "This address is not on the list."})
        row.opted_out_at = row.opted_out_at or now
        _record(session, actor, "opt address out", channel_id, now, {"address": address})


def _written(publisher: str, lines: str) -> Sequence[str]:
    """The tidy addresses of the lines; `BadInput` names the numbers of the wrong lines, never an address."""
    given = [(number, one) for number, one in enumerate(lines.splitlines(), start=1) if one.strip()]
    tidy = [(number, _tidy(publisher, one)) for number, one in given]
    wrong = [str(number) for number, one in tidy if not _is_address(publisher, one)]
    problem = ""
    if not given:
        problem = "Write at least one address."
    elif len(given) > MOST_AT_ONCE:
        problem = f"These are {len(given)} lines; {MOST_AT_ONCE} at once is the most."
    elif wrong:
        more = " …" if len(wrong) > MOST_NAMED else ""
        problem = f"These lines are no addresses for this list: {', '.join(wrong[:MOST_NAMED])}{more}"
    if problem:
        raise BadInput(fields={"lines": problem})
    return [one for _number, one in tidy]


def _tidy(publisher: str, written: str) -> str:
    return SPACES.sub("", written) if publisher == "sms" else written.strip()


def _is_address(publisher: str, written: str) -> bool:
    if publisher == "sms":
        return NUMBER.fullmatch(written) is not None
    try:
        validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _list(session: Session, channel_id: int) -> Channel:
    channel = session.get(Channel, channel_id)
    if channel is None or not channels.capabilities(channel).is_list:
        raise NotFound("There is no such list.")
    return channel


def _there(session: Session, channel_id: int) -> Mapping[str, bool]:
    """The hashes on a list, and whether each opted out."""
    wanted = select(ChannelAddress.address_hash, ChannelAddress.opted_out_at).filter_by(channel_id=channel_id)
    return {hashed: out is not None for hashed, out in session.execute(wanted)}


def _record(
    session: Session, actor: Actor, action: str, channel_id: int, now: datetime, fields: Mapping[str, str]
) -> None:
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"channel:{channel_id}", fields=fields)
