"""The part of Bluesky that the force uses, in the network's wire format, under /bluesky."""

import hmac
import time
from collections.abc import Callable

from flask import Blueprint, Response, request

from appeal.exercise.bluesky_door import answer, bluesky_dialect, error, invalid, tokens
from appeal.exercise.bluesky_records import apply, delete, put, upload
from appeal.exercise.bluesky_room import GATE, BlueskyRoom, Post, Reply, force, stamp
from appeal.exercise.bluesky_views import Shown, parent_of, post_shape, root_of, thread_shape
from appeal.exercise.calls import framed
from appeal.exercise.world import World

CHAT_SERVICE = "did:web:api.bsky.chat#bsky_chat"
LOG_PAGE = 50


def create_bluesky(world: World) -> Blueprint:
    """Return the routes of Bluesky over this world."""
    bluesky = Blueprint("bluesky", __name__, url_prefix="/bluesky")
    dialect = bluesky_dialect(world)
    views: list[tuple[str, str, str, Callable[[World], Response]]] = [
        ("POST", "com.atproto.server.createSession", "login", _login),
        ("POST", "com.atproto.server.refreshSession", "refresh", _refresh),
        ("GET", "com.atproto.server.getSession", "account", _account),
        ("POST", "com.atproto.repo.uploadBlob", "upload", upload),
        ("POST", "com.atproto.repo.putRecord", "publish", put),
        ("POST", "com.atproto.repo.createRecord", "publish", put),
        ("POST", "com.atproto.repo.applyWrites", "publish", apply),
        ("GET", "com.atproto.repo.getRecord", "lookup", _record),
        ("GET", "com.atproto.repo.listRecords", "timeline", _records),
        ("POST", "com.atproto.repo.deleteRecord", "retract", delete),
        ("GET", "app.bsky.feed.getPosts", "shown", _posts),
        ("GET", "app.bsky.feed.getAuthorFeed", "timeline", _feed),
        ("GET", "app.bsky.feed.getPostThread", "thread", _thread),
        ("GET", "app.bsky.notification.listNotifications", "mentions", _notifications),
        ("GET", "chat.bsky.convo.getLog", "directs", _log),
        ("POST", "chat.bsky.convo.sendMessage", "direct", _write_back),
    ]
    for method, name, operation, view in views:
        framing = framed(world, dialect, operation)
        bluesky.add_url_rule(f"/xrpc/{name}", name.replace(".", "_"), framing(_bound(view, world)), methods=[method])
    bluesky.add_url_rule("/img/<name>", "picture", lambda name: _picture(world, name))
    return bluesky


def _bound(view: Callable[[World], Response], world: World) -> Callable[[], Response]:
    return lambda: view(world)


def _login(world: World) -> Response:
    body = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    settings = world.settings
    is_known = str(body.get("identifier", "")).lower().lstrip("@") in {settings.bluesky_handle, force(world)}
    is_right = hmac.compare_digest(str(body.get("password", "")).encode(), settings.bluesky_password.encode())
    if not is_known or not is_right:
        return error(401, "AuthenticationRequired", "Invalid identifier or password")
    return answer(tokens(world))


def _refresh(world: World) -> Response:
    if request.get_data():
        return invalid("A request body was provided when none was expected")
    return answer(tokens(world))


def _account(world: World) -> Response:
    return answer({"did": force(world), "handle": world.settings.bluesky_handle, "active": True})


def _record(world: World) -> Response:
    asked, room = request.args, world.room(BlueskyRoom)
    repo = force(world) if asked.get("repo") == world.settings.bluesky_handle else asked.get("repo")
    uri = f"at://{repo}/{asked.get('collection')}/{asked.get('rkey')}"
    if asked.get("collection") == GATE:
        gate = room.gates.get(asked.get("rkey", ""))
        kept = ("bafyreigate", gate) if gate else None
    else:
        post = room.found(uri)
        kept = (post.cid, post.value) if post else None
    if kept is None:
        return invalid(f"Could not locate record: {uri}", "RecordNotFound")
    return answer({"uri": uri, "cid": kept[0], "value": dict(kept[1])})


def _records(world: World) -> Response:
    size, before, room = _size(50), request.args.get("cursor", ""), world.room(BlueskyRoom)
    found = [post for post in room.posts() if isinstance(post, Post) and (not before or post.id < before)]
    found.sort(key=lambda post: post.id, reverse=True)
    page = found[:size]
    records = [{"uri": room.uri(post), "cid": post.cid, "value": dict(post.value)} for post in page]
    body: dict[str, object] = {"records": records}
    return answer(body | ({"cursor": page[-1].id} if len(found) > size else {}))


def _posts(world: World) -> Response:
    wanted, room = request.args.getlist("uris"), world.room(BlueskyRoom)
    return answer({"posts": [post_shape(room, post) for post in room.posts() if room.uri(post) in wanted]})


def _feed(world: World) -> Response:
    room = world.room(BlueskyRoom)
    found = [post for post in _listed(room) if isinstance(post, Post) and not parent_of(post)]
    found.sort(key=lambda post: post.published_at, reverse=True)
    return answer({"feed": [{"post": post_shape(room, post)} for post in found[: _size(50)]]})


def _thread(world: World) -> Response:
    uri, room = request.args.get("uri", ""), world.room(BlueskyRoom)
    post = room.found(uri)
    if post is None:
        return invalid(f"Post not found: {uri}", "NotFound")
    return answer({"thread": thread_shape(room, post, _listed(room))})


def _notifications(world: World) -> Response:
    """Return one page, newest first; the cursor is the moment of the last one that was given."""
    size, before, room = _size(50), request.args.get("cursor", ""), world.room(BlueskyRoom)
    found = [post for post in _listed(room) if _is_for_force(world, post)]
    found = [post for post in found if not before or stamp(post.published_at) < before]
    found.sort(key=lambda post: post.published_at, reverse=True)
    page = found[:size]
    body: dict[str, object] = {"notifications": [_notified(room, post) for post in page], "priority": False}
    return answer(body | ({"cursor": stamp(page[-1].published_at)} if page else {}))


def _notified(room: BlueskyRoom, post: Shown) -> dict[str, object]:
    shown, parent = post_shape(room, post), parent_of(post)
    kept = {name: shown[name] for name in ("uri", "cid", "author", "record", "indexedAt")}
    reason = {"reason": "reply", "reasonSubject": parent} if parent else {"reason": "mention"}
    return kept | reason | {"isRead": False, "labels": []}


def _is_for_force(world: World, post: Shown) -> bool:
    own = root_of(post).startswith(f"at://{force(world)}/")
    return isinstance(post, Reply) and (own or f"@{world.settings.bluesky_handle}" in post.text)


def _log(world: World) -> Response:
    """Return what came after the cursor in the log of direct messages, oldest first."""
    if request.headers.get("atproto-proxy") != CHAT_SERVICE:
        return error(501, "MethodNotImplemented", "Method Not Implemented")
    after, room = request.args.get("cursor", ""), world.room(BlueskyRoom)
    letters = [one for one in reversed(room.letters()) if one.id > after][:LOG_PAGE]
    logs = [_logged(one.id, room.did(one.author), one.text, one.published_at) for one in letters]
    return answer({"logs": logs, "cursor": letters[-1].id if letters else after})


def _write_back(world: World) -> Response:
    """Write into a conversation that somebody began."""
    if request.headers.get("atproto-proxy") != CHAT_SERVICE:
        return error(501, "MethodNotImplemented", "Method Not Implemented")
    given, room = request.get_json(silent=True), world.room(BlueskyRoom)
    body = given if isinstance(given, dict) else {}
    convo = str(body.get("convoId", ""))
    if not any(_convo(room.did(one.author)) == convo for one in room.letters()):
        return error(400, "InvalidRequest", "Convo not found")
    text = str(body["message"]["text"])
    room.told.setdefault(convo, []).append(text)
    key = f"told{len(room.told[convo])}"
    return answer({"id": key, "rev": key, "text": text, "sender": {"did": force(world)}, "sentAt": stamp(time.time())})


def _convo(author: str) -> str:
    return f"convo-{author[-8:]}"


def _logged(key: str, author: str, text: str, sent_at: float) -> dict[str, object]:
    message = {"id": key, "rev": key, "text": text, "sender": {"did": author}, "sentAt": stamp(sent_at)}
    kind = "chat.bsky.convo.defs"
    shown = {"$type": f"{kind}#messageView", **message}
    return {"$type": f"{kind}#logCreateMessage", "rev": key, "convoId": _convo(author), "message": shown}


def _picture(world: World, name: str) -> Response:
    room = world.room(BlueskyRoom)
    if not any(name in post.blobs for post in room.posts()):
        return Response("There is no such picture any more.", 404, mimetype="text/plain")
    return Response(room.blobs[name].content, mimetype=room.blobs[name].media_type)


def _size(usual: int) -> int:
    return min(max(request.args.get("limit", usual, type=int), 1), 100)


def _listed(room: BlueskyRoom) -> list[Shown]:
    now = time.time()
    return [post for post in room.posts() if post.is_listed(now)]
