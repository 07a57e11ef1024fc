"""What an appeal looks like on paper and in pictures to share, for printing and for the press."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from appeal import cards, printing
from appeal.pages import LANGUAGES
from appeal.routes.desk.gate import language, needs
from appeal.rules.permissions import Permission
from appeal.services import appeals, prints

pages = Blueprint("kits", __name__)


@pages.get("/appeals/<int:appeal_id>/kit")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> str:
    """Posters and pictures in every language that the appeal has."""
    found = prints.printed(appeal_id)
    said = {one: prints.content(found.revision, one) for one in found.languages}
    return render_template(
        "desk/kits/kit.html",
        appeal_id=appeal_id,
        title=appeals.title(appeals.view(appeal_id), language()),
        revision=found.revision,
        is_draft=found.is_draft,
        papers=list(printing.PAPERS),
        shapes=list(cards.SHAPES.items()),
        languages=[(one, LANGUAGES.get(one, one), cards.alt(said[one])) for one in found.languages],
    )


@pages.get("/appeals/<int:appeal_id>/posters/<code>/<paper>.pdf")
@needs(Permission.READ_APPEALS)
def poster(appeal_id: int, code: str, paper: str) -> ResponseReturnValue:
    """One poster as PDF."""
    return _file(prints.poster(appeal_id, language=code, paper=paper), "application/pdf", f"poster-{code}-{paper}.pdf")


@pages.get("/appeals/<int:appeal_id>/cards/<code>/<shape>.jpg")
@needs(Permission.READ_APPEALS)
def card(appeal_id: int, code: str, shape: str) -> ResponseReturnValue:
    """One picture to share."""
    return _file(prints.card(appeal_id, language=code, shape=shape), "image/jpeg", f"{shape}-{code}.jpg")


def _file(data: bytes, mime: str, name: str) -> Response:
    answer = Response(data, mimetype=mime)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
