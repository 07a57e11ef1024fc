"""Pictures of appeals as pages of the desk show them."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import needs
from appeal.rules.errors import NotFound
from appeal.rules.permissions import Permission
from appeal.services import renditions

SIDES = (240, 480, 960, 1600)

pages = Blueprint("photos", __name__)


@pages.get("/photos/<int:photo_id>/<int:side>")
@needs(Permission.READ_APPEALS)
def show(photo_id: int, side: int) -> ResponseReturnValue:
    """One JPEG whose sides are at most `side`; only sides that pages use are made."""
    if side not in SIDES:
        raise NotFound("Pictures are not made in this size.")
    made = renditions.rendition(photo_id, side)
    answer = Response(made.data, mimetype=made.mime)
    answer.headers["Cache-Control"] = "private, max-age=3600, immutable"
    return answer
