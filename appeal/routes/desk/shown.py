"""What pages of several routes show in the same way: posts as they go out and the moment each goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from appeal.models.appeal import Appeal, Revision
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.publishers.base import Capabilities
from appeal.rules.content import Post
from appeal.rules.drafting import Blocker
from appeal.rules.errors import AppealError
from appeal.services import approvals, channels, copies, outcomes, releases, wordings


@dataclass(frozen=True)
class Going:
    """One channel of a revision: its post or why it has none, and when it would go out.

    `at` is None when the rota never opens; `photo_ids` belong to the post's pictures; `addresses` counts a list.
    `notes` say what of the appeal does not reach the channel; `is_written`: it has words of its own.
    """

    channel: Channel
    capabilities: Capabilities
    post: Post | None
    reasons: Sequence[str]
    photo_ids: Sequence[int]
    at: datetime | None
    is_after_site: bool
    is_correction: bool
    addresses: int
    notes: Sequence[str] = ()
    can_be_written: bool = False
    is_written: bool = False


def goings(revision: Revision, previews: Sequence[approvals.Preview], now: datetime) -> list[Going]:
    """The previews of a revision in the order in which they go out: the site first."""
    chosen = [one.channel for one in previews]
    by_channel = {one.channel.id: one for one in releases.outlook(chosen, appeal_id=revision.appeal_id, now=now)}
    has_site = any(one.publisher == releases.SITE for one in chosen)
    is_correction = bool(outcomes.overview(revision.appeal_id))
    counted = copies.addresses([one.id for one in chosen])
    photo_ids = [one.photo_id for one in revision.pictures]
    ordered = sorted(previews, key=lambda one: one.channel.publisher != releases.SITE)
    return [
        Going(
            channel=one.channel,
            capabilities=channels.capabilities(one.channel),
            post=one.post,
            reasons=one.reasons,
            photo_ids=photo_ids[: len(one.post.pictures)] if one.post else (),
            at=now if is_correction else by_channel[one.channel.id].at,
            is_after_site=has_site and by_channel[one.channel.id].is_after_site,
            is_correction=is_correction,
            addresses=counted.get(one.channel.id, 0),
            notes=one.notes,
            can_be_written=wordings.can_be_written(one.channel),
            is_written=bool(wordings.of(revision, one.channel)),
        )
        for one in ordered
    ]


def blocker(one: Blocker, language: str) -> str:
    """A blocker's sentence in the officer's language, its label too."""
    values = {name: translate(language, str(value)) for name, value in one.values.items()}
    return translate(language, one.words, **values)


def words(error: AppealError, language: str) -> str:
    """An error's sentence in the officer's language."""
    return translate(language, error.words)


def states(appeals: Sequence[Appeal]) -> Mapping[int, tuple[str, str]]:
    """Words and colour for the state of each appeal."""
    found = outcomes.appeal_states(appeals)
    return {appeal_id: outcomes.APPEAL_STATES[code] for appeal_id, code in found.items()}
