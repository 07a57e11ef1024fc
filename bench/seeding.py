"""An exercise force with many appeals, made by calling the services, and what became of every copy of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta

from appeal.config import Config
from appeal.core import create_core_app
from appeal.db import dispose_engines, reading
from appeal.models.people import User
from appeal.models.release import Attempt, Channel, Copy, Delivery
from appeal.rules.clock import now
from appeal.rules.exercise import X
from appeal.rules.hours import Window
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import appeals, approvals, channels, exercises, force, officers, photos, releases, rota

DAYS = range(7)
UNSETTLED = frozenset({"pending", "held", "queued", "sending", "unknown"})


@dataclass(frozen=True)
class Kept:
    """One copy as it is kept: what it is, where it stands, and how each of its attempts ended."""

    id: int
    appeal_id: int
    publisher: str
    kind: str
    state: str
    key: str
    external_id: str
    permalink: str
    reason: str
    is_gone: bool
    outcomes: tuple[str, ...]

    @property
    def was_unknown(self) -> bool:
        """Whether at some time nobody knew: no answer, or the process died."""
        return "unknown" in self.outcomes or "" in self.outcomes


@contextmanager
def opened(config: Config) -> Iterator[None]:
    """The services of an installation, called from outside its processes."""
    with create_core_app(config, role="bench").app_context():
        yield
    dispose_engines()


def open_always() -> None:
    """A desk that is staffed at every hour, so that the bench runs at any."""
    windows = [Window(day, time(0), time(0)) for day in DAYS]
    rota.set_windows(SYSTEM, windows=windows, now=now())


def more_walls(config: Config, count: int) -> None:
    """Further channels to the same account on X."""
    settings = {"user_id": X["user_id"], "username": X["username"], "base_url": f"{config.exercise_url}/x"}
    secrets = {name: X[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")}
    for number in range(2, count + 2):
        channels.connect(
            SYSTEM, publisher="x", name=f"X {number}", language="en", settings=settings, secrets=secrets, now=now()
        )


def longer_lists(mails: int, numbers: int) -> None:
    """Fill the lists up to so many addresses."""
    known = {channel.publisher: channel.id for channel in channels.every()}
    for number in range(mails - 3):
        channels.add_address(SYSTEM, channel_id=known["email"], address=f"news{number}@paper.example", now=now())
    for number in range(numbers - 3):
        channels.add_address(SYSTEM, channel_id=known["sms"], address=f"+346005552{number:02d}", now=now())


def launch(title: str, *, with_picture: bool = False, on: Sequence[int] | None = None) -> int:
    """Draft, submit and approve an appeal on all channels or on these; returns its id."""
    author, approver = officer("author"), officer("approver")
    revision = appeals.draft(author, kind="wanted", now=now())
    texts = {language: {**own, "title": f"{own['title']} {title}"} for language, own in exercises.TEXTS.items()}
    facts = {**exercises.FACTS, **({"channels": list(on)} if on is not None else {})}
    appeals.save(author, revision_id=revision.id, expected_version=1, facts=facts, texts=texts, now=now())
    if with_picture:
        data = next(iter(sorted(exercises.PICTURES.glob("*.jpg")))).read_bytes()
        photos.add(
            author,
            revision_id=revision.id,
            data=data,
            source_record="Bench",
            source=photos.Source(kind="artist"),
            alt=exercises.ALT,
            now=now(),
        )
    version = appeals.revision(revision.id).version
    appeals.submit(author, revision_id=revision.id, expected_version=version, now=now())
    releases.launch(
        approver,
        revision_id=revision.id,
        content_sha256=appeals.revision(revision.id).content_sha256,
        posts_sha256=approvals.posts_sha256(approvals.previews(revision.id)),
        answers={
            "legal_basis": force.settings()["legal_bases"].splitlines()[0],
            "necessity": "An exercise.",
            "proportionality": "An exercise.",
            "risk": "An exercise.",
            "statement": "A bench.",
            **{photos.record_field(one): "ench" for one in appeals.revision(revision.id).pictures},
        },
        review_on=(now() + timedelta(days=14)).date(),
        now=now(),
    )
    return int(revision.appeal_id)


def officer(role: str) -> Actor:
    """The exercise officer of this role."""
    with reading() as session:
        return officers.actor_of(session.query(User).filter(User.email == f"{role}@exercise.example").one())


def copies(kind: str = "publish") -> list[Kept]:
    """Every copy of a kind."""
    with reading() as session:
        attempts: dict[int, list[str]] = {}
        for copy_id, outcome in session.query(Attempt.copy_id, Attempt.outcome).order_by(Attempt.id):
            attempts.setdefault(copy_id, []).append(outcome)
        rows = session.query(Copy, Channel.publisher).join(Delivery, Copy.delivery_id == Delivery.id)
        rows = rows.join(Channel, Copy.channel_id == Channel.id).filter(Delivery.kind == kind).order_by(Copy.id)
        rows = rows.populate_existing()
        return [_kept(copy, publisher, kind, attempts.get(copy.id, [])) for copy, publisher in rows]


def is_settled(kind: str = "publish") -> bool:
    """Whether no copy of this kind has anything left to happen by itself."""
    return not any(one.state in UNSETTLED for one in copies(kind))


def states(found: Sequence[Kept]) -> Mapping[str, int]:
    """How many copies stand in which state."""
    return Counter(one.state for one in found)


def _kept(copy: Copy, publisher: str, kind: str, outcomes: Sequence[str]) -> Kept:
    return Kept(
        id=copy.id,
        appeal_id=copy.delivery.release.appeal_id,
        publisher=publisher,
        kind=kind,
        state=copy.state,
        key=copy.key,
        external_id=copy.external_id,
        permalink=copy.permalink,
        reason=copy.reason,
        is_gone=copy.gone_at is not None,
        outcomes=tuple(outcomes),
    )
