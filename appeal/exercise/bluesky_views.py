"""How the public application shows a post on Bluesky, and what stands under it."""

from collections.abc import Iterable, Sequence

from flask import request

from appeal.exercise.bluesky_room import BlueskyRoom, Post, Reply, stamp

Shown = Post | Reply


def post_shape(room: BlueskyRoom, post: Shown) -> dict[str, object]:
    """One post as lists show it."""
    did, uri = room.author(post), room.uri(post)
    shape: dict[str, object] = {
        "uri": uri,
        "cid": post.cid,
        "author": {"did": did, "handle": room.handles[did], "labels": []},
        "record": dict(post.value),
        "replyCount": sum(parent_of(one) == uri for one in room.posts()),
        "repostCount": 0,
        "likeCount": 0,
        "quoteCount": 0,
        "indexedAt": stamp(post.published_at),
        "labels": [],
    }
    if post.blobs:
        shape["embed"] = {"$type": "app.bsky.embed.images#view", "images": [*_pictures(post)]}
    return shape


def thread_shape(room: BlueskyRoom, post: Shown, listed: Sequence[Shown]) -> dict[str, object]:
    """A post with everything that was answered under it."""
    uri = room.uri(post)
    answers = sorted((one for one in listed if parent_of(one) == uri), key=lambda one: one.published_at)
    return {
        "$type": "app.bsky.feed.defs#threadViewPost",
        "post": post_shape(room, post),
        "replies": [thread_shape(room, one, listed) for one in answers],
        "threadContext": {},
    }


def parent_of(post: Shown) -> str:
    """The address of the post that this one answers; empty when it answers none."""
    return _address_in(post, "parent")


def root_of(post: Shown) -> str:
    """The address of the post that begins its thread; empty when it begins one itself."""
    return _address_in(post, "root")


def _address_in(post: Shown, name: str) -> str:
    reply = post.value.get("reply")
    place = reply.get(name) if isinstance(reply, dict) else None
    return str(place.get("uri", "")) if isinstance(place, dict) else ""


def _pictures(post: Shown) -> Iterable[dict[str, object]]:
    for name in post.blobs:
        address = f"{request.host_url}bluesky/img/{name}"
        yield {"thumb": address, "fullsize": address, "alt": ""}
