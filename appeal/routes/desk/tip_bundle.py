"""The disclosure bundle of chosen tips or of a whole appeal."""

from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from appeal.routes.desk import tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.triage import BundleForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Permission
from appeal.tips import board, bundle, bundles, lead_pages

MOST_ASKED = 5_000

pages = Blueprint("tip_bundle", __name__)
pages.context_processor(tip_words.context)


@pages.route("/tips/bundle", methods=["GET", "POST"])
@needs(Permission.ASSESS)
def make() -> ResponseReturnValue:
    """Choose, say why, and get the bundle in the answer itself; it is kept nowhere."""
    form = BundleForm()
    if request.method == "GET":
        form.references.data = " ".join(_asked())
    if request.method == "POST" and form.validate_on_submit():
        try:
            return _handed_over(form)
        except BadInput as error:
            form.show(BadInput(fields={_FIELDS.get(name, name): words for name, words in error.fields.items()}))
        except NotFound as error:
            form.show(BadInput(fields={"references": error.words}))
    return render_template(
        "desk/tips/bundle.html",
        form=form,
        titles=board.titles(language()),
        most=bundle.MOST_TIPS,
        earlier=bundles.earlier(actor()),
    ), 400 if form.errors else 200


_FIELDS = {"tips": "references"}


def _asked() -> list[str]:
    """The references of the lead or of the tips that a link names."""
    lead_id = request.args.get("lead", type=int)
    if lead_id is not None:
        return [board.reference(one) for one in lead_pages.tip_ids(actor(), lead_id=lead_id)]
    return request.args.get("references", "")[:MOST_ASKED].split(".")


def _handed_over(form: BundleForm) -> ResponseReturnValue:
    ids = [board.find(one) for one in (form.references.data or "").replace(",", " ").split()]
    appeal = "" if ids else form.appeal.data or ""
    part = form.part.data or 0
    made = bundle.make(actor(), why=form.why.data or "", now=clock.now(), tip_ids=ids, appeal=appeal, part=part)
    response = send_file(BytesIO(made.data), "application/zip", as_attachment=True, download_name=made.name, max_age=0)
    response.headers["X-Tips"] = f"{made.tips} {made.purged}"
    return response
