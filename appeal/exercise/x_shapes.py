"""The JSON that X answers: posts, users, pictures, lists and problems."""

import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Response, request

from appeal.exercise.world import Media, Post, User, World
from appeal.exercise.x_text import Shortened, shorten

PROBLEMS = "https://api.twitter.com/2/problems"
INVALID = f"{PROBLEMS}/invalid-request"


def answer(body: dict[str, object], status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: object) -> Response:
    """Return a problem in the form that X gives errors."""
    body = {**more, "title": title, "detail": detail, "type": kind, "status": status}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def invalid(name: str, value: object, message: str) -> Response:
    """Return 400 that names one wrong parameter."""
    wrong = [{"parameters": {name: [str(value)]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    return problem(400, "Invalid Request", detail, INVALID, errors=wrong)


def not_found(kind: str, name: str, value: str) -> dict[str, object]:
    """Return the problem of a thing that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {name}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": name,
        "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def created(post: Post) -> Response:
    """Return the answer to a new post."""
    shown = shown_text(post)
    body = {"id": post.id, "text": shown.text, "edit_history_tweet_ids": [post.id]}
    return answer({"data": body}, 201)


def one_post(world: World, post: Post) -> Response:
    """Return one post with the fields and expansions that were asked for."""
    body: dict[str, object] = {"data": _post(world, post)}
    return answer(body | _includes(world, [post]))


def posts_page(world: World, page: list[Post], next_token: str | None) -> Response:
    """Return one page of a list, newest first."""
    meta: dict[str, object] = {"result_count": len(page)}
    if not page:
        return answer({"meta": meta})
    meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if next_token:
        meta["next_token"] = next_token
    body: dict[str, object] = {"data": [_post(world, post) for post in page]}
    return answer(body | _includes(world, page) | {"meta": meta})


def user_shape(user: User) -> dict[str, object]:
    """Return one account."""
    return {"id": user.id, "name": user.name, "username": user.username}


def media_shape(media: Media, now: float) -> dict[str, object]:
    """Return the answer to an upload."""
    left = math.ceil(media.uploaded_at + 86_400 - now)
    return {"id": media.id, "media_key": media.key, "size": len(media.content), "expires_after_secs": left}


def shown_text(post: Post) -> Shortened:
    """Return the text and links as X shows them."""
    picture = f"https://x.com/{post.author.username}/status/{post.id}/photo/1" if post.media else None
    return shorten(post.text, picture, [media.key for media in post.media])


def _post(world: World, post: Post) -> dict[str, object]:
    """Return the post with the default fields and those asked for in tweet.fields."""
    shown = shown_text(post)
    body: dict[str, object] = {"id": post.id, "text": shown.text, "edit_history_tweet_ids": [post.id]}
    more: dict[str, object] = {
        "author_id": post.author.id,
        "conversation_id": post.conversation_id,
        "created_at": stamp(post.published_at),
        "reply_settings": post.reply_settings,
        "lang": "und",
        "public_metrics": {"reply_count": sum(one.in_reply_to == post.id for one in world.posts.values())},
    }
    if shown.entities:
        more["entities"] = {"urls": list(shown.entities)}
    if post.media:
        more["attachments"] = {"media_keys": [media.key for media in post.media]}
    if post.in_reply_to:
        parent = world.posts.get(post.in_reply_to)
        more["referenced_tweets"] = [{"type": "replied_to", "id": post.in_reply_to}]
        if parent:
            more["in_reply_to_user_id"] = parent.author.id
    wanted = _asked("tweet.fields") | ({"author_id"} if "author_id" in _asked("expansions") else set())
    if "attachments.media_keys" in _asked("expansions"):
        wanted.add("attachments")
    if "referenced_tweets.id" in _asked("expansions"):
        wanted.add("referenced_tweets")
    return body | {name: value for name, value in more.items() if name in wanted}


def _includes(world: World, posts: list[Post]) -> dict[str, object]:
    expansions = _asked("expansions")
    found: dict[str, object] = {}
    if "author_id" in expansions:
        found["users"] = [user_shape(user) for user in dict.fromkeys(post.author for post in posts)]
    pictures = {media.key: media for post in posts for media in post.media}
    if "attachments.media_keys" in expansions and pictures:
        found["media"] = [_photo(media) for media in pictures.values()]
    parents = _parents(world, posts)
    if "referenced_tweets.id" in expansions and parents:
        found["tweets"] = [_post(world, parent) for parent in parents]
    return {"includes": found} if found else {}


def _parents(world: World, posts: Iterable[Post]) -> list[Post]:
    wanted = dict.fromkeys(post.in_reply_to for post in posts if post.in_reply_to)
    return [parent for parent in map(world.public_post, wanted) if parent]


def _photo(media: Media) -> dict[str, object]:
    fields = {
        "alt_text": media.alt_text,
        "height": media.height,
        "width": media.width,
        "url": f"{request.host_url}pictures/x/{media.id}",
    }
    asked = {name: value for name, value in fields.items() if name in _asked("media.fields") and value}
    return {"media_key": media.key, "type": "photo"} | asked


def _asked(name: str) -> set[str]:
    return set(filter(None, request.args.get(name, "").split(",")))


def stamp(at: float) -> str:
    """A moment as X writes it."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
