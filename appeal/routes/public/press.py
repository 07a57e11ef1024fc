"""The page of a kit for the press: what may be shown now, its conditions, and that it was valid a moment ago."""

from http import HTTPStatus

from flask import Blueprint, Response

from appeal import pages as house_pages
from appeal.routes.public import around
from appeal.rules import contacts
from appeal.rules.clock import now
from appeal.rules.errors import NotFound, WrongState
from appeal.services import kits

pages = Blueprint("press", __name__)


@pages.get("/press/<public_id>/")
def show(public_id: str) -> Response:
    """The kit while its appeal is out; 410 without a word about it afterwards."""
    moment = now()
    try:
        found = kits.shown(public_id)
    except NotFound:
        return _answer("not_found.html", house_pages.languages()[0], HTTPStatus.NOT_FOUND)
    except WrongState:
        return _answer("press_gone.html", house_pages.languages()[0], HTTPStatus.GONE)
    lines = [contacts.linked(line) for line in found.contacts]
    return _answer("press.html", found.language, HTTPStatus.OK, kit=found, checked_at=moment, contact_lines=lines)


def _answer(template: str, language: str, status: int, **context: object) -> Response:
    text = house_pages.render(f"public/{template}", language, **around.around(language, now()), **context)
    answer = Response(text, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    return answer
