"""Answers in public that lay somebody open: hidden on their platform in one press, and shown again in one."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.pages import translate
from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.answers import BarForm
from appeal.routes.forms.base import INCOMPLETE, DeskForm
from appeal.rules import clock, exposing
from appeal.rules.errors import BadInput, PublisherError, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept, say
from appeal.services import presses
from appeal.tips import answers, board

HIDDEN = _("It is hidden there. The tip stays.")
SHOWN = _("Everybody can read it again.")
ALL_HIDDEN = _("Hidden on their platforms: %(count)s. The tips stay.")
MARKED = _("The name is barred. Marked because of it: %(count)s.")

pages = Blueprint("answers", __name__)


@pages.get("/answers")
@needs(Permission.ASSESS)
def index() -> str:
    """What is marked and still stands there, and what is hidden."""
    return _page()


@pages.post("/answers/<int:message_id>/hide")
@needs(Permission.ASSESS)
def hide(message_id: int) -> ResponseReturnValue:
    """Hide one."""
    now = clock.now()
    return _turned(lambda: answers.hide(actor(), message_id=message_id, now=now), HIDDEN, now)


@pages.post("/answers/<int:message_id>/show")
@needs(Permission.ASSESS)
def show_again(message_id: int) -> ResponseReturnValue:
    """Let everybody read one again."""
    now = clock.now()
    return _turned(lambda: answers.show_again(actor(), message_id=message_id, now=now), SHOWN, now)


@pages.post("/answers/hide-marked")
@needs(Permission.ASSESS)
def hide_marked() -> ResponseReturnValue:
    """Hide everything that is marked, a few at a time."""
    now = clock.now()

    if _is_first(now):
        count, problem = answers.hide_marked(actor(), appeal=_appeal(), now=now)
        flash(translate(language(), say(ALL_HIDDEN, count=count)), "success")
        if problem:
            flash(kept(problem), "warning")
    return redirect(_here())


@pages.post("/answers/bar-name")
@needs(Permission.ASSESS)
def bar_name() -> ResponseReturnValue:
    """Bar a name from the answers under an appeal."""
    form, now = BarForm(), clock.now()

    def work() -> str:
        count = answers.bar_name(actor(), appeal=_appeal(), name=form.name.data or "", now=now)
        flash(translate(language(), say(MARKED, count=count)), "success")
        return _here()

    try:
        return redirect(press.once(form, now, work))
    except BadInput as error:
        form.show(error)
        return _page(form), 400


def _turned(act: Callable[[], None], words: str, now: datetime) -> ResponseReturnValue:
    try:
        if _is_first(now):
            act()
            flash(translate(language(), words), "success")
    except (PublisherError, WrongState) as error:
        flash(kept(error.words), "warning")
    return redirect(_here())


def _is_first(now: datetime) -> bool:
    """Whether this press is new; a platform is called with no transaction open."""
    form = DeskForm()
    if not form.request_id.raw_data:
        raise BadInput(INCOMPLETE)
    return presses.is_first(actor(), request_id=str(form.request_id.data), now=now)


def _page(form: BarForm | None = None) -> str:
    marked = answers.listing(actor(), appeal=_appeal())
    return render_template(
        "desk/tips/answers.html",
        marked=marked,
        can_hide=sum(one.can_hide for one in marked),
        hidden=answers.listing(actor(), appeal=_appeal(), hidden=True),
        appeal=_appeal(),
        titles=board.titles(language()),
        form=form or BarForm(formdata=None),
        press_form=DeskForm(formdata=None),
        flag_words=exposing.WORDS,
        reference=board.reference,
    )


def _appeal() -> str:
    """The public id of the one appeal that is looked at; empty for all."""
    return request.args.get("appeal", "")


def _here() -> str:
    return url_for("answers.index", appeal=_appeal() or None)
