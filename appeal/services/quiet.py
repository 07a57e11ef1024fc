"""The quiet time: no telephone rings at night for a retraction, a correction or an ending, unless it has to."""

import re
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal.models.appeal import Revision
from appeal.models.release import Copy, Delivery, Release
from appeal.rules import hours
from appeal.services import channels, contents, force

MISTAKEN, WRONG_PERSON = "mistaken", "wrong_person"
NUMBERS = re.compile(r"\d[\d\s().\-/:]*\d|\d")
LONGEST_NIGHT = timedelta(hours=24)


def waits_until(session: Session, copy: Copy, now: datetime) -> datetime | None:
    """When this may ring; None for now. Only what follows up on an earlier outing ever waits.

    It does not wait where the wrong person is shown, where the danger line or a number is corrected, and where the
    same address was already woken in this very night.
    """
    settings = force.settings()
    starts, ends = (time.fromisoformat(settings[name]) for name in ("quiet_starts", "quiet_ends"))
    if not channels.capabilities(copy.delivery.channel).rings or not hours.in_quiet_time(
        settings["zone"], now, starts, ends
    ):
        return None
    until = hours.quiet_time_ends(settings["zone"], now, starts, ends)
    began = until - _length(starts, ends)
    appeal = copy.delivery.release.appeal
    is_needed = _corrects_danger(copy) or appeal.ending == MISTAKEN or appeal.take_down_reason == WRONG_PERSON
    return None if is_needed or _was_woken(session, copy, began) else until


def _length(starts: time, ends: time) -> timedelta:
    minutes = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    return timedelta(minutes=minutes % (24 * 60)) or LONGEST_NIGHT


def _was_woken(session: Session, copy: Copy, since: datetime) -> bool:
    """Whether the same appeal reached this address after the quiet time had begun."""
    sent = select(Copy.id).join(Delivery, Copy.delivery_id == Delivery.id)
    sent = sent.join(Release, Delivery.release_id == Release.id)
    own = (Copy.channel_id == copy.channel_id) & (Copy.address_hash == copy.address_hash) & (Copy.sent_at >= since)
    return session.scalar(sent.where(own, Release.appeal_id == copy.delivery.release.appeal_id).limit(1)) is not None


def _corrects_danger(copy: Copy) -> bool:
    """Whether the danger line, or any number in the texts, is another one than in the revision before."""
    if copy.delivery.kind == "retract":
        return False
    revision = copy.delivery.release.revision
    earlier = [one for one in revision.appeal.revisions if one.number < revision.number and one.state in contents.KNOWN]
    if not earlier:
        return False
    language = copy.delivery.channel.language
    return _dangerous(earlier[-1], language) != _dangerous(revision, language)


def _dangerous(revision: Revision, language: str) -> tuple[object, list[str]]:
    texts = contents.texts(revision, language)
    numbers = [NUMBERS.findall(words) for _field, words in sorted(texts.items())]
    return revision.facts.get("danger"), [re.sub(r"\D", "", one) for found in numbers for one in found]
