"""Cards for partners' pages: an appeal in a small frame, and as JSON; 410 as soon as the appeal is down."""

from flask import Blueprint, Response, abort, jsonify, request

from appeal import installation, pages
from appeal.rules import telling
from appeal.services import partners
from appeal.wire import folder

FAMILY = "site"
LIVE_CACHE, GONE_CACHE = "public, max-age=60", "no-store"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "

# What records of pages that are out for long may lack.
WITHOUT: folder.Record = {"danger": "", "contacts": []}

blueprint = Blueprint("cards", __name__, url_prefix="/cards")


@blueprint.get("/<lang>/<appeal>")
def card(lang: str, appeal: str) -> Response:
    """The card that a partner shows in a frame; every link in it leads to our own page, in the whole window."""
    record, status = _record(lang, appeal)
    held = installation.current().config
    shown = pages.render(
        "public/card.html",
        lang,
        record=WITHOUT | record if record["live"] else None,
        is_exercise=record.get("is_exercise", held.is_exercise),
        page=held.public_url + record["live"][0] if record["live"] else f"{held.public_url}/{lang}/",
        tell=f"{held.public_url}/{lang}/tell",
    )
    return Response(shown, status, mimetype="text/html")


@blueprint.get("/<lang>/<appeal>.json")
def told(lang: str, appeal: str) -> Response:
    """The same for a partner that draws its own card."""
    record, status = _record(lang, appeal)
    public_url = installation.current().config.public_url
    body: dict[str, object] = {"appeal": appeal, "language": lang, "is_shown": bool(record["live"])}
    if record["live"]:
        known = WITHOUT | record
        body |= {name: known[name] for name in ("kind", "title", "danger", "summary", "contacts", "is_exercise")}
        body |= {"page": public_url + record["live"][0], "picture": _picture(record, public_url)}
    else:
        body["title"] = pages.translate(lang, telling.NO_LONGER_SHOWN)
    answer = jsonify(body)
    answer.status_code = status
    return answer


def framable(answer: Response) -> Response:
    """Let partners' sites, and nobody else's, show a card in a frame; every other page stays out of frames."""
    if request.blueprint != blueprint.name:
        return answer
    origins = " ".join(partners.embed_origins()) or "'none'"
    answer.headers["Content-Security-Policy"] = POLICY + origins
    answer.headers.pop("X-Frame-Options", None)
    answer.headers["Cache-Control"] = LIVE_CACHE if answer.status_code == 200 else GONE_CACHE
    return answer


def _record(lang: str, appeal: str) -> tuple[folder.Record, int]:
    """What the site holds of an appeal, with 200 while it is shown and 410 after."""
    if lang not in pages.LANGUAGES:
        abort(404)
    try:
        record = folder.record(installation.current().config.site, FAMILY, lang, appeal)
    except ValueError:
        record = None
    if record is None:
        abort(404)
    return record, 200 if record["live"] else 410


def _picture(record: folder.Record, public_url: str) -> dict[str, object] | None:
    shown = record.get("picture")
    return {"url": public_url + shown["src"], "alt": shown["alt"]} if shown else None
