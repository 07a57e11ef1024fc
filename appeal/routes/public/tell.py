"""The tip form: words first, stored before anything else is asked; then more, and a way back with the code."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from appeal import installation, sealing
from appeal import pages as house_pages
from appeal.routes.forms.further import HEADINGS
from appeal.routes.forms.tell import KINDS, WORDS_ARE_MISSING, CodeForm, MoreForm, PublicForm, WordsForm
from appeal.routes.public import around, site, uploads, valves
from appeal.rules import spelling
from appeal.rules.clock import now
from appeal.rules.errors import BadInput, NotStored, Overloaded
from appeal.rules.words import _, say
from appeal.tips import intake, trial
from appeal.tips.inbound import InboundFile
from appeal.tips.sources import webform

TOKEN_SECONDS = 24 * 3600.0
RETRY_SECONDS = 5
APPEAL = re.compile(r"[A-Za-z0-9_-]{1,16}")
# What stands in a finished page for what only one person gets.
TOKEN_STANDS_HERE, CODE_STANDS_HERE, APPEAL_STANDS_HERE = "-token-stands-here-", "-code-stands-here-", "-appeal-here-"
SPELLED_STANDS_HERE = "-spelled-stands-here-"
OLD_PAGE = _("This page was open for too long. Your words are still here: send them once more.")
BUSY = _("Too much is coming in at this moment. Your words are still here: send them again in a few seconds.")
NOT_STORED = _("We cannot store anything at this moment. Your words are still here. Please call %(phone)s.")
TOO_LARGE = _("This was too large: 25 MB is the most that can be sent at once.")

Found = TypeVar("Found", bound=PublicForm)
LANGUAGES = ", ".join(house_pages.languages())
pages = Blueprint("tell", __name__, url_prefix=f"/<any({LANGUAGES}):lang>")


def language() -> str:
    """The language of the address that was asked for, else the source language."""
    return str((request.view_args or {}).get("lang", house_pages.languages()[0]))


@pages.get("/tell")
@pages.post("/tell")
def form(lang: str) -> Response:
    """The form; which appeal it is about comes with a button of the appeal's page, never in the address."""
    asked, moment = request.form, now()
    kind = next((name for name in ("about_me", "live") if name in asked), KINDS[0])
    appeal = asked.get("about_me" if kind == "about_me" else "appeal", "")
    values = {
        TOKEN_STANDS_HERE: sealing.new_token(installation.current().keys.form_key, moment),
        APPEAL_STANDS_HERE: appeal if APPEAL.fullmatch(appeal) else "",
    }
    blank = WordsForm(data={"token": TOKEN_STANDS_HERE, "appeal": APPEAL_STANDS_HERE, "kind": kind})
    return Response(around.filled(("form", lang, kind), moment, values, lambda: _text_of_form(lang, blank)))


@pages.post("/tell/words")
def words(lang: str) -> Response:
    """Store the words and show the code; everything else comes afterwards."""
    return take_words(lang, request.form, now(), address=request.remote_addr or "")


def take_words(lang: str, asked: Mapping[str, str], moment: datetime, *, address: str) -> Response:
    """What the view of the words does, without a request: `asked` is what was typed, by field name."""
    values = {name: asked.get(name, "") for name in ("words", "where", "kind", "appeal")}
    values["kind"] = values["kind"] if values["kind"] in KINDS else KINDS[0]
    values["appeal"] = values["appeal"] if APPEAL.fullmatch(values["appeal"]) else ""
    token = asked.get("token", "")
    if not is_ours(token, moment):
        return _form_again(lang, values, "", BadInput(OLD_PAGE))
    if not (values["words"] + values["where"]).strip():
        return _form_again(lang, values, token, BadInput(fields={"words": WORDS_ARE_MISSING}))
    is_parked = valves.is_flood(token=token, appeal=values["appeal"], address=address, at=moment)
    is_parked |= bool(asked.get("website"))
    try:
        is_trial = trial.is_ours(token, asked.get("beat", ""))
        received = receive(lang, values, (), token, moment, is_parked=is_parked, is_trial=is_trial)
    except BadInput as error:
        return _form_again(lang, values, token, error)
    except (Overloaded, DBAPIError) as error:
        again = _form_again(lang, values, token, BadInput(why(lang, error)), HTTPStatus.SERVICE_UNAVAILABLE)
        return later(again, error)
    return thanks(lang, received.code, token, moment, kind=values["kind"])


@pages.post("/tell/more")
def more(lang: str) -> Response:
    """Add answers and files to words that are stored already; a file that fails costs nothing else."""
    found = MoreForm(request.form)
    moment = now()
    if not is_good(found, moment):
        return _page(
            "code.html", lang, HTTPStatus.BAD_REQUEST, form=fresh(CodeForm()), standing=None, said=(), added=False
        )
    files, mistakes = uploads.taken(request.files.getlist("files"))
    values = {name: found[name].data or "" for name in webform.FACTS if name in found}
    token = found.token.data
    is_added = bool(files) or any(value.strip() for value in values.values())
    try:
        if is_added:
            receive(lang, values, files, token, moment)
    except BadInput as error:
        found.show(error)
    except (Overloaded, DBAPIError) as error:
        found.show(BadInput(why(lang, error)))
        return later(_once_more(lang, found, HTTPStatus.SERVICE_UNAVAILABLE), error)
    if mistakes:
        found.show(BadInput(fields={"files": " ".join(house_pages.translate(lang, one) for one in mistakes)}))
    if found.errors:
        return _once_more(lang, found, HTTPStatus.BAD_REQUEST)
    return thanks(lang, sealing.tip_code(token), token, moment, is_added=is_added or bool(found.sent.data))


@pages.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    """A page in words for whatever could not even be read."""
    sentence = TOO_LARGE if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else _("This page does not work so.")
    return _page("sorry.html", language(), HTTPStatus(error.code or 400), sentence=sentence)


@pages.after_request
def guard(answer: Response) -> Response:
    """Nothing of these pages is kept anywhere, and nobody learns that they were open."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _form_again(
    lang: str, values: Mapping[str, str], token: str, error: BadInput, status: HTTPStatus = HTTPStatus.BAD_REQUEST
) -> Response:
    """The form with what was typed and what is wrong; only here is it made for one person alone."""
    found = WordsForm(data={**values, "token": token})
    found.show(error)
    return Response(_text_of_form(lang, found if token else fresh(found)), status)


def words_first(lang: str) -> Response:
    """The form for whoever has not told yet what they know, or whose page is too old to go on."""
    return _form_again(lang, {"kind": KINDS[0]}, "", BadInput(OLD_PAGE))


def _text_of_form(lang: str, found: WordsForm) -> str:
    return _text("form.html", lang, form=found, kind=found.kind.data)


def thanks(
    lang: str, tip_code: str, token: str, moment: datetime, *, kind: str = "", is_added: bool = False
) -> Response:
    def make() -> str:
        blank = MoreForm(data={"token": TOKEN_STANDS_HERE})
        said = (SPELLED_STANDS_HERE,)
        return _text(
            "thanks.html",
            lang,
            code=CODE_STANDS_HERE,
            spelled=said,
            kind=kind,
            form=blank,
            added=is_added,
        )

    spelled = ", ".join(spelling.spelled(tip_code, lang))
    values = {TOKEN_STANDS_HERE: token, CODE_STANDS_HERE: tip_code, SPELLED_STANDS_HERE: spelled}
    return with_script(Response(around.filled(("thanks", lang, kind, is_added), moment, values, make)))


def _once_more(lang: str, found: MoreForm, status: HTTPStatus) -> Response:
    code = sealing.tip_code(found.token.data)
    spelled = spelling.spelled(code, lang)
    return with_script(_page("thanks.html", lang, status, code=code, spelled=spelled, kind="", form=found, added=False))


def with_script(answer: Response) -> Response:
    """Only the page that takes large files may run a script, and only one of ours."""
    answer.headers["Content-Security-Policy"] = f"{site.POLICY}; script-src 'self'; connect-src 'self'"
    return answer


def _page(template: str, lang: str, status: HTTPStatus = HTTPStatus.OK, **context: object) -> Response:
    return Response(_text(template, lang, **context), status)


def _text(template: str, lang: str, **context: object) -> str:
    address = "code" if template == "code.html" else "tell"
    alternates = [(other, f"/{other}/{address}") for other in house_pages.languages()]
    return around.render(template, lang, now(), alternates=alternates, steps=HEADINGS, **context)


def later(answer: Response, error: Exception) -> Response:
    """The answer with the seconds after which trying again makes sense."""
    answer.headers["Retry-After"] = str(error.after if isinstance(error, Overloaded) else RETRY_SECONDS)
    return answer


def why(lang: str, error: Exception) -> str:
    """What a person is told whose words could not be stored; who can only wait in vain gets the number."""
    if not isinstance(error, NotStored):
        return BUSY
    return say(NOT_STORED, phone=around.around(lang, now())["phone"])


def fresh(found: Found) -> Found:
    """The form with a new token."""
    found.token.data = sealing.new_token(installation.current().keys.form_key, now())
    return found


def is_ours(token: str, moment: datetime) -> bool:
    """Whether a form of ours carried this token, not too long ago."""
    return sealing.check_token(installation.current().keys.form_key, token, moment, TOKEN_SECONDS)


def is_good(found: PublicForm, moment: datetime) -> bool:
    """Whether the form is one of ours and not too old; if not, it gets a new token and says so."""
    if is_ours(found.token.data or "", moment):
        return True
    fresh(found).show(BadInput(OLD_PAGE))
    return False


def receive(
    lang: str,
    values: Mapping[str, str],
    files: Sequence[InboundFile],
    token: str,
    moment: datetime,
    *,
    is_parked: bool = False,
    is_trial: bool = False,
) -> intake.Received:
    """Store; the same answers under the same token are one message, other answers are another one of the same tip."""
    external_id = f"{token}/{digest(values, files)}"
    inbound = webform.parse(values, files, external_id=external_id, language=lang, now=moment, is_parked=is_parked)
    if is_trial:
        inbound = replace(inbound, source=trial.SOURCE, is_trial=True)
    return intake.receive(inbound, token=token)


def digest(values: Mapping[str, str], files: Sequence[InboundFile]) -> str:
    """By which the same answers are known again, whatever repeats."""
    whole = [dict(values), [[file.name, hashlib.sha256(file.data).hexdigest()] for file in files]]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
