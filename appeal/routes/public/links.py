"""Short links of outgoing posts: they lead to the appeal's page and are counted by copy and hour, never by person."""

from contextlib import suppress

from flask import Blueprint, redirect, request
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from appeal.rules.clock import now
from appeal.rules.errors import NotFound
from appeal.services import visits

pages = Blueprint("links", __name__)


@pages.get("/r/<key>")
def follow(key: str) -> Response:
    """302 to the page in the language of the post; a link that we do not know leads to the list."""
    try:
        target = visits.target(key)
    except NotFound:
        return _leading_to("/")
    if request.method == "GET":
        # Nobody is kept from the page because a number could not be written.
        with suppress(DBAPIError):
            visits.count(key, now=now())
    return _leading_to(target)


def _leading_to(address: str) -> Response:
    answer = redirect(address, 302)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
