"""The link of a page: one press takes the thing, without an account; and how an officer wants to be reached."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, known_actor, signed_in
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.desks import ContactForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.words import _
from appeal.services import desks, page_links, paging
from appeal.services.page_links import Link, LinkState

pages = Blueprint("paging", __name__)


@pages.get("/p/<token>")
def show(token: str) -> ResponseReturnValue:
    """What is asked, with one button; opening is noted, because somebody waits."""
    now = clock.now()
    found = page_links.look(token, viewer=known_actor(), now=now)
    answer = _link_page(token, found)
    if request.method == "GET":
        page_links.note_opened(token, now=now)
    return answer


@pages.post("/p/<token>")
def take(token: str) -> ResponseReturnValue:
    """The press; pressed twice it says the same."""
    return _link_page(token, page_links.answer(token, viewer=known_actor(), now=clock.now()))


@pages.post("/pages/<int:page_id>/take")
@signed_in
def take_here(page_id: int) -> ResponseReturnValue:
    """Somebody at the desk has it; whoever was second is told who was first."""
    now = clock.now()

    def act() -> str:
        found = paging.take_here(actor(), page_id=page_id, now=now)
        mine = found.taken_by is not None and found.taken_by.id == actor().id
        flash(_("You have it.") if mine else page_links.WORDS[LinkState.OTHER], "success" if mine else "information")
        return found.page.path

    return redirect(press.once(DeskForm(), now, act))


@pages.route("/account/paging", methods=["GET", "POST"])
@signed_in
def contact() -> ResponseReturnValue:
    """By text message, by e-mail, or both."""
    known, now = desks.contact(actor().id), clock.now()
    form = ContactForm(number=known.number, by_sms=known.by_sms, by_email=known.by_email)

    def act() -> str:
        desks.set_contact(
            actor(),
            number=form.number.data or "",
            by_sms=bool(form.by_sms.data),
            by_email=bool(form.by_email.data),
            now=now,
        )
        flash(_("You are paged in this way from now on."), "success")
        return url_for("paging.contact")

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return render_template("desk/paging/contact.html", form=form), 400 if form.errors else 200


def _link_page(token: str, found: Link) -> str:
    g.language = found.language
    return render_template("desk/paging/link.html", token=token, link=found, form=DeskForm(formdata=None))
