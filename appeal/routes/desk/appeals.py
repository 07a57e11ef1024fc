"""The board, one appeal, and what is decided about it: begin, take down, end, override the hours, release again."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from appeal.models.appeal import Appeal, Approval, Revision
from appeal.pages import translate
from appeal.routes.desk import drafts, endings, owing, shown
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.appeals import (
    ENDINGS,
    MORE_REASONS,
    REASONS,
    BeginForm,
    EndForm,
    OverrideForm,
    PressForm,
    RenewForm,
    TakeDownForm,
    ToldForm,
)
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.court_orders import OrderForm
from appeal.routes.forms.templates import CopyForm, TemplateForm
from appeal.rules import clock
from appeal.rules import endings as ending_rules
from appeal.rules import owed as debt_rules
from appeal.rules.drafting import KIND_WORDS
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.lifecycle import WORDS, RevisionState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import (
    appeals,
    capacity,
    outcomes,
    overrides,
    owed,
    releases,
    removals,
    reviews,
    rota,
    schedule,
    templates,
    told,
)

BOARD_LENGTH, OFFERED = 100, 12
# Several forms stand on one page; their fields need names of their own.
DOWN, OVER, COVER = "down", "over", "cover"
WAY_WORDS = {"sms": _("text message"), "email": _("e-mail")}

pages = Blueprint("appeals", __name__)
pages.register_blueprint(drafts.pages)
pages.register_blueprint(endings.pages)


@pages.get("/")
@needs(Permission.READ_APPEALS)
def board() -> str:
    """What waits for me, and the newest appeals with their states."""
    return _board(BeginForm(formdata=None))


@pages.post("/appeals")
@needs(Permission.DRAFT)
def begin() -> ResponseReturnValue:
    """Begin an appeal of the kind that was pressed."""
    form, now = BeginForm(), clock.now()

    def work() -> str:
        revision = appeals.draft(actor(), kind=form.kind.data or "", now=now)
        return url_for("appeals.drafts.edit", appeal_id=revision.appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
    return _board(form), 400


@pages.get("/appeals/<int:appeal_id>")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> str:
    """One appeal: what it is, what is out, what happens when, and what can be done."""
    return _page(appeal_id)


@pages.get("/appeals/<int:appeal_id>/standing")
@needs(Permission.READ_APPEALS)
def standing(appeal_id: int) -> ResponseReturnValue:
    """The live part of the page; 204 while it is what the browser shows already."""
    standings = outcomes.overview(appeal_id)
    version = outcomes.version(standings)
    if request.args.get("version") == version:
        return "", 204
    appeal = appeals.view(appeal_id)
    return render_template("desk/appeals/standing.html", **_standing(appeal, standings))


@pages.post("/appeals/<int:appeal_id>/next")
@needs(Permission.DRAFT)
def begin_next(appeal_id: int) -> ResponseReturnValue:
    """Begin the next revision beside the approved one."""
    form, now = PressForm(), clock.now()

    def work() -> str:
        appeals.begin_next(actor(), appeal_id=appeal_id, now=now)
        return url_for("appeals.drafts.edit", appeal_id=appeal_id)

    return _pressed_once(appeal_id, form, now, work)


@pages.post("/appeals/<int:appeal_id>/take-down")
@needs(Permission.TAKE_DOWN)
def take_down(appeal_id: int) -> ResponseReturnValue:
    """Take everything down at once."""
    form, now = TakeDownForm(prefix=DOWN), clock.now()

    def work() -> str:
        planned = appeals.take_down(actor(), appeal_id=appeal_id, reason=form.reason.data, now=now)
        words = _("It is coming down: %(count)s removals were begun. What had not gone out is cancelled.")
        flash(translate(language(), words, count=planned), "success")
        return _address(appeal_id)

    return _pressed(appeal_id, "take_down_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/end")
@needs(Permission.END)
def end(appeal_id: int) -> ResponseReturnValue:
    """Set the ending; what is still out comes down with it."""
    form, now = EndForm(prefix=OVER), clock.now()

    def work() -> str:
        appeals.end(actor(), appeal_id=appeal_id, ending=form.ending.data, now=now)
        flash(_("The ending is set. What was still out is coming down."), "success")
        return _address(appeal_id)

    return _pressed(appeal_id, "end_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/override")
@needs(Permission.APPROVE)
def override(appeal_id: int) -> ResponseReturnValue:
    """A named person reads although nobody is on duty; this appeal may go out at once."""
    form, now = _override_form(OverrideForm(prefix=COVER)), clock.now()

    def work() -> str:
        ends_at = now + timedelta(hours=int(form.hours.data))
        overrides.override(
            actor(), appeal_id=appeal_id, reader_id=form.reader.data, reason=form.reason.data, ends_at=ends_at, now=now
        )
        flash(_("It goes out as soon as somebody has accepted to read."), "success")
        return _address(appeal_id)

    return _pressed(appeal_id, "override_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/overrides/<int:override_id>/release")
@needs(Permission.APPROVE)
def release_uncovered(appeal_id: int, override_id: int) -> ResponseReturnValue:
    """Nobody has accepted to read: the approver lets it go all the same."""
    form, now = PressForm(), clock.now()

    def work() -> str:
        overrides.release_uncovered(actor(), override_id=override_id, now=now)
        flash(_("It may go out now. That nobody has accepted to read is in the ledger."), "success")
        return _address(appeal_id)

    return _pressed_once(appeal_id, form, now, work)


@pages.post("/appeals/<int:appeal_id>/again")
@needs(Permission.APPROVE)
def again(appeal_id: int) -> ResponseReturnValue:
    """Put back what was taken down in error."""
    form, now = PressForm(), clock.now()

    def work() -> str:
        releases.release_again(actor(), appeal_id=appeal_id, now=now)
        flash(_("It goes out again, with the same texts and pictures."), "success")
        return _address(appeal_id)

    return _pressed_once(appeal_id, form, now, work)


def _override_form(form: OverrideForm) -> OverrideForm:
    """With the officers who may read; the approver's own name first, if they may."""
    found = sorted(overrides.readers_to_choose(), key=lambda one: one.id != actor().id)
    form.reader.choices = [SelectChoice(one.id, one.name) for one in found]
    return form


def _pressed(
    appeal_id: int, name: str, form: TakeDownForm | EndForm | OverrideForm, now: datetime, work: Callable[[], str]
) -> ResponseReturnValue:
    """Do the work once and go on, or show the page again with this form and what is wrong in it."""
    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
        except WrongState as error:
            form.show(BadInput(error.words))
    return _page(appeal_id, **{name: form}), 400


def _pressed_once(appeal_id: int, form: DeskForm, now: datetime, work: Callable[[], str]) -> ResponseReturnValue:
    """Do the work of a button without questions once; back on the page, say what was in the way."""
    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except WrongState as error:
            flash(error.words, "error")
    return redirect(_address(appeal_id))


def _address(appeal_id: int) -> str:
    return url_for("appeals.show", appeal_id=appeal_id)


def _board(form: BeginForm) -> str:
    rows = appeals.board(BOARD_LENGTH)
    waiting, owes = outcomes.waiting_for(actor()), owed.standing()
    listed = {one.id: one for one in (*rows, *waiting.approvals, *waiting.asked, *waiting.returned)}
    listed |= {one.appeal_id: appeals.view(one.appeal_id) for one in owes if one.appeal_id not in listed}
    return render_template(
        "desk/appeals/board.html",
        form=form,
        appeals=rows,
        waiting=waiting,
        offered=templates.listed()[:OFFERED] if actor().may(Permission.DRAFT) else (),
        press_form=PressForm(formdata=None),
        owing=owes,
        debt_words=debt_rules.WORDS,
        now=clock.now(),
        titles={one.id: appeals.title(one, language()) for one in listed.values()},
        states=shown.states(rows),
        kinds=KIND_WORDS,
        revision_states=outcomes.REVISION_STATES,
    )


def _page(
    appeal_id: int,
    *,
    take_down_form: TakeDownForm | None = None,
    end_form: EndForm | None = None,
    override_form: OverrideForm | None = None,
) -> str:
    now = clock.now()
    appeal = appeals.view(appeal_id)
    standings = outcomes.overview(appeal_id)
    return render_template(
        "desk/appeals/appeal.html",
        **_standing(appeal, standings),
        title=appeals.title(appeal, language()),
        kind_words=KIND_WORDS[appeal.kind],
        reasons=REASONS | MORE_REASONS,
        endings=ENDINGS,
        signed=_signed(appeal),
        is_up_for_approval=appeal.revisions[-1].state == RevisionState.SUBMITTED,
        goes_at=rota.next_release(now, appeal_id),
        now=now,
        removal_waits=removals.estimate(appeal_id, now=now),
        take_down_form=take_down_form or TakeDownForm(formdata=None, prefix=DOWN),
        end_form=_of_kind(end_form or EndForm(formdata=None, prefix=OVER), appeal),
        override_form=override_form or _override_form(OverrideForm(formdata=None, prefix=COVER)),
        overrides=overrides.shown(appeal_id, now=now),
        way_words=WAY_WORDS,
        copy_words=WORDS,
        press_form=PressForm(formdata=None),
        order_form=OrderForm(formdata=None),
        copy_form=CopyForm(formdata=None),
        template_form=TemplateForm(formdata=None),
        **_around_the_end(appeal),
        **owing.box(appeal_id),
        can_go_again=_can_go_again(appeal, now.date()),
        is_coming_down=any(one.counts.keys() & {"coming_down", "by_hand"} for one in standings),
        to_take_down=sum(bool(one.counts.keys() & {"out", "asked", "unknown", "moving"}) for one in standings),
    )


def _of_kind(form: EndForm, appeal: Appeal) -> EndForm:
    """Only the endings that an appeal of this kind can have; a mistake has a page of its own."""
    offered = [one for one in ending_rules.OF_KIND[appeal.kind] if one != ending_rules.MISTAKEN]
    form.ending.choices = [one for one in form.ending.choices if one.value in offered]
    return form


def _around_the_end(appeal: Appeal) -> dict[str, object]:
    """What the page says of endings and reviews."""
    signed, ticked = _signed(appeal), told.listed(appeal.id)
    is_live = signed is not None and appeal.ended_at is None
    return {
        "ending_table": {code: ending_rules.ENDINGS[code] for code in ending_rules.OF_KIND[appeal.kind]},
        "told": ticked,
        "told_words": ending_rules.TOLD,
        "owed_told": told.owed(appeal, ticked),
        "told_form": ToldForm(formdata=None),
        "renew_form": RenewForm(formdata=None, prefix=endings.RENEW),
        "review_at": reviews.deadline(signed[1]) if signed and is_live else None,
    }


def _standing(appeal: Appeal, standings: list[outcomes.Standing]) -> dict[str, object]:
    """What the live part of the page needs."""
    return {
        "appeal": appeal,
        "standings": standings,
        "version": outcomes.version(standings),
        "state": outcomes.APPEAL_STATES[outcomes.state_of(appeal, standings)],
        "channel_states": outcomes.CHANNEL_STATES,
        "revision_states": outcomes.REVISION_STATES,
        "review_on": _review_on(appeal),
        "next_at": _next_at(standings),
        "events": schedule.events(appeal, now=clock.now()),
        "capacity": None if standings else capacity.check(appeal.kind, starts_at=clock.now()),
    }


def _signed(appeal: Appeal) -> tuple[Revision, Approval] | None:
    """The revision that is approved, with its signature."""
    for revision in reversed(appeal.revisions):
        if revision.state == RevisionState.APPROVED and revision.approvals:
            return revision, revision.approvals[-1]
    return None


def _review_on(appeal: Appeal) -> date | None:
    signed = _signed(appeal)
    return signed[1].review_on if signed else None


def _next_at(standings: list[outcomes.Standing]) -> datetime | None:
    return min((one.next_at for one in standings if one.next_at), default=None)


def _can_go_again(appeal: Appeal, today: date) -> bool:
    review_on = _review_on(appeal)
    return bool(appeal.taken_down_at and not appeal.ended_at and review_on and review_on >= today)
