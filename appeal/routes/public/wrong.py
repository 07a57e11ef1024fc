"""A page in words for an address that leads nowhere, and for whatever else goes wrong outside the tip form."""

from http import HTTPStatus

import structlog
from flask import Response, request
from werkzeug.exceptions import HTTPException

from appeal import pages
from appeal.routes.public import around
from appeal.rules.clock import now

log = structlog.get_logger()


def say(error: HTTPException) -> Response:
    """The page of a mistake, in the language of the address."""
    return _page(error.code or HTTPStatus.BAD_REQUEST)


def broken(error: Exception) -> Response:
    """Something failed on our side: its kind goes to the log, and nothing of what a person sent."""
    log.error("page failed", endpoint=request.endpoint, kind=type(error).__name__)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(status: int) -> Response:
    first = request.path.strip("/").split("/", maxsplit=1)[0]
    language = first if first in pages.languages() else pages.languages()[0]
    answer = Response(pages.render("public/not_found.html", language, **around.around(language, now())), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
