"""What the story saw, as numbers: a table for people, JSON for machines, and whether all is well."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from appeal.story.platforms import occurrences
from appeal.story.stored import CopyRow, Tally

SITE = "site"
ON_PLATFORMS = (
    "x",
    "sms",
    "email",
    "telegram",
    "facebook",
    "partner",
    "bluesky",
    "mastodon",
)
ON_LISTS = ("sms", "email")
HEAD = ("channel", "sent", "failed", "unknown", "asked", "due to out, s")


@dataclass(frozen=True)
class ChannelLine:
    """One channel: copies by what became of them; unknown ones were settled later, asked ones by a person."""

    name: str
    sent: int
    failed: int
    unknown: int
    asked: int
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """The end of the story. `posted_twice`, `never_posted` and `left_up` name what should not be."""

    channels: Sequence[ChannelLine]
    messages: Tally
    queue_complete_seconds: float
    removal_seconds: float
    ledger_entries: int
    posted_twice: Sequence[str]
    never_posted: Sequence[str]
    left_up: Sequence[str]
    assessed: int
    to_assess: int
    kills: int
    calls_failed: int
    whole_seconds: float

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled or left up, the tips could be assessed and the ledger adds up."""
        wrong = (self.posted_twice, self.never_posted, self.left_up, self.messages.lost, self.messages.doubled)
        return not any(wrong) and self.ledger_entries > 0 and self.assessed == self.to_assess

    def as_json(self) -> str:
        """Everything as one JSON object."""
        return json.dumps(asdict(self) | {"is_good": self.is_good}, indent=2)

    def as_table(self) -> str:
        """Everything as lines of text."""
        rows = [
            HEAD,
            *((one.name, one.sent, one.failed, one.unknown, one.asked, f"{one.seconds:.1f}") for one in self.channels),
        ]
        counts = self.messages
        facts = (
            (
                "messages sent, stored, lost, doubled",
                f"{counts.sent}, {counts.stored}, {counts.lost}, {counts.doubled}",
            ),
            ("seconds from last message to queue complete", f"{self.queue_complete_seconds:.1f}"),
            ("tips assessed", f"{self.assessed} of {self.to_assess}"),
            ("seconds from take-down to last confirmed removal", f"{self.removal_seconds:.1f}"),
            (
                "posted twice, never posted, left up",
                f"{len(self.posted_twice)}, {len(self.never_posted)}, {len(self.left_up)}",
            ),
            ("ledger verified", f"{self.ledger_entries} entries" if self.ledger_entries else "NO"),
            ("kill -9, calls that platforms failed", f"{self.kills}, {self.calls_failed}"),
            ("seconds in all", f"{self.whole_seconds:.0f}"),
        )
        wrong = [*self.posted_twice, *self.never_posted, *self.left_up]
        lines = [_row([str(cell) for cell in row]) for row in rows] + [""]
        lines += [f"{words:<50} {value}" for words, value in facts] + [f"  WRONG: {one}" for one in wrong]
        return "\n".join([*lines, "", "Nothing was lost, doubled or left up." if self.is_good else "NOT GOOD."])


def channel_lines(copies: Sequence[CopyRow], asked: Sequence[int], released_at: datetime) -> list[ChannelLine]:
    """One line per channel for what went out; the site is due when it is released, the others when its page answers."""
    outings = [one for one in copies if one.is_outing]
    return [_line([one for one in outings if one.channel == name], asked, released_at) for name in _names(outings)]


def posted_wrongly(copies: Sequence[CopyRow], state: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What the platforms got more than once, and what they never got although it counts as sent."""
    seen = occurrences(state)
    there = [one for one in copies if one.publisher in ON_PLATFORMS and (one.is_outing or one.publisher in ON_LISTS)]
    twice = [
        f"{one.channel}: copy {one.id} ({one.kind}) went out {seen[one.key]} times"
        for one in there
        if seen.get(one.key, 0) > 1
    ]
    never = [
        f"{one.channel}: copy {one.id} ({one.kind}) never arrived"
        for one in there
        if one.state == "sent" and one.key not in seen
    ]
    return twice, never


def left_up(
    copies: Sequence[CopyRow],
    public_posts: Sequence[str],
    pages: Mapping[str, int],
    in_rooms: Sequence[tuple[str, str]] = (),
) -> list[str]:
    """Everything that can still be seen: by its state, on the platforms, and on the site (address to status)."""
    removals = {one.target_id: one for one in copies if one.kind == "retract"}
    found = [
        f"{one.channel}: copy {one.id} was sent and is not known to be gone"
        for one in copies
        if one.is_outing and one.state == "sent" and not _is_down(removals.get(one.id))
    ]
    own = {one.external_id for one in copies if one.publisher == "x"}
    found += [f"X: post {post_id} can be seen" for post_id in public_posts if post_id in own]
    keys = {one.key for one in copies}
    found += [f"{platform}: the post with {key} can be seen" for platform, key in in_rooms if key in keys]
    return found + [
        f"site: {address} answers {status}" for address, status in pages.items() if status not in {404, 410}
    ]


def removed_at(copies: Sequence[CopyRow]) -> datetime | None:
    """The moment of the last confirmed removal; on lists that of the last message that followed."""
    moments = [one.gone_at or one.sent_at for one in copies if one.kind == "retract"]
    return max((at for at in moments if at), default=None)


def _is_down(removal: CopyRow | None) -> bool:
    if removal is None:
        return False
    return bool(removal.gone_at) or (removal.publisher in ON_LISTS and removal.state == "sent")


def _line(own: Sequence[CopyRow], asked: Sequence[int], released_at: datetime) -> ChannelLine:
    waits = [_seconds(one, released_at) for one in own if one.sent_at]
    return ChannelLine(
        name=own[0].channel,
        sent=sum(one.state == "sent" for one in own),
        failed=sum(one.state == "failed" for one in own),
        unknown=sum(one.unknowns > 0 for one in own),
        asked=sum(one.id in asked for one in own),
        seconds=max(waits, default=0.0),
    )


def _seconds(copy: CopyRow, released_at: datetime) -> float:
    due = released_at if copy.publisher == SITE else max(copy.site_up_at or released_at, released_at)
    return max((copy.sent_at - due).total_seconds(), 0.0) if copy.sent_at else 0.0


def _names(copies: Sequence[CopyRow]) -> list[str]:
    return list(dict.fromkeys(one.channel for one in copies))


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<24}" + "".join(f"{cell:>15}" for cell in cells[1:])
