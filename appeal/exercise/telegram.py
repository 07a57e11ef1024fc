"""The part of Telegram's Bot API that the force uses, in its wire format, under /telegram."""

import json
import time
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import FileStorage

from appeal.exercise.calls import Dialect, fired_now, framed
from appeal.exercise.faults import Fault
from appeal.exercise.rooms import Picture, Thing
from appeal.exercise.telegram_room import TelegramRoom
from appeal.exercise.telegram_shapes import answer, problem, stored
from appeal.exercise.world import World

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
ALBUM = range(2, 11)
PHOTO_BYTES = 10 * 1024 * 1024
DELETABLE_SECONDS = 2 * 86_400
METHODS: Mapping[str, str] = {
    "sendMessage": "publish",
    "sendPhoto": "publish",
    "sendMediaGroup": "publish",
    "editMessageText": "update",
    "editMessageCaption": "update",
    "editMessageMedia": "update",
    "editMessageReplyMarkup": "lookup",
    "deleteMessage": "retract",
    "getMe": "account",
    "getChat": "account",
    "getChatMember": "account",
    "getUpdates": "mentions",
    "getWebhookInfo": "account",
    "setWebhook": "account",
    "deleteWebhook": "account",
    "getFile": "upload",
}


def create_telegram(world: World) -> Blueprint:
    """Return the routes of the Bot API over this world."""
    telegram = Blueprint("telegram", __name__, url_prefix="/telegram")
    dialect = Dialect("telegram", lambda _operation: _door(world), _refused, _throttled, _broken, lambda answer: answer)
    acts: Mapping[str, Callable[[World], Response]] = {
        "sendMessage": _send_message,
        "sendPhoto": _send_photo,
        "sendMediaGroup": _send_album,
        "editMessageText": _edit_text,
        "editMessageCaption": _edit_caption,
        "editMessageMedia": _edit_media,
        "editMessageReplyMarkup": _touch,
        "deleteMessage": _delete,
        "getMe": lambda world: answer(world.room(TelegramRoom).bot(world)),
        "getChat": lambda world: _chat(world) or answer(world.room(TelegramRoom).chat(world)),
        "getChatMember": lambda world: _chat(world) or answer(world.room(TelegramRoom).member(world)),
        "getUpdates": lambda world: world.room(TelegramRoom).updates(_given("offset"), _given("limit")),
        "getWebhookInfo": lambda world: answer(world.room(TelegramRoom).webhook_state()),
        "setWebhook": lambda world: world.room(TelegramRoom).set_webhook(_given("url"), _given("secret_token")),
        "deleteWebhook": lambda world: world.room(TelegramRoom).set_webhook("", ""),
        "getFile": lambda world: world.room(TelegramRoom).described_file(_given("file_id")),
    }
    for method, act in acts.items():
        framed_act = framed(world, dialect, METHODS[method])(_bound(act, world))
        telegram.add_url_rule(f"/bot<token>/{method}", method, framed_act, methods=["POST", "GET"])
    telegram.add_url_rule("/file/bot<token>/<path:path>", "file", lambda path: _file(world, path))
    telegram.url_value_preprocessor(_take_token)
    return telegram


def wrong(status: int, words: str) -> Response:
    """The answer to an address that the Bot API does not have."""
    return problem(status, words)


def _bound(act: Callable[[World], Response], world: World) -> Callable[[], Response]:
    return lambda: act(world)


def _take_token(_endpoint: str | None, values: dict[str, str] | None) -> None:
    g.token = (values or {}).pop("token", "")


def _door(world: World) -> Response | None:
    return None if g.token == world.settings.telegram_token else problem(401, "Unauthorized")


def _refused(fault: Fault) -> Response:
    return problem(fault.status or 400, "Bad Request: the exercise refuses this request")


def _throttled(fault: Fault) -> Response:
    seconds = max(1, round(fault.seconds))
    said = problem(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
    said.headers["Retry-After"] = str(seconds)
    return said


def _broken(fault: Fault) -> Response:
    return problem(fault.status or 500, "Internal Server Error")


def _given(name: str) -> str:
    return request.values.get(name, "")


def _chat(world: World) -> Response | None:
    known = {world.settings.telegram_channel, world.room(TelegramRoom).chat_id}
    return None if _given("chat_id") in known else problem(400, "Bad Request: chat not found")


def _send_message(world: World) -> Response:
    text, room = _given("text").strip(), world.room(TelegramRoom)
    is_private = _given("chat_id") in room.private
    if not is_private and (wrong_chat := _chat(world)):
        return wrong_chat
    if not text:
        return problem(400, "Bad Request: message text is empty")
    if _units(text) > TEXT_LIMIT:
        return problem(400, "Bad Request: message is too long")
    return answer(room.answered(_given("chat_id"), text) if is_private else _publish(world, text, [()])[0])


def _send_photo(world: World) -> Response:
    picture, caption = _uploaded("photo"), _given("caption").strip()
    refused = _chat(world) or _wrong_caption(caption) or _wrong_photo(picture)
    if refused is not None or picture is None:
        return refused or problem(400, "Bad Request: there is no photo in the request")
    return answer(_publish(world, caption, [(picture,)])[0])


def _send_album(world: World) -> Response:
    media = _described("media")
    if not isinstance(media, list) or len(media) not in ALBUM:
        return problem(400, "Bad Request: group send failed: wrong number of items")
    pictures = [_uploaded(str(one.get("media", "")).removeprefix("attach://")) for one in media]
    caption = str(media[0].get("caption", "")).strip()
    refused = (
        _chat(world) or _wrong_caption(caption) or next((wrong for p in pictures if (wrong := _wrong_photo(p))), None)
    )
    if refused is not None:
        return refused
    return answer(_publish(world, caption, [(picture,) for picture in pictures if picture]))


def _publish(world: World, text: str, parts: list[tuple[Picture, ...]]) -> list[dict[str, object]]:
    """Keep one message for each part, the text with the first of them; twice where a fault says so."""
    room = world.room(TelegramRoom)
    with world.lock:
        sent: list[list[Thing]] = []
        for _time in range(2 if fired_now().get("publish_twice") else 1):
            group = f"album-{room.next()}" if len(parts) > 1 else ""
            moments = world.moments(fired_now())
            sent.append(
                [room.keep(moments, text if not place else "", part, group) for place, part in enumerate(parts)]
            )
    room.forward(world, sent[0][0])
    return [stored(room.chat(world), thing) for thing in sent[0]]


def _edit_text(world: World) -> Response:
    thing, text = _edited(world), _given("text").strip()
    if isinstance(thing, Response):
        return thing
    if thing.pictures:
        return problem(400, "Bad Request: there is no text in the message to edit")
    if not text or _units(text) > TEXT_LIMIT:
        return problem(400, "Bad Request: message is too long" if text else "Bad Request: message text is empty")
    return _changed(world, thing, text, ())


def _edit_caption(world: World) -> Response:
    thing, caption = _edited(world), _given("caption").strip()
    if isinstance(thing, Response):
        return thing
    if not thing.pictures:
        return problem(400, "Bad Request: there is no caption in the message to edit")
    return _wrong_caption(caption) or _changed(world, thing, caption, thing.pictures)


def _edit_media(world: World) -> Response:
    thing, media = _edited(world), _described("media")
    if isinstance(thing, Response):
        return thing
    media = media if isinstance(media, dict) else {}
    picture, caption = _uploaded(str(media.get("media", "")).removeprefix("attach://")), str(media.get("caption", ""))
    refused = _wrong_photo(picture) or _wrong_caption(caption)
    if refused is not None or picture is None:
        return refused or problem(400, "Bad Request: there is no photo in the request")
    return _changed(world, thing, caption.strip(), (picture,))


def _touch(world: World) -> Response:
    """The markup of a message; ours have none, so that nothing is ever changed by asking."""
    thing = _edited(world)
    return thing if isinstance(thing, Response) else _changed(world, thing, thing.text, thing.pictures)


def _changed(world: World, thing: Thing, text: str, pictures: tuple[Picture, ...]) -> Response:
    with world.lock:
        if (thing.text, thing.pictures) == (text, pictures):
            words = "message is not modified: specified new message content and reply markup are exactly the same"
            return problem(400, f"Bad Request: {words} as a current content and reply markup of the message")
        thing.text, thing.pictures = text, pictures
    return answer(stored(world.room(TelegramRoom).chat(world), thing))


def _edited(world: World) -> Thing | Response:
    thing = world.room(TelegramRoom).public(_given("message_id"))
    return _chat(world) or thing or problem(400, "Bad Request: message to edit not found")


def _delete(world: World) -> Response:
    thing = world.room(TelegramRoom).public(_given("message_id"))
    if wrong_chat := _chat(world):
        return wrong_chat
    if thing is None:
        return problem(400, "Bad Request: message to delete not found")
    if time.time() - thing.published_at > DELETABLE_SECONDS:
        return problem(400, "Bad Request: message can't be deleted")
    thing.deleted_at = time.time()
    return answer(True)


def _file(world: World, path: str) -> Response:
    picture = world.room(TelegramRoom).files.get(path)
    if g.token != world.settings.telegram_token or picture is None:
        return problem(404, "Not Found")
    return Response(picture.content, mimetype=picture.media_type)


def _uploaded(name: str) -> Picture | None:
    sent: FileStorage | None = request.files.get(name)
    return Picture(sent.read(), sent.mimetype or "image/jpeg") if sent else None


def _described(name: str) -> object:
    try:
        return json.loads(_given(name))
    except ValueError:
        return None


def _wrong_caption(caption: str) -> Response | None:
    return problem(400, "Bad Request: message caption is too long") if _units(caption) > CAPTION_LIMIT else None


def _wrong_photo(picture: Picture | None) -> Response | None:
    if picture is None:
        return problem(400, "Bad Request: there is no photo in the request")
    if not picture.content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return problem(400, "Bad Request: IMAGE_PROCESS_FAILED")
    return problem(413, "Request Entity Too Large") if len(picture.content) > PHOTO_BYTES else None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
