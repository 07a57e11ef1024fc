"""What the public says to the force on Bluesky: replies, mentions and quotes, whole threads, direct messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from appeal.rules.errors import PublisherError
from appeal.rules.words import say
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import MEDIA, PollResult, fetched, waiting
from appeal.wire import http
from appeal.wire.bluesky import BlueskyAccount
from appeal.wire.bluesky_shapes import Direct, Reply

NAME = "bluesky"

# A post may be listed later than one that is older: reading goes on from the newest that is at least this old.
LISTED_AFTER = timedelta(minutes=5)
# Answers that were never notified (a muted word, a blocked thread) are found in the threads themselves.
THREADS_EVERY = timedelta(minutes=10)
THREADS = 30
MOST_LINKS = 2_000
NONE: tuple[list[Direct], str, str] = ([], "", "")
# Where the platform keeps pictures; a stand-in keeps them at its own address.
PICTURES = "https://cdn.bsky.app"


@dataclass(frozen=True)
class Cursor:
    """How far was read: the moment of a listed post, the place in the log of messages, and when threads were read."""

    listed_at: datetime | None = None
    log: str = ""
    threads_at: datetime | None = None

    @classmethod
    def read(cls, kept: str) -> "Cursor":
        """The cursor as it was kept; a beginning where nothing was."""
        listed, log, threads = [*kept.split(" "), "", "", ""][:3]
        return cls(_moment(listed), "" if log == "-" else log, _moment(threads))

    def kept(self) -> str:
        """As one line of at most 80 letters."""
        return f"{_seconds(self.listed_at)} {self.log or '-'} {_seconds(self.threads_at)}"


def poll(settings: http.Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Read what is new; raises TryLater or ChannelStopped, and then nothing is lost: the cursor stays."""
    before = Cursor.read(cursor)
    reads_threads = before.threads_at is None or now - before.threads_at >= THREADS_EVERY
    with BlueskyAccount(settings) as account:
        own = account.did()
        replies = {one.uri: one for one in account.replies(before.listed_at)}
        if reads_threads:
            replies |= {one.uri: one for one in _in_threads(account)}
        directs, log, problem = _directs(account, before.log) if settings.get("reads_messages") == "yes" else NONE
    from_others = [one for one in reversed(replies.values()) if one.author != own]
    said = sorted(from_others, key=lambda one: one.listed_at)
    messages = [parse(one, channel_id=channel_id, now=now) for one in said]
    messages += [parse_direct(one, channel_id=channel_id, now=now) for one in directs if one.author != own]
    after = Cursor(
        _read_up_to(replies.values(), before, now), log or before.log, now if reads_threads else before.threads_at
    )
    return PollResult(tuple(messages), after.kept(), problem)


def parse(reply: Reply, *, channel_id: int, now: datetime) -> Inbound:
    """One reply, mention or quote; which of our posts it answers is in the facts."""
    facts = {
        "name": f"@{reply.handle}",
        "posted_at": reply.listed_at.isoformat(),
        "in_reply_to": reply.in_reply_to,
        "conversation": reply.conversation,
        "links": " ".join(reply.links)[:MOST_LINKS],
    }
    facts |= waiting([(reply.uri, "")] * bool(reply.pictures))
    return Inbound(
        source=NAME,
        external_id=reply.uri,
        received_at=now,
        text=reply.text,
        channel_id=channel_id,
        sender=reply.author,
        facts={name: value for name, value in facts.items() if value},
    )


def parse_direct(direct: Direct, *, channel_id: int, now: datetime) -> Inbound:
    """One direct message; those of one person on one day (UTC) belong together."""
    return Inbound(
        source=NAME,
        external_id=direct.id,
        received_at=now,
        text=direct.text,
        thank_to=direct.convo,
        thread=f"{direct.convo} {now.astimezone(UTC):%Y-%m-%d}",
        channel_id=channel_id,
        sender=direct.author,
        facts={"posted_at": direct.sent_at.isoformat(), "is_private": "yes"},
    )


def complete(settings: http.Named, message: Inbound) -> Inbound:
    """The message with its pictures; what the platform does not give stays as an address."""
    if MEDIA not in message.facts:
        return message
    base = settings.get("base_url").rsplit("/", 1)[0] or PICTURES
    try:
        with BlueskyAccount(settings) as account:
            pictures = [one for post in account.shown([message.external_id]) for one in _addresses(post)]
    except PublisherError:
        return message
    facts = {name: value for name, value in message.facts.items() if name != MEDIA} | waiting(pictures)
    known = Inbound(**{**message.__dict__, "facts": facts})
    return fetched(known, lambda address: http.download(settings, address), lambda address: _is_under(address, base))


def _directs(account: BlueskyAccount, log: str) -> tuple[list[Direct], str, str]:
    """Direct messages since then; an app password that may not read them stops nothing else."""
    try:
        return *account.directs(log), ""
    except PublisherError as error:
        return [], "", say("Direct messages could not be read: %(words)s", words=error.words)


def _in_threads(account: BlueskyAccount) -> Iterable[Reply]:
    for post in account.own_posts(THREADS):
        if post.get("replyCount"):
            yield from account.thread(str(post["uri"]))


def _read_up_to(replies: Iterable[Reply], before: Cursor, now: datetime) -> datetime | None:
    listed = [one.listed_at for one in replies if one.listed_at <= now - LISTED_AFTER]
    return max([*listed, *([before.listed_at] if before.listed_at else [])], default=None)


def _addresses(post: Mapping[str, object]) -> list[tuple[str, str]]:
    embed = post.get("embed")
    while isinstance(embed, dict) and isinstance(embed.get("media"), dict):
        embed = embed["media"]
    images = embed.get("images") if isinstance(embed, dict) else None
    found = images if isinstance(images, list) else []
    return [(str(one["fullsize"]), "image/jpeg") for one in found if isinstance(one, dict) and one.get("fullsize")]


def _is_under(address: str, base: str) -> bool:
    return address.startswith(f"{base}/")


def _seconds(moment: datetime | None) -> str:
    return f"{moment.timestamp():.3f}" if moment else "-"


def _moment(kept: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(kept), UTC)
    except ValueError:
        return None
