"""The part of X API v2 that the force uses, in X's wire format, under /x."""

import time
from collections.abc import Callable

from flask import Blueprint, Response, request

from appeal.exercise.calls import fired_now, framed
from appeal.exercise.world import Media, Post, World
from appeal.exercise.x_directs import direct_events, write_back
from appeal.exercise.x_door import x_dialect
from appeal.exercise.x_lists import mentions, search, timeline
from appeal.exercise.x_media import MEDIA_LIVES_SECONDS, describe, upload
from appeal.exercise.x_shapes import answer, created, invalid, not_found, one_post, problem, user_shape
from appeal.exercise.x_text import TEXT_LIMIT, weighted_length

PICTURES_LIMIT = 4
DUPLICATE_SECONDS = 86_400
POST_FIELDS = {
    "card_uri",
    "community_id",
    "direct_message_deep_link",
    "edit_options",
    "for_super_followers_only",
    "geo",
    "made_with_ai",
    "media",
    "nullcast",
    "poll",
    "quote_tweet_id",
    "reply",
    "reply_settings",
    "share_with_followers",
    "text",
}
REPLY_SETTINGS = {"following", "mentionedUsers", "subscribers", "verified"}


def create_x(world: World) -> Blueprint:
    """Return the routes of X over this world."""
    x = Blueprint("x", __name__, url_prefix="/x")
    dialect = x_dialect(world)
    views: list[tuple[str, str, str, Callable[..., Response]]] = [
        ("POST", "/2/tweets", "publish", lambda: _publish(world)),
        ("DELETE", "/2/tweets/<post_id>", "retract", lambda post_id: _retract(world, post_id)),
        ("GET", "/2/tweets/<post_id>", "lookup", lambda post_id: _lookup(world, post_id)),
        ("GET", "/2/users/<user_id>/tweets", "timeline", lambda user_id: timeline(world, user_id)),
        ("GET", "/2/users/<user_id>/mentions", "mentions", lambda user_id: mentions(world, user_id)),
        ("GET", "/2/tweets/search/recent", "search", lambda: search(world)),
        ("PUT", "/2/tweets/<post_id>/hidden", "hide", lambda post_id: _hide(world, post_id)),
        ("GET", "/2/dm_events", "directs", lambda: direct_events(world)),
        ("POST", "/2/dm_conversations/with/<user_id>/messages", "direct", lambda user_id: write_back(world, user_id)),
        ("GET", "/2/users/me", "account", lambda: answer({"data": user_shape(world.force)})),
        ("POST", "/2/media/upload", "upload", lambda: upload(world)),
        ("POST", "/2/media/metadata", "describe", lambda: describe(world)),
    ]
    for method, path, operation, view in views:
        x.add_url_rule(path, operation, framed(world, dialect, operation)(view), methods=[method])
    return x


def _publish(world: World) -> Response:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return invalid("body", "", "The request body is not a JSON object.")
    if unknown := sorted(body.keys() - POST_FIELDS):
        return invalid(unknown[0], body[unknown[0]], f"[{unknown[0]}] is unexpected")
    text = str(body.get("text") or "")
    described, asked = body.get("media"), body.get("reply_settings")
    media_ids = [str(media_id) for media_id in described.get("media_ids", [])] if isinstance(described, dict) else []
    with world.lock:
        pictures = [world.media[media_id] for media_id in media_ids if _is_usable(world, media_id)]
        stopped = (
            _fault_in(text, asked) or _fault_in_pictures(media_ids, pictures) or _duplicate(world, text, media_ids)
        )
        if stopped:
            return stopped
        parent = _parent(world, body)
        posts = [
            _store(world, text, pictures, asked, parent) for _ in range(2 if fired_now().get("publish_twice") else 1)
        ]
    return created(posts[0])


def _fault_in(text: str, reply_settings: object) -> Response | None:
    if reply_settings is not None and reply_settings not in REPLY_SETTINGS:
        return invalid("reply_settings", reply_settings, "[reply_settings] is not one of the allowed values")
    if weighted_length(text) > TEXT_LIMIT:
        return invalid("text", text, f"Your Tweet text is too long: {weighted_length(text)} of {TEXT_LIMIT}.")
    return None


def _fault_in_pictures(media_ids: list[str], pictures: list[Media]) -> Response | None:
    if len(pictures) < len(media_ids):
        return invalid("media.media_ids", media_ids, "Your media IDs are invalid.")
    if len(media_ids) > PICTURES_LIMIT:
        return invalid("media.media_ids", media_ids, "A Tweet carries at most 4 photos.")
    return None


def _duplicate(world: World, text: str, media_ids: list[str]) -> Response | None:
    now = time.time()
    if not text and not media_ids:
        return invalid("text", text, "Either a text or media is needed.")
    mine = (post for post in world.posts.values() if post.author == world.force and post.is_public(now))
    if any(post.text == text and now - post.published_at < DUPLICATE_SECONDS for post in mine):
        return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
    return None


def _is_usable(world: World, media_id: str) -> bool:
    media = world.media.get(media_id)
    return media is not None and time.time() - media.uploaded_at < MEDIA_LIVES_SECONDS


def _parent(world: World, body: dict[str, object]) -> Post | None:
    reply = body.get("reply")
    return world.public_post(str(reply.get("in_reply_to_tweet_id"))) if isinstance(reply, dict) else None


def _store(world: World, text: str, pictures: list[Media], reply_settings: object, parent: Post | None) -> Post:
    received_at, published_at, listed_at = world.moments(fired_now())
    post_id = world.snowflake(published_at)
    world.posts[post_id] = post = Post(
        received_at,
        published_at,
        listed_at,
        post_id,
        world.force,
        text,
        parent.conversation_id if parent else post_id,
        tuple(pictures),
        str(reply_settings or "everyone"),
        parent.id if parent else None,
    )
    return post


def _retract(world: World, post_id: str) -> Response:
    with world.lock:
        post = world.public_post(post_id)
        if post is None:
            return problem(404, **_problem_words(not_found("tweet", "id", post_id)))
        if post.author != world.force:
            return problem(403, "Forbidden", "You are not authorized to delete this Tweet.")
        post.deleted_at = time.time()
    return answer({"data": {"deleted": True}})


def _hide(world: World, post_id: str) -> Response:
    """Hide or show again an answer in a conversation that the force began."""
    body = request.get_json(silent=True)
    post, wanted = world.public_post(post_id), body.get("hidden") if isinstance(body, dict) else None
    if post is None:
        return problem(404, **_problem_words(not_found("tweet", "id", post_id)))
    root = world.posts.get(post.conversation_id)
    if root is None or root.author != world.force or not isinstance(wanted, bool):
        return problem(403, "Forbidden", "You are not permitted to perform this action.")
    post.is_hidden = wanted
    return answer({"data": {"hidden": wanted}})


def _problem_words(found: dict[str, object]) -> dict[str, str]:
    words = {name: str(value) for name, value in found.items()}
    return words | {"kind": words.pop("type")}


def _lookup(world: World, post_id: str) -> Response:
    post = world.public_post(post_id)
    return one_post(world, post) if post else answer({"errors": [not_found("tweet", "id", post_id)]})
