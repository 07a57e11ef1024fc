"""What the public says to the force on Mastodon: mentions, filtered ones too, whole threads, direct posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import MEDIA, PollResult, fetched, waiting
from appeal.wire import http
from appeal.wire.mastodon import MastodonAccount
from appeal.wire.mastodon_shapes import Notification, Status

NAME = "mastodon"

# A notification may be listed later than one with a higher id: reading goes on from the newest that is this old.
LISTED_AFTER = timedelta(minutes=2)
# An answer without the force's name in it notifies nobody; it is found in the thread.
THREADS_EVERY = timedelta(minutes=10)
THREADS = 40
MOST_LINKS = 2_000


@dataclass(frozen=True)
class Cursor:
    """How far was read: the id of a notification, and when the threads were read."""

    notified: str = ""
    threads_at: datetime | None = None

    @classmethod
    def read(cls, kept: str) -> "Cursor":
        """The cursor as it was kept; a beginning where nothing was."""
        notified, at = [*kept.split(" "), "", ""][:2]
        moment = datetime.fromtimestamp(int(at), UTC) if at.isdecimal() else None
        return cls("" if notified == "-" else notified, moment)

    def kept(self) -> str:
        """As one line of at most 80 letters."""
        return f"{self.notified or '-'} {int(self.threads_at.timestamp()) if self.threads_at else '-'}"


def poll(settings: http.Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Read what is new; raises TryLater or ChannelStopped, and then nothing is lost: the cursor stays."""
    before = Cursor.read(cursor)
    reads_threads = before.threads_at is None or now - before.threads_at >= THREADS_EVERY
    with MastodonAccount(settings) as account:
        own, _name = account.who()
        notified = account.notifications(before.notified)
        statuses = {one.status.id: one.status for one in notified}
        if reads_threads:
            statuses |= {one.id: one for one in _in_threads(account, own)}
    said = sorted((one for one in statuses.values() if one.author_id != own), key=lambda one: one.created_at)
    after = Cursor(_read_up_to(notified, before, now), now if reads_threads else before.threads_at)
    return PollResult(tuple(parse(one, channel_id=channel_id, now=now) for one in said), after.kept())


def parse(status: Status, *, channel_id: int, now: datetime) -> Inbound:
    """One mention, answer or direct post; direct ones of one person on one day (UTC) belong together."""
    facts = {
        "name": f"@{status.author}",
        "posted_at": status.created_at.isoformat(),
        "in_reply_to": status.in_reply_to,
        "links": " ".join(status.links)[:MOST_LINKS],
        "is_private": "yes" if status.is_direct else "",
    }
    facts |= waiting(status.files)
    return Inbound(
        source=NAME,
        external_id=f"{channel_id}/{status.id}",
        received_at=now,
        text=status.text,
        thread=f"{channel_id}/{status.author_id} {now.astimezone(UTC):%Y-%m-%d}" if status.is_direct else "",
        channel_id=channel_id,
        sender=status.author,
        thank_to=f"{status.author} {status.id}" if status.is_direct and not status.is_by_program else "",
        facts={name: value for name, value in facts.items() if value},
    )


def complete(settings: http.Named, message: Inbound) -> Inbound:
    """The message with its pictures and films; what the server does not give stays as an address."""
    if MEDIA not in message.facts:
        return message
    return fetched(message, lambda address: http.download(settings, address), bool)


def _in_threads(account: MastodonAccount, own: str) -> Iterable[Status]:
    for post in account.own(own, most=THREADS):
        if post.replies:
            yield from account.thread(post.id)


def _read_up_to(notified: list[Notification], before: Cursor, now: datetime) -> str:
    old = [one.id for one in notified if one.created_at <= now - LISTED_AFTER]
    return max([*old, before.notified], key=lambda one: (len(one), one))
