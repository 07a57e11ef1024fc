"""The wall: what the public sees, forms to answer as the public, and a panel for faults."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from appeal.exercise.faults import KINDS, PLATFORMS, WHEN, WrongFault, parse_fault
from appeal.exercise.guests import GUESTS
from appeal.exercise.public import say_on_x, send_text
from appeal.exercise.rooms import NotPossible, Picture
from appeal.exercise.world import Media, Post, Published, World
from appeal.exercise.x_text import links_in

SHOWN_LIMIT = 100
PLATFORM_WORDS = {"x": "X", "twilio": "Text messages", "smtp": "E-mail"} | {
    name: guest.words for name, guest in GUESTS.items()
}
OPERATIONS = {
    "publish": "Publish",
    "retract": "Delete",
    "lookup": "Look up one",
    "timeline": "Timeline (X)",
    "mentions": "Mentions (X)",
    "search": "Search (X)",
    "upload": "Upload a picture (X)",
    "list": "List (text messages)",
    "webhook": "Call of the force's webhook (text messages)",
    "recipient": "Name an address (e-mail)",
    "*": "Any call",
}
DONE = {
    "reply": "Your answer is on the wall.",
    "text": "Your text message was sent to the force.",
    "say": "Your words are on the wall.",
    "fault": "The fault is switched on.",
    "clear": "All faults are switched off.",
}


def create_wall(world: World) -> Blueprint:
    """Return the pages for people."""
    wall = Blueprint("wall", __name__)
    wall.add_url_rule("/", "page", lambda: _page(world))
    wall.add_url_rule("/pictures/x/<media_id>", "x_picture", lambda media_id: _x_picture(world, media_id))
    wall.add_url_rule(
        "/pictures/mail/<mail_id>/<int:place>",
        "mail_picture",
        lambda mail_id, place: _mail_picture(world, mail_id, place),
    )
    wall.add_url_rule(
        "/pictures/in/<platform>/<thing_id>/<int:place>",
        "room_picture",
        lambda platform, thing_id, place: _room_picture(world, platform, thing_id, place),
    )
    acts: list[tuple[str, Callable[[World], None]]] = [
        ("reply", _reply),
        ("text", _text),
        ("say", _say),
        ("fault", _arm),
        ("clear", lambda world: world.faults.clear()),
    ]
    for name, act in acts:
        wall.add_url_rule(f"/public/{name}", name, _doing(world, name, act), methods=["POST"])
    wall.add_url_rule("/favicon.ico", "no_icon", lambda: Response(status=204))
    wall.add_app_template_filter(_clock, "clock")
    wall.add_app_template_filter(_linked, "linked")
    return wall


def _page(world: World, error: str = "", status: int = 200) -> Response:
    posts, texts, mails = world.snapshot()
    now = time.time()
    page = render_template(
        "wall.html",
        force=world.force,
        number=world.settings.twilio_number,
        threads=_threads(posts, now),
        texts=[text for text in reversed(texts) if text.published_at <= now][:SHOWN_LIMIT],
        mails=[mail for mail in reversed(mails) if mail.published_at <= now][:SHOWN_LIMIT],
        counts={"posts": len(posts), "texts": len(texts), "mails": len(mails)},
        limit=SHOWN_LIMIT,
        rooms={name: (guest, world.room(guest.room)) for name, guest in GUESTS.items()},
        faults=world.faults.listed(),
        platforms={name: PLATFORM_WORDS[name] for name in PLATFORMS if name in PLATFORM_WORDS},
        kinds=KINDS,
        when=WHEN,
        operations=OPERATIONS,
        done=DONE.get(request.args.get("done", "")),
        error=error,
        typed=request.form,
    )
    return Response(page, status, mimetype="text/html")


def _threads(posts: list[Post], now: float) -> list[list[Post]]:
    """Return conversations, newest first, each with its posts in order."""
    threads: dict[str, list[Post]] = {}
    for post in posts:
        if post.published_at <= now:
            threads.setdefault(post.conversation_id, []).append(post)
    return list(reversed(threads.values()))[:SHOWN_LIMIT]


def _doing(world: World, name: str, act: Callable[[World], None]) -> Callable[[], AnyResponse]:
    def view() -> AnyResponse:
        try:
            act(world)
        except (NotPossible, WrongFault) as wrong:
            return _page(world, str(wrong), 400)
        return redirect(url_for("wall.page", done=name), 303)

    return view


def _reply(world: World) -> None:
    form = request.form
    say_on_x(world, form.get("author", ""), form.get("text", ""), form.get("in_reply_to") or None)


def _text(world: World) -> None:
    sent = request.files.get("picture")
    content = sent.read() if sent else b""
    pictures = (Picture(content, sent.mimetype),) if sent and content else ()
    send_text(world, request.form.get("from", "").replace(" ", ""), request.form.get("body", ""), pictures)


def _say(world: World) -> None:
    form = request.form
    guest = GUESTS.get(form.get("platform", ""))
    if guest is None:
        raise NotPossible("There is no such platform here.")
    guest.say(world, form.get("author", ""), form.get("text", ""), form.get("parent", ""))


def _room_picture(world: World, platform: str, thing_id: str, place: int) -> Response:
    picture = world.room(GUESTS[platform].room).picture(thing_id, place) if platform in GUESTS else None
    if picture is None:
        return Response("There is no such picture any more.", 404, mimetype="text/plain")
    return Response(picture.content, mimetype=picture.media_type)


def _arm(world: World) -> None:
    world.faults.arm(parse_fault({name: value for name, value in request.form.items() if value}))


def _x_picture(world: World, media_id: str) -> Response:
    media = world.media.get(media_id)
    if media is None:
        return Response("There is no such picture.", 404, mimetype="text/plain")
    if not _is_shown(world, media):
        return Response("This picture is gone.", 410, mimetype="text/plain")
    return Response(media.content, mimetype=media.media_type)


def _is_shown(world: World, media: Media) -> bool:
    now = time.time()
    users: list[Published] = [post for post in world.snapshot()[0] if media in post.media]
    return not users or any(post.is_public(now) for post in users)


def _mail_picture(world: World, mail_id: str, place: int) -> Response:
    mail = world.mails.get(mail_id)
    if mail is None or place >= len(mail.pictures):
        return Response("There is no such picture.", 404, mimetype="text/plain")
    _content_id, media_type, content = mail.pictures[place]
    return Response(content, mimetype=media_type)


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} UTC"


def _linked(text: str) -> Markup:
    """Return the text with its links made to press, as platforms and telephones do."""
    shown, rest = Markup(""), text
    for link in links_in(text):
        before, _link, rest = rest.partition(link)
        shown += escape(before)
        address = link if "://" in link else f"https://{link}"
        shown += Markup('<a href="{}">{}</a>').format(address, link)
    return shown + escape(rest)
