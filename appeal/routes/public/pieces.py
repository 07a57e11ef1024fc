"""Large files from the tip form's script, piece by piece; answers are small JSON, mistakes sentences in them."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import DBAPIError

from appeal import pages as house_pages
from appeal.routes.public import tell
from appeal.rules.clock import now
from appeal.rules.errors import AppealError, BadInput, NotFound, Overloaded, WrongState
from appeal.tips import pieces as uploads

TOKEN_HEADER = "X-Tip-Token"
RETRY_SECONDS = 5

pages = Blueprint("pieces", __name__, url_prefix=f"/<any({tell.LANGUAGES}):lang>/tell/pieces")


@pages.post("")
def begin(lang: str) -> Response:
    """Begin a file, or learn where it stopped."""
    size = request.form.get("size", "")

    def act(token: str) -> uploads.Upload:
        return uploads.begin(
            token,
            name=request.form.get("name", ""),
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 15 else 0,
            modified=request.form.get("modified", "")[:20],
        )

    return _answer(lang, act)


@pages.post("/<upload>/<int:number>")
def add(lang: str, upload: str, number: int) -> Response:
    """One piece, as it is."""
    data = request.get_data(cache=False)
    return _answer(lang, lambda token: uploads.add(token, upload, number, data))


@pages.post("/<upload>/done")
def done(lang: str, upload: str) -> Response:
    """All pieces are here: the file becomes part of the tip."""

    def act(token: str) -> None:
        uploads.finish(token, upload, name=request.form.get("name", ""), language=lang, now=now())

    return _answer(lang, act)


def _answer(lang: str, act: Callable[[str], uploads.Upload | None]) -> Response:
    token = request.headers.get(TOKEN_HEADER, "")
    if not tell.is_ours(token, now()):
        return _sorry(lang, tell.OLD_PAGE, HTTPStatus.FORBIDDEN)
    try:
        found = act(token)
    except (BadInput, NotFound, WrongState) as error:
        return _sorry(
            lang, error.words, HTTPStatus.CONFLICT if isinstance(error, WrongState) else HTTPStatus.BAD_REQUEST
        )
    except (Overloaded, DBAPIError, OSError) as error:
        after = error.after if isinstance(error, Overloaded) else RETRY_SECONDS
        answer = _sorry(lang, error.words if isinstance(error, AppealError) else "", HTTPStatus.SERVICE_UNAVAILABLE)
        answer.headers["Retry-After"] = str(after)
        return answer
    told = {"upload": found.id, "here": found.here, "pieces": found.pieces} if found else {}
    return jsonify({**told, "piece": uploads.PIECE_BYTES})


def _sorry(lang: str, words: str, status: HTTPStatus) -> Response:
    answer: Response = jsonify({"error": house_pages.translate(lang, words)})
    answer.status_code = status
    return answer
