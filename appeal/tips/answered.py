"""Which appeal an answer belongs to: the one whose post it answers, directly or further down."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import or_, select

from appeal import db
from appeal.models.appeal import Appeal
from appeal.models.release import Copy, Delivery, Release
from appeal.tips.inbound import Inbound

SIZE, PARTS_SIZE = 500, 50


def of_appeals(channel_id: int, messages: Sequence[Inbound]) -> list[Inbound]:
    """The same messages, each tied to its appeal where it answers a post of one."""
    asked = {one.facts.get(name, "") for one in messages for name in ("in_reply_to", "conversation")} - {""}
    appeals = _appeals_by_post(channel_id, asked)
    return [replace(one, appeal=one.appeal or _appeal_of(one, appeals)) for one in messages]


def _appeal_of(message: Inbound, appeals: dict[str, str]) -> str:
    posts = (message.facts.get("in_reply_to", ""), message.facts.get("conversation", ""))
    return next((appeals[post] for post in posts if post in appeals), "")


def _appeals_by_post(channel_id: int, posts: Collection[str]) -> dict[str, str]:
    """By the post's id; a post of several parts is also known by the first of them."""
    found: dict[str, str] = {}
    wanted = (
        select(Copy.external_id, Appeal.public_id)
        .join(Delivery, Copy.delivery_id == Delivery.id)
        .join(Release, Delivery.release_id == Release.id)
        .join(Appeal, Release.appeal_id == Appeal.id)
        .where(Copy.channel_id == channel_id)
    )
    with db.reading() as session:
        for part in _parts(sorted(posts), SIZE):
            found |= {row[0]: row[1] for row in session.execute(wanted.where(Copy.external_id.in_(part)))}
        for part in _parts(sorted(set(posts) - found.keys()), PARTS_SIZE):
            begins = or_(*(Copy.external_id.startswith(f"{post}/", autoescape=True) for post in part))
            rows = session.execute(wanted.where(begins))
            found |= {row[0].partition("/")[0]: row[1] for row in rows}
    return found


def _parts(whole: Sequence[str], size: int) -> list[Sequence[str]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]
