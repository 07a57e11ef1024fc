"""Ten tips at a time by their first lines."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press, tip_words
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept, say
from appeal.tips import board, bulk, own_reasons, skim, views
from appeal.tips.ranking import LANES, TO_READ

pages = Blueprint("tip_skim", __name__)
pages.context_processor(tip_words.context)


@pages.post("/tips/skim")
@needs(Permission.ASSESS)
def block() -> ResponseReturnValue:
    """Claim the next ten and show them; loading it claims, hence a press."""
    lane = request.form.get("lane", TO_READ)
    shown = skim.block(
        actor(), lane=lane if lane in LANES else TO_READ, after=request.form.get("after", ""), now=clock.now()
    )
    if not shown.lines:
        flash(_("No unread tip is left to skim in this lane."), "information")
        return redirect(url_for("tips.queue"))
    is_on, keys = views.keys(actor())
    return render_template(
        "desk/tips/skim.html",
        block=shown,
        lane=lane,
        form=DeskForm(formdata=None),
        references={line.row.id: board.reference(line.row.id) for line in shown.lines},
        choices=skim.choices(),
        reason_codes=own_reasons.known(),
        keys={code.removeprefix("skim."): key for code, key in keys.items() if code.startswith("skim.")},
        keys_on=is_on,
    )


@pages.post("/tips/skim/decide")
@needs(Permission.ASSESS)
def decide() -> ResponseReturnValue:
    """Carry out what was chosen for each line; the lines without a choice go back unread."""
    form, now = DeskForm(), clock.now()
    ids = [int(one) for one in request.form.getlist("tip") if one.isdecimal()]
    choices = [(tip_id, request.form.get(f"choice-{tip_id}", "")) for tip_id in ids]

    def act() -> str:
        outcome = skim.decide(actor(), choices=choices, now=now)
        _tell(outcome)
        return url_for("tips.queue", skimmed=outcome.act_id, lane=request.form.get("lane", TO_READ))

    try:
        address = press.once(form, now, act)
    except BadInput as error:
        flash(error.words, "error")
        return redirect(url_for("tips.queue"))
    if "on" in request.form:
        return block()
    return redirect(address)


@pages.post("/tips/undo/<int:act_id>")
@needs(Permission.ASSESS)
def undo(act_id: int) -> ResponseReturnValue:
    """Put back what was decided together."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        count = bulk.undo(actor(), act_id=act_id, now=now)
        flash(kept(say("%(count)s tips are back where they were.", count=count)), "success")
        return url_for("tips.queue")

    return redirect(press.once(form, now, act))


@pages.post("/tips/together")
@needs(Permission.ASSESS)
def together() -> ResponseReturnValue:
    """Close the chosen tips of a page for one reason; those that nobody opened are closed unread."""
    form, now = DeskForm(), clock.now()
    ids = [int(one) for one in request.form.getlist("chosen") if one.isdecimal()]
    reason = request.form.get("reason", "")

    def act() -> str:
        if not ids or not reason:
            raise BadInput(_("Choose tips and a reason."))
        _tell(bulk.decide(actor(), choices=dict.fromkeys(ids, reason), kind="together", now=now))
        return url_for("tips.queue")

    return redirect(press.once(form, now, act))


def _tell(outcome: bulk.Outcome) -> None:
    flash(kept(say("%(count)s tips are decided. You can undo this.", count=outcome.done)), "success")
    for sentence in dict.fromkeys(outcome.left.values()):
        ids = [board.reference(one) for one, why in outcome.left.items() if why == sentence]
        flash(kept(say("%(why)s Left: %(ids)s", why=sentence, ids=", ".join(ids))), "warning")
