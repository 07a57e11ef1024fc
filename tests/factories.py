"""Officers, channels and appeals as the services make them, and an engine that is turned by hand."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from PIL import Image
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.people import Role, User
from appeal.models.release import Attempt, Channel, Copy, Delivery
from appeal.rules.permissions import SYSTEM, Actor
from appeal.rules.pictures import last_of
from appeal.services import (
    appeals,
    approvals,
    attempts,
    channels,
    deliveries,
    lookups,
    overrides,
    paging,
    photos,
    releases,
    results,
    rota,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
REVIEW = date(2026, 3, 16)
ROLES = ("author", "approver", "triager", "administrator", "auditor", "observer")
FACTS: Mapping[str, object] = {
    "when_at": "2026-03-01T17:40",
    "level": "warrant",
    "subjects": [
        {
            "key": "s1",
            "type": "person",
            "name": "Juan Prueba",
            "category": "suspect",
            "regime": "law_enforcement",
        }
    ],
    "danger": "do_not_approach",
    "case_reference": "2026/17",
    "necessity": "He is armed.",
    "proportionality": "Nothing milder is left.",
    "risk": "Somebody alike may be stopped.",
}
TEXTS = {
    "en": {"title": "Man wanted", "happened": "He fled on foot.", "place": "Sevilla", "contact": "Call 112."},
    "es": {"title": "Se busca", "happened": "Huyó a pie.", "place": "Sevilla", "contact": "Llame al 112."},
}
ANSWERS = {
    "legal_basis": "Warrant or court order",
    "necessity": "He is armed.",
    "proportionality": "Nothing milder is left.",
    "risk": "Somebody alike may be stopped.",
    "statement": "I compared it with the file.",
}
NUMBERS = ("+34600555101", "+34600555102", "+34600555103")
MAILS = ("one@paper.example", "two@radio.example")


@dataclass(frozen=True)
class People:
    """One officer of each role, and a second author and approver."""

    author: Actor
    approver: Actor
    triager: Actor
    administrator: Actor
    auditor: Actor
    observer: Actor
    other_author: Actor
    other_approver: Actor


@dataclass(frozen=True)
class Force:
    """Officers and the id of the channel on each fake platform."""

    people: People
    channels: Mapping[str, int]


def make_people() -> People:
    """Officers straight into the table: no password is hashed."""
    made: dict[str, Actor] = {}
    with writing() as session:
        roles = {name: Role(name=name) for name in ROLES}
        session.add_all(roles.values())
        for number, (name, role) in enumerate([*((one, one) for one in ROLES), *_more()], start=1):
            officer = User(id=number, name=name.title(), email=f"{name}@force.example", fs_uniquifier=name)
            officer.active = not name.startswith("gone")
            officer.roles = [roles[role]]
            session.add(officer)
            made[name] = Actor(number, name.title(), frozenset({role}))
    return People(**{name: actor for name, actor in made.items() if not name.startswith("gone")})


def make_force(people: People) -> Force:
    """The default rota, and one channel on each platform; one that is switched off is noise."""
    with writing() as session:
        rota.set_default_windows()
        made = {name: connect(name) for name in ("site", "x", "sms", "email", "usual")}
        session.get_one(Channel, made["usual"]).is_active = False
        for name, addresses in (("sms", NUMBERS), ("email", MAILS)):
            for address in addresses:
                channels.add_address(SYSTEM, channel_id=made[name], address=address, now=NOON)
    return Force(people, made)


def connect(publisher: str, *, name: str = "", language: str = "en") -> int:
    """A channel without settings."""
    return channels.connect(
        SYSTEM, publisher=publisher, name=name or publisher, language=language, settings={}, secrets={}, now=NOON
    )


def draft(people: People, *, now: datetime = NOON, on: list[int] | None = None, kind: str = "wanted") -> int:
    """A whole draft; returns the revision's id."""
    revision = appeals.draft(people.author, kind=kind, now=now)
    facts = {**FACTS, **({"channels": on} if on is not None else {})}
    appeals.save(people.author, revision_id=revision.id, expected_version=1, facts=facts, texts=TEXTS, now=now)
    return revision.id


def submit(people: People, revision_id: int, *, now: datetime = NOON) -> str:
    """Submit a draft as it is now; returns its hash."""
    version = appeals.revision(revision_id).version
    return appeals.submit(people.author, revision_id=revision_id, expected_version=version, now=now)


def submitted(people: People, *, now: datetime = NOON, on: list[int] | None = None) -> int:
    """A revision that waits for its approver."""
    revision_id = draft(people, now=now, on=on)
    submit(people, revision_id, now=now)
    return revision_id


def records(revision_id: int) -> dict[str, str]:
    """What an approver types who read the record of each picture."""
    pictures = appeals.revision(revision_id).pictures
    return {photos.record_field(one): last_of(one.photo.source_record) for one in pictures}


def launch(
    people: People,
    revision_id: int,
    *,
    now: datetime = NOON,
    review_on: date = REVIEW,
    answers: Mapping[str, str] | None = None,
) -> int:
    """Approve a submitted revision; returns the release's id."""
    return releases.launch(
        people.approver,
        revision_id=revision_id,
        content_sha256=appeals.revision(revision_id).content_sha256,
        posts_sha256=approvals.posts_sha256(approvals.previews(revision_id)),
        answers=answers or {**ANSWERS, **records(revision_id)},
        review_on=review_on,
        now=now,
    )


def launched(people: People, *, now: datetime = NOON, on: list[int] | None = None, review_on: date = REVIEW) -> int:
    """An appeal whose release is planned; returns the appeal's id."""
    revision_id = submitted(people, now=now, on=on)
    launch(people, revision_id, now=now, review_on=review_on)
    return int(appeals.revision(revision_id).appeal_id)


def corrected(
    people: People,
    appeal_id: int,
    *,
    title: str = "Man wanted, corrected",
    now: datetime = NOON,
    review_on: date = REVIEW,
) -> int:
    """The next revision with another title, approved; returns the release's id."""
    following = appeals.begin_next(people.author, appeal_id=appeal_id, now=now)
    texts = {"en": {"title": title}}
    appeals.save(people.author, revision_id=following.id, expected_version=1, facts={}, texts=texts, now=now)
    submit(people, following.id, now=now)
    return launch(people, following.id, now=now, review_on=review_on)


def override(people: People, appeal_id: int, *, now: datetime = NIGHT, **changed: object) -> int:
    """An override for three hours whose reader is asked; returns its id."""
    given = {"reader_id": people.triager.id, "reason": "A child is missing.", "ends_at": now + timedelta(hours=3)}
    return overrides.override(people.approver, appeal_id=appeal_id, now=now, **given | changed)  # type: ignore[arg-type]


def covered(people: People, appeal_id: int, *, now: datetime = NIGHT) -> int:
    """The same, and the reader has accepted."""
    made = override(people, appeal_id, now=now)
    (shown,) = [one for one in overrides.shown(appeal_id, now=now) if one.override.id == made]
    paging.take_here(people.triager, page_id=shown.override.page_id or 0, now=now)
    return made


def add_photo(people: People, revision_id: int, colour: str = "navy") -> int:
    """A picture on a draft."""
    alt = {"en": "A man with a hat", "es": "Un hombre con sombrero"}
    return photos.add(
        people.author,
        revision_id=revision_id,
        data=jpeg(colour),
        source_record="Register 17",
        source=photos.Source(kind="custody", source_system="Register"),
        alt=alt,
        now=NOON,
    )


@cache
def jpeg(colour: str = "navy", side: int = 640) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (side, side * 3 // 4), colour).save(out, "JPEG")
    return out.getvalue()


def copies(channel_id: int | None = None, kind: str = "publish") -> list[Copy]:
    """The copies of a kind as they are kept now, oldest first, their attempts loaded."""
    with reading() as session:
        rows = session.scalars(
            select(Copy)
            .join(Delivery)
            .where(Delivery.kind == kind)
            .order_by(Copy.id)
            .execution_options(populate_existing=True)
        ).unique()
        found = [one for one in rows if channel_id in {None, one.channel_id}]
        for one in found:
            session.refresh(one, ["attempts"])
        return found


def states(channel_id: int | None = None, kind: str = "publish") -> list[str]:
    """The states of those copies."""
    return [one.state for one in copies(channel_id, kind)]


def outcomes(copy_id: int) -> list[str]:
    """How the attempts of a copy ended; empty for one that did not."""
    with reading() as session:
        return list(session.scalars(select(Attempt.outcome).where(Attempt.copy_id == copy_id).order_by(Attempt.id)))


def send(copy_id: int, *, now: datetime = NOON, owner: str = "here:1") -> bool:
    """What a worker does with one message; True when the platform was called."""
    prepared = deliveries.prepare(copy_id, now=now)
    task = prepared and deliveries.claim(prepared, owner=owner, now=now)
    if task is None:
        return False
    results.record(task, attempts.perform(task), now=now)
    return True


def tick(*, now: datetime = NOON) -> int:
    """Everything that is due at this moment, until nothing is left; returns how many calls were made."""
    count = 0
    while wakes := deliveries.queue_due(now=now):
        count += sum(send(wake.copy_id, now=now) for wake in wakes)
        follow_site(now=now)
    return count


def follow_site(*, now: datetime = NOON) -> None:
    """Let the other channels follow where the site answers."""
    for release_id, pages, channel_id in releases.waiting_for_site():
        if releases.site_answers(channel_id, pages):
            with writing() as session:
                releases.site_is_up(session, release_id, now=now)


def look(*, now: datetime) -> int:
    """Ask about everything whose question is due; returns how many were asked about."""
    unknown = lookups.take_unknown(now=now)
    for copy_id in unknown:
        lookups.look(copy_id, now=now)
    coming = lookups.take_coming_down(now=now)
    for copy_id in coming:
        lookups.watch(copy_id, now=now)
    return len(unknown) + len(coming)


def look_for(seconds: float, *, since: datetime = NOON, step: float = 10.0) -> datetime:
    """Look again and again for so many seconds; returns the last moment."""
    moment = since
    while moment < since + timedelta(seconds=seconds):
        moment += timedelta(seconds=step)
        look(now=moment)
    return moment


def _more() -> list[tuple[str, str]]:
    others = [("other_author", "author"), ("other_approver", "approver")]
    return [*others, ("gone_author", "author"), ("gone_approver", "approver")]
