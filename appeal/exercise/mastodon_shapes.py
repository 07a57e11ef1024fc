"""The JSON that a Mastodon server answers: posts, accounts, pictures, notifications, problems."""

import json
import time
import zlib
from datetime import UTC, datetime

from flask import Response, request

from appeal.exercise.mastodon_room import FORCE_ID, MastodonRoom, Media, Reply, Status, as_html
from appeal.exercise.rooms import Thing
from appeal.exercise.world import World


def answer(body: object, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


def problem(status: int, words: str) -> Response:
    """Return a refusal."""
    return answer({"error": words}, status)


def account(world: World) -> dict[str, object]:
    """Return the force's account."""
    return _account(FORCE_ID, world.settings.mastodon_account, world.settings.force_name)


def shape(world: World, thing: Thing) -> dict[str, object]:
    """Return one post of the force."""
    replies = sum(one.under == thing.id for one in world.room(MastodonRoom).replies())
    own = thing if isinstance(thing, Status) else None
    return {
        "id": thing.id,
        "created_at": _stamp(thing.published_at),
        "edited_at": _stamp(own.edited_at) if own and own.edited_at else None,
        "in_reply_to_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": own.visibility if own else "public",
        "language": own.language if own else None,
        "uri": f"{request.host_url}#mastodon-{thing.id}",
        "url": f"{request.host_url}#mastodon-{thing.id}",
        "replies_count": replies,
        "content": as_html(thing.text),
        "account": account(world),
        "media_attachments": [media_shape(one) for one in own.media] if own else [],
        "mentions": [],
    }


def answer_shape(world: World, reply: Reply) -> dict[str, object]:
    """Return one post of somebody else."""
    named = {"id": FORCE_ID, "acct": world.settings.mastodon_account, "url": f"{request.host_url}@force"}
    mention = f'<p><span class="h-card"><a href="{named["url"]}" class="u-url mention">@<span>force</span></a></span> '
    content = as_html(reply.text)
    return {
        "id": reply.id,
        "created_at": _stamp(reply.published_at),
        "edited_at": None,
        "in_reply_to_id": reply.under or None,
        "visibility": "direct" if reply.is_direct else "public",
        "language": None,
        "uri": f"{request.host_url}#mastodon-answer-{reply.id}",
        "url": f"{request.host_url}#mastodon-answer-{reply.id}",
        "replies_count": 0,
        "content": content.replace("<p>", mention, 1) if reply.names_force else content,
        "account": _account(str(zlib.crc32(reply.author.lower().encode()) + 10_000), reply.author, reply.author),
        "media_attachments": [media_shape(one) for one in reply.media],
        "mentions": [named] if reply.names_force else [],
    }


def notification(world: World, reply: Reply) -> dict[str, object]:
    """Return what tells the force of a post."""
    shown = answer_shape(world, reply)
    told = {"id": reply.notification, "type": "mention", "created_at": shown["created_at"], "filtered": True}
    return told | {"account": shown["account"], "status": shown}


def media_shape(media: Media) -> dict[str, object]:
    """Return one picture; it has no address while the server still works on it."""
    address = f"{request.host_url}mastodon/media/{media.id}"
    return {
        "id": media.id,
        "type": "image",
        "url": address if media.ready_at <= time.time() else None,
        "preview_url": address,
        "description": media.alt or None,
        "meta": {},
    }


def _account(number: str, name: str, shown: str) -> dict[str, object]:
    return {"id": number, "username": name, "acct": name, "display_name": shown, "url": f"{request.host_url}@{name}"}


def _stamp(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
