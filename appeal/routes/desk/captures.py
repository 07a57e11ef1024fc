"""What was kept of a post before it was taken down, as a page or a PDF to keep."""

from io import BytesIO

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import actor, needs
from appeal.rules import clock
from appeal.rules.permissions import Permission
from appeal.tips import capture_pages, captures

KINDS = {"html": ("text/html", capture_pages.page), "pdf": ("application/pdf", capture_pages.printed)}

pages = Blueprint("captures", __name__)


@pages.get("/kept-posts/<int:removal_id>.<kind>")
@needs(Permission.ASSESS)
def show(removal_id: int, kind: str) -> ResponseReturnValue:
    """The file, to be saved: nothing of it is ever shown inside the desk's own pages."""
    if kind not in KINDS:
        abort(404)
    mime, draw = KINDS[kind]
    drawn = draw(captures.opened(actor(), removal_id=removal_id, now=clock.now()))
    return send_file(BytesIO(drawn), mime, as_attachment=True, download_name=f"post-{removal_id}.{kind}", max_age=0)
