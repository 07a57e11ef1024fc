"""Search among the tips."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from appeal.pages import languages
from appeal.routes.desk import tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.search import SearchForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.tips import board, search
from appeal.tips.machine import UNKNOWN_LANGUAGE

pages = Blueprint("tip_search", __name__)
pages.context_processor(tip_words.context)


@pages.route("/tips/search", methods=["GET", "POST"])
@needs(Permission.READ_TIPS)
def find() -> ResponseReturnValue:
    """An empty form, or what was found; nothing is kept in the address."""
    form = SearchForm()
    results = None
    if request.method == "POST" and form.validate_on_submit():
        try:
            results = search.search(actor(), _asked(form), now=clock.now())
        except BadInput as error:
            form.show(error)
    return render_template(
        "desk/tips/search.html",
        form=form,
        results=results,
        titles=board.titles(language()),
        codes=[*languages(), UNKNOWN_LANGUAGE],
        references={one.row.id: board.reference(one.row.id) for one in results.found} if results else {},
    ), 400 if form.errors else 200


def _asked(form: SearchForm) -> search.Asked:
    given = {name: form[name].data or "" for name in ("words", "appeal", "source", "language")}
    return search.Asked(**given, before=form.before.data)
