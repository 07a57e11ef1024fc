"""What the public says to the force on X: read again and again from a cursor, own posts left out."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import PollResult
from appeal.wire.http import Named
from appeal.wire.x import Mention, XAccount

NAME = "x"

# A post may be listed later than one with a higher id: reading goes on from the newest that is at least this old, and
# what is known already is not stored twice.
LISTED_AFTER = timedelta(seconds=120)
MOST_LINKS = 2_000


def poll(settings: Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Read what is new; raises TryLater or ChannelStopped, and then nothing is lost: the cursor stays."""
    with XAccount(settings) as account:
        found = account.mentions(cursor)
    own = settings.get("username").lower()
    said = [mention for mention in found if mention.author.lower() != own]
    listed = [int(mention.id) for mention in found if mention.created_at <= now - LISTED_AFTER]
    following = max([*listed, int(cursor or 0)])
    return PollResult(tuple(parse(one, channel_id=channel_id, now=now) for one in said), str(following or ""))


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
    return {name: value for name, value in facts.items() if value}
