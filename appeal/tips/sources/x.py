"""What the public says to the force on X: read again and again from a cursor, own posts left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from appeal.rules.errors import PublisherError
from appeal.rules.words import say
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import MEDIA, PollResult, fetched, waiting
from appeal.wire.http import Named, download
from appeal.wire.x import Mention, XAccount
from appeal.wire.x_shapes import Direct

NAME = "x"

# A post may be listed later than one with a higher id: reading goes on from the newest that is at least this old, and
# what is known already is not stored twice.
LISTED_AFTER = timedelta(seconds=120)
MOST_LINKS = 2_000
# X allows 15 such questions in a quarter of an hour.
DIRECTS_EVERY = timedelta(seconds=90)
# Where X keeps pictures; a stand-in keeps them at its own address.
PICTURES = "https://pbs.twimg.com"


@dataclass(frozen=True)
class Cursor:
    """How far was read: the id of a post, the id of a direct message, and when those were asked for."""

    post: str = ""
    direct: str = ""
    directs_at: datetime | None = None

    @classmethod
    def read(cls, kept: str) -> "Cursor":
        """The cursor as it was kept; a beginning where nothing was."""
        post, direct, at = [one if one.isdecimal() else "" for one in [*kept.split(" "), "", ""][:3]]
        return cls(post, direct, datetime.fromtimestamp(int(at), UTC) if at else None)

    def kept(self) -> str:
        """As one line of at most 80 letters; the id of the post alone where no messages are read."""
        if self.directs_at is None:
            return self.post
        return f"{self.post or '-'} {self.direct or '-'} {int(self.directs_at.timestamp())}"


def poll(settings: Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Read what is new; raises TryLater or ChannelStopped, and then nothing is lost: the cursor stays."""
    before = Cursor.read(cursor)
    is_due = before.directs_at is None or now - before.directs_at >= DIRECTS_EVERY
    with XAccount(settings) as account:
        found = account.mentions(before.post)
        reads = settings.get("reads_messages") == "yes" and is_due
        directs, problem = _directs(account, before.direct) if reads else ([], "")
    own = settings.get("username").lower()
    said = [parse(one, channel_id=channel_id, now=now) for one in found if one.author.lower() != own]
    said += [
        parse_direct(one, channel_id=channel_id, now=now)
        for one in directs
        if one.author_id != settings.get("user_id") and one.author.lower() != own
    ]
    listed = [int(mention.id) for mention in found if mention.created_at <= now - LISTED_AFTER]
    following = str(max([*listed, int(before.post or 0)]) or "")
    after = Cursor(following, directs[-1].id if directs else before.direct, now if reads else before.directs_at)
    return PollResult(tuple(said), after.kept(), problem)


def complete(settings: Named, message: Inbound) -> Inbound:
    """The message with its pictures; what X does not give stays as an address."""
    if MEDIA not in message.facts:
        return message
    base = settings.get("base_url").rsplit("/", 1)[0] or PICTURES
    return fetched(message, lambda address: download(settings, address), lambda one: one.startswith(f"{base}/"))


def parse_direct(direct: Direct, *, channel_id: int, now: datetime) -> Inbound:
    """One direct message; those of one person on one day (UTC) belong together."""
    facts = {"name": f"@{direct.author}" if direct.author else "", "posted_at": direct.sent_at.isoformat()}
    return Inbound(
        source=NAME,
        external_id=f"dm {direct.id}",
        received_at=now,
        text=direct.text,
        thread=f"dm {direct.conversation} {direct.author_id} {now.astimezone(UTC):%Y-%m-%d}",
        channel_id=channel_id,
        sender=direct.author or direct.author_id,
        thank_to=direct.author_id,
        facts={name: value for name, value in (facts | {"is_private": "yes"}).items() if value},
    )


def parse(mention: Mention, *, channel_id: int, now: datetime) -> Inbound:
    """One reply or mention; which of our posts it answers is in the facts."""
    return Inbound(
        source=NAME,
        external_id=mention.id,
        received_at=now,
        text=mention.text,
        channel_id=channel_id,
        sender=mention.author,
        facts=_facts(mention),
    )


def _facts(mention: Mention) -> Mapping[str, str]:
    facts = {
        "posted_at": mention.created_at.isoformat(),
        "in_reply_to": mention.in_reply_to,
        "conversation": mention.conversation,
        "links": " ".join(mention.links)[:MOST_LINKS],
    }
    facts |= waiting((address, "image/jpeg") for address in mention.pictures)
    return {name: value for name, value in facts.items() if value}


def _directs(account: XAccount, known: str) -> tuple[list[Direct], str]:
    """Direct messages since then; an application that may not read them stops nothing else."""
    try:
        return account.directs(known), ""
    except PublisherError as error:
        return [], say("Direct messages could not be read: %(words)s", words=error.words)
