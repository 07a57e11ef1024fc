"""What an appeal looks like on paper and in pictures to share, for printing and for the press."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from appeal import cards, printing
from appeal.pages import LANGUAGES, translate
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.appeals import PressForm
from appeal.routes.forms.base import INCOMPLETE
from appeal.routes.forms.kits import PressListForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, say
from appeal.services import appeals, copies, kits, press_lists, prints

PLANNED = _("Mails with the address of the kit are planned: %(count)s. They are recalled when the appeal comes down.")
ADDRESSES = _("%(name)s (addresses: %(count)s)")

pages = Blueprint("kits", __name__)


@pages.get("/appeals/<int:appeal_id>/kit")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> str:
    """Posters and pictures in every language that the appeal has."""
    return _page(appeal_id, _list_form(PressListForm(formdata=None), appeal_id))


@pages.post("/appeals/<int:appeal_id>/kit/mails")
@needs(Permission.READ_APPEALS)
def send(appeal_id: int) -> ResponseReturnValue:
    """Send the kit's address to a list; the service knows who may."""
    form, now = _list_form(PressListForm(), appeal_id), clock.now()

    def work() -> str:
        count = press_lists.send_kit(actor(), appeal_id=appeal_id, channel_id=form.channel.data, now=now)
        flash(translate(language(), say(PLANNED, count=count)), "success")
        return url_for("deliveries.index", appeal_id=appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except (BadInput, WrongState) as error:
            form.show(error if isinstance(error, BadInput) else BadInput(fields={"channel": error.words}))
    return _page(appeal_id, form), 400


def _list_form(form: PressListForm, appeal_id: int) -> PressListForm:
    lists = press_lists.open_lists(actor(), appeal_id)
    counts = copies.addresses([one.id for one in lists])
    form.channel.choices = [
        SelectChoice(one.id, say(ADDRESSES, name=one.name, count=counts.get(one.id, 0))) for one in lists
    ]
    return form


def _page(appeal_id: int, list_form: PressListForm) -> str:
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
        open_kits={one.language: kits.address(one.public_id) for one in kits.of(appeal_id) if one.closed_at is None},
        press_form=PressForm(formdata=None),
        list_form=list_form,
        sent=press_lists.sent(appeal_id),
    )


@pages.post("/appeals/<int:appeal_id>/kit/<code>")
@needs(Permission.DRAFT)
def give(appeal_id: int, code: str) -> ResponseReturnValue:
    """Open a kit for the press in one language."""
    form, now = PressForm(), clock.now()

    def work() -> str:
        kits.give(actor(), appeal_id=appeal_id, language=code, now=now)
        flash(_("The kit is open. Its files are there in a moment; it dies with the appeal."), "success")
        return url_for("kits.show", appeal_id=appeal_id)

    if not form.validate_on_submit():
        raise BadInput(INCOMPLETE)
    return redirect(once(form, now, work))


@pages.get("/appeals/<int:appeal_id>/posters/<code>/<paper>.pdf")
@needs(Permission.READ_APPEALS)
def poster(appeal_id: int, code: str, paper: str) -> ResponseReturnValue:
    """One poster as PDF, with strips to tear off where they were chosen."""
    with_strips = request.args.get("strips") == "1"
    made = prints.poster(appeal_id, language=code, paper=paper, with_strips=with_strips)
    return _file(made, "application/pdf", f"poster-{code}-{paper}{'-strips' if with_strips else ''}.pdf")


@pages.get("/appeals/<int:appeal_id>/cards/<code>/<shape>.jpg")
@needs(Permission.READ_APPEALS)
def card(appeal_id: int, code: str, shape: str) -> ResponseReturnValue:
    """One picture to share."""
    return _file(prints.card(appeal_id, language=code, shape=shape), "image/jpeg", f"{shape}-{code}.jpg")


def _file(data: bytes, mime: str, name: str) -> Response:
    answer = Response(data, mimetype=mime)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
