"""The part of the Graph API that the force's page uses, in its wire format, under /facebook."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable

from flask import Blueprint, Response, request

from appeal.exercise.calls import Dialect, fired_now, framed
from appeal.exercise.facebook_room import FacebookRoom, author, moment
from appeal.exercise.faults import Fault
from appeal.exercise.rooms import Answer, Picture, Thing
from appeal.exercise.world import World

ROOT = "/v26.0"
APP, TOKEN = "700800900", "token"
MESSAGE_LIMIT = 63_206
PHOTO_BYTES = 10 * 1024 * 1024
DUPLICATE_SECONDS = 86_400


def create_facebook(world: World) -> Blueprint:
    """Return the routes of the Graph API over this world."""
    facebook = Blueprint("facebook", __name__, url_prefix="/facebook")
    dialect = Dialect(
        "facebook", lambda operation: _door(world, operation), _refused, _throttled, _broken, lambda answer: answer
    )
    views: list[tuple[str, str, str, Callable[..., Response]]] = [
        ("POST", f"{ROOT}/<page>/photos", "upload", lambda page: _upload(world, page)),
        ("POST", f"{ROOT}/<page>/feed", "publish", lambda page: _publish(world, page)),
        ("GET", f"{ROOT}/<page>/published_posts", "timeline", lambda page: _posts(world, page)),
        ("POST", f"{ROOT}/<page>/messages", "direct", lambda page: _write_back(world, page)),
        ("GET", f"{ROOT}/<page>/conversations", "mentions", lambda page: _conversations(world, page)),
        ("GET", f"{ROOT}/<post>/comments", "search", lambda post: _comments(world, post)),
        ("GET", f"{ROOT}/me", "account", lambda: answer(_page(world))),
        ("GET", f"{ROOT}/app", "app", lambda: answer({"id": APP})),
        ("GET", f"{ROOT}/debug_token", TOKEN, lambda: _token(world)),
        ("GET", f"{ROOT}/<node>", "lookup", lambda node: _lookup(world, node)),
        ("POST", f"{ROOT}/<node>", "update", lambda node: _change(world, node)),
        ("DELETE", f"{ROOT}/<node>", "retract", lambda node: _delete(world, node)),
    ]
    for method, path, operation, view in views:
        facebook.add_url_rule(path, operation, framed(world, dialect, operation)(view), methods=[method])
    facebook.add_url_rule(
        "/attached/<answer_id>/<int:place>", "attached", lambda answer_id, place: _file(world, answer_id, place)
    )
    facebook.add_url_rule("/photos/<photo_id>", "photo", lambda photo_id: _shown_photo(world, photo_id))
    return facebook


def answer(body: dict[str, object], status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body), status, content_type="application/json; charset=UTF-8")


def error(status: int, code: int, message: str, subcode: int = 0, *, is_transient: bool = False) -> Response:
    """Return an error in the form of the Graph API."""
    told: dict[str, object] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "EXERCISE"}
    told |= {"error_subcode": subcode} if subcode else {}
    return answer({"error": told | ({"is_transient": True} if is_transient else {})}, status)


def wrong(status: int, words: str) -> Response:
    """The answer to an address that the Graph API does not have."""
    return error(status, 2500, words)


def _door(world: World, operation: str) -> Response | None:
    settings = world.settings
    if operation == TOKEN:
        known = f"Bearer {APP}|{settings.facebook_app_secret}".encode()
        is_known = hmac.compare_digest(request.headers.get("Authorization", "").encode(), known)
        return None if is_known else error(400, 190, "Invalid OAuth access token data.")
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    proof = hmac.new(settings.facebook_app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(token.encode(), settings.facebook_page_token.encode()):
        return error(400, 190, "Invalid OAuth access token data.")
    if not hmac.compare_digest(request.values.get("appsecret_proof", ""), proof):
        return error(400, 100, "Invalid appsecret_proof provided in the API argument")
    return None


def _refused(fault: Fault) -> Response:
    return error(fault.status or 400, 100, "Invalid parameter: the exercise refuses this request")


def _throttled(fault: Fault) -> Response:
    said = error(400, 32, "Page request limit reached")
    usage = {"call_count": 100, "total_time": 100, "estimated_time_to_regain_access": max(1, round(fault.seconds / 60))}
    said.headers["X-Business-Use-Case-Usage"] = json.dumps({"page": [{"type": "pages", **usage}]})
    return said


def _broken(fault: Fault) -> Response:
    return error(fault.status or 500, 2, "An unexpected error has occurred.", is_transient=True)


def _missing(node: str) -> Response:
    words = (
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to missing permissions"
    )
    return error(400, 100, words, 33)


def _page(world: World) -> dict[str, object]:
    return {"id": world.settings.facebook_page, "name": world.settings.force_name}


def _token(world: World) -> Response:
    """What Facebook says about the page's token: 0 for one that does not end."""
    is_ours = request.args.get("input_token") == world.settings.facebook_page_token
    ends = world.room(FacebookRoom).token_ends_at
    return answer({"data": {"app_id": APP, "is_valid": is_ours, "expires_at": ends, "data_access_expires_at": 0}})


def _upload(world: World, page: str) -> Response:
    sent, room = request.files.get("source"), world.room(FacebookRoom)
    if page != world.settings.facebook_page:
        return _missing(page)
    content = sent.read() if sent else b""
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG")) or len(content) > PHOTO_BYTES:
        return error(400, 324, "Missing or invalid image file")
    if request.form.get("published") != "false":
        return error(400, 100, "The exercise takes unpublished photos only")
    photo_id = str(880_000 + room.next())
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    room.photos[photo_id] = Picture(content, kind, request.form.get("alt_text_custom", ""))
    return answer({"id": photo_id})


def _publish(world: World, page: str) -> Response:
    room, message = world.room(FacebookRoom), request.form.get("message", "").strip()
    photo_ids = _attached(room)
    if page != world.settings.facebook_page:
        return _missing(page)
    if photo_ids is None or len(message) > MESSAGE_LIMIT or not (message or photo_ids):
        return error(400, 100, "Invalid parameter")
    with world.lock:
        if any(
            thing.text == message and time.time() - thing.published_at < DUPLICATE_SECONDS for thing in room.listed()
        ):
            return error(400, 506, "Duplicate status message")
        ids = [_keep(world, room, message, photo_ids) for _time in range(2 if fired_now().get("publish_twice") else 1)]
    return answer({"id": ids[0]})


def _keep(world: World, room: FacebookRoom, message: str, photo_ids: list[str]) -> str:
    thing_id = f"{world.settings.facebook_page}_{990_000 + room.next()}"
    pictures = tuple(room.photos[one] for one in photo_ids)
    room.things[thing_id] = Thing(*world.moments(fired_now()), thing_id, message, pictures)
    room.shown_in |= dict.fromkeys(photo_ids, thing_id)
    return thing_id


def _attached(room: FacebookRoom) -> list[str] | None:
    """The photos that a post is to show; None when one of them is none."""
    try:
        told = json.loads(request.form.get("attached_media") or "[]")
        ids = [str(one["media_fbid"]) for one in told]
    except (ValueError, TypeError, KeyError):
        return None
    return ids if all(one in room.photos for one in ids) else None


def _change(world: World, node: str) -> Response:
    room = world.room(FacebookRoom)
    thing, comment = room.public(node), room.answers.get(node)
    if comment is not None:
        comment.is_hidden = request.form.get("is_hidden") == "true"
        return answer({"success": True})
    if thing is None:
        return _missing(node)
    photo_ids, message = _attached(room), request.form.get("message", "").strip()
    if photo_ids is None or not message:
        return error(400, 100, "Invalid parameter")
    thing.text, thing.pictures = message, tuple(room.photos[one] for one in photo_ids)
    room.shown_in = {one: post for one, post in room.shown_in.items() if post != node} | dict.fromkeys(photo_ids, node)
    return answer({"success": True})


def _delete(world: World, node: str) -> Response:
    room = world.room(FacebookRoom)
    thing = room.public(node)
    if thing is None and node not in room.photos:
        return _missing(node)
    if thing is not None:
        thing.deleted_at = time.time()
    else:
        _forget_photo(room, node)
    return answer({"success": True})


def _forget_photo(room: FacebookRoom, photo_id: str) -> None:
    picture, post_id = room.photos.pop(photo_id), room.shown_in.pop(photo_id, "")
    if post_id in room.things:
        thing = room.things[post_id]
        thing.pictures = tuple(one for one in thing.pictures if one is not picture)


def _lookup(world: World, node: str) -> Response:
    room = world.room(FacebookRoom)
    if node in room.photos:
        return answer({"id": node})
    thing = room.public(node)
    if thing is None:
        return answer(_page(world)) if node == world.settings.facebook_page else _missing(node)
    photos = [_photo(room, one) for one in room.photo_ids(node)]
    shown = {"attachments": {"data": [{"type": "album", "subattachments": {"data": photos}}]}} if photos else {}
    return answer(_post(thing) | shown)


def _photo(room: FacebookRoom, photo_id: str) -> dict[str, object]:
    source = f"{request.host_url}facebook/photos/{photo_id}"
    shown = {"media": {"image": {"src": source}}, "description": room.photos[photo_id].alt}
    return {"target": {"id": photo_id}, "type": "photo", **shown}


def _shown_photo(world: World, photo_id: str) -> Response:
    picture = world.room(FacebookRoom).photos.get(photo_id)
    if picture is None:
        return Response("There is no such picture.", 404, mimetype="text/plain")
    return Response(picture.content, mimetype=picture.media_type)


def _post(thing: Thing) -> dict[str, object]:
    address = f"https://www.facebook.com/{thing.id}"
    return {"id": thing.id, "message": thing.text, "created_time": moment(thing.published_at), "permalink_url": address}


def _posts(world: World, page: str) -> Response:
    room = world.room(FacebookRoom)
    if page != world.settings.facebook_page:
        return _missing(page)
    since = request.args.get("since", 0, type=int)
    found = [thing for thing in room.listed() if thing.published_at >= since]
    fields = request.args.get("fields", "")
    rows = [_with_comments(room, thing) if "comments" in fields else _post(thing) for thing in found]
    return _paged(rows)


def _with_comments(room: FacebookRoom, thing: Thing) -> dict[str, object]:
    after = request.args.get("fields", "").partition(".since(")[2].partition(")")[0]
    since = int(after) if after.isdigit() else 0
    rows = [_comment(one) for one in room.under(thing.id) if one.published_at >= since]
    return {"id": thing.id} | ({"comments": {"data": rows}} if rows else {})


def _comments(world: World, post: str) -> Response:
    room = world.room(FacebookRoom)
    if room.public(post) is None:
        return _missing(post)
    since = request.args.get("since", 0, type=int)
    return _paged([_comment(one) for one in room.under(post) if one.published_at >= since])


def _comment(comment: Answer) -> dict[str, object]:
    told: dict[str, object] = {"id": comment.id, "message": comment.text, "from": author(comment)}
    told["created_time"] = moment(comment.published_at)
    if comment.pictures:
        source = f"{request.host_url}facebook/attached/{comment.id}/0"
        told["attachment"] = {"type": "photo", "media": {"image": {"src": source}}}
    return told


def _conversations(world: World, page: str) -> Response:
    if page != world.settings.facebook_page:
        return _missing(page)
    after = request.args.get("updated_after_ms", 0, type=int) / 1000
    threads: dict[str, list[Answer]] = {}
    for letter in world.room(FacebookRoom).letters():
        threads.setdefault(letter.author, []).append(letter)
    rows: list[dict[str, object]] = [
        {"id": f"t_{author(letters[0])['id']}", "messages": {"data": [_comment(one) for one in letters]}}
        for letters in threads.values()
        if letters[0].published_at >= after
    ]
    return _paged(rows)


def _write_back(world: World, page: str) -> Response:
    """Write to somebody who wrote to the page before."""
    if page != world.settings.facebook_page:
        return _missing(page)
    room, person = world.room(FacebookRoom), str(json.loads(request.form["recipient"])["id"])
    if person not in {author(one)["id"] for one in room.letters()}:
        return error(400, 10, "This message is sent outside of allowed window.", 2018278)
    room.told.setdefault(person, []).append(str(json.loads(request.form["message"])["text"]))
    return answer({"recipient_id": person, "message_id": f"m_{room.next()}"})


def _paged(rows: list[dict[str, object]]) -> Response:
    """One page of rows and the cursor of the next, which is the place where it begins."""
    begin, size = (request.args.get(name, usual, type=int) for name, usual in (("after", 0), ("limit", 25)))
    body: dict[str, object] = {"data": rows[begin : begin + size]}
    if len(rows) > begin + size:
        body["paging"] = {"cursors": {"after": str(begin + size)}, "next": "https://graph.facebook.com/next"}
    return answer(body)


def _file(world: World, answer_id: str, place: int) -> Response:
    letter = world.room(FacebookRoom).answers.get(answer_id)
    if letter is None or place >= len(letter.pictures):
        return Response("There is no such picture.", 404, mimetype="text/plain")
    return Response(letter.pictures[place].content, mimetype=letter.pictures[place].media_type)
