"""The way back with the code: how it stands, what the desk asks or tells, and a place for more words and pictures."""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from appeal import pages as house_pages
from appeal import sealing
from appeal.routes.forms.tell import CodeForm
from appeal.routes.public import around, tell, throttle, uploads
from appeal.rules import spelling
from appeal.rules.clock import now
from appeal.rules.errors import BadInput, NotFound, Overloaded
from appeal.rules.words import _
from appeal.tips import dialogue, intake
from appeal.tips.sources import webform

ADDED = ("words", "where", "when")
TOO_MANY_CODES = _("Too many wrong codes were tried. Wait a minute and try again.")

pages = Blueprint("code", __name__, url_prefix=f"/<any({tell.LANGUAGES}):lang>")
pages.after_request(tell.guard)
pages.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(tell.refused)


@pages.get("/code")
def ask(lang: str) -> Response:
    """Ask for the code."""
    return _page(lang, tell.fresh(CodeForm()))


@pages.post("/code")
def come_back(lang: str) -> Response:
    """Show how the tip of this code stands, and add what was written or chosen, if anything was."""
    found, moment = CodeForm(request.form), now()
    if throttle.is_closed(moment):
        found.show(BadInput(TOO_MANY_CODES))
        return _page(lang, found, HTTPStatus.TOO_MANY_REQUESTS)
    code = found.code.data or ""
    try:
        standing = intake.find(code)
        added = _add(lang, found, code, moment)
    except NotFound as error:
        throttle.count_failure(moment)
        found.show(BadInput(fields={"code": error.words}))
        return _page(lang, tell.fresh(found), HTTPStatus.BAD_REQUEST)
    except (Overloaded, DBAPIError) as error:
        found.show(BadInput(tell.why(lang, error)))
        return tell.later(_page(lang, found, HTTPStatus.SERVICE_UNAVAILABLE), error)
    except BadInput as error:
        found.show(error)
        added = False
    standing = intake.find(code) if added else standing
    said = dialogue.read(standing.tip_id, sealing.normalise_code(code) or "")
    dialogue.seen(standing.tip_id, said, now=moment)
    status = HTTPStatus.BAD_REQUEST if found.errors else HTTPStatus.OK
    if added:
        for name in ADDED:
            found[name].data = ""
    return _page(lang, tell.fresh(found), status, standing=standing, said=said, added=added)


@pages.post("/code/text")
def text(lang: str) -> Response:
    """The code as a file of plain text, spelled; nothing in it says what it is for."""
    token = request.form.get("token", "")
    if not tell.is_ours(token, now()):
        return _page(lang, tell.fresh(CodeForm()), HTTPStatus.BAD_REQUEST)
    code = sealing.tip_code(token)
    body = "\r\n".join([code, "", *spelling.spelled(code, lang), ""])
    answer = Response(body, mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=code.txt"
    return answer


def _add(lang: str, found: CodeForm, code: str, moment: datetime) -> bool:
    """Store what came with a code; False if nothing did. Mistakes of files stand at the form, the rest is stored."""
    said = {name: found[name].data or "" for name in ADDED}
    files, mistakes = uploads.taken(request.files.getlist("files"))
    is_something = bool(files) or any(value.strip() for value in said.values())
    if is_something and not tell.is_good(found, moment):
        return False
    if is_something:
        external_id = f"{found.token.data}/{tell.digest(said, files)}"
        intake.add(webform.parse(said, files, external_id=external_id, language=lang, now=moment), code=code)
    if mistakes:
        found.show(BadInput(fields={"files": " ".join(house_pages.translate(lang, one) for one in mistakes)}))
    return is_something


def _page(lang: str, found: CodeForm, status: HTTPStatus = HTTPStatus.OK, **more: object) -> Response:
    alternates = [(other, f"/{other}/code") for other in house_pages.languages()]
    given = {"standing": None, "said": (), "added": False, "outcomes": dialogue.OUTCOMES} | more
    return Response(around.render("code.html", lang, now(), form=found, alternates=alternates, **given), status)
