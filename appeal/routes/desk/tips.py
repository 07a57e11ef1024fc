"""The queue of tips and the page of one: claimed, read, decided."""

from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import alarms, press, tip_dialogue, tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.tips import AssessForm, SenderForm
from appeal.rules import clock, tongues
from appeal.rules.errors import BadInput, Changed, NotFound, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept
from appeal.tips import (
    answers,
    board,
    bulk,
    handing,
    lanes,
    lead_pages,
    leads,
    names,
    own_reasons,
    placed,
    readings,
    triage,
    views,
)
from appeal.tips.machine import UNKNOWN_LANGUAGE

MOST_SHOWN = 100
NONE_WAITS = _("No unread tip is waiting.")
# A file of a stranger: it may not run, load or be framed, whatever it is.
FILE_POLICY = "default-src 'none'; sandbox"

pages = Blueprint("tips", __name__)
pages.context_processor(tip_words.context)


@pages.get("/tips")
@needs(Permission.READ_TIPS)
def queue() -> ResponseReturnValue:
    """One page of a list: waiting, mine or done."""
    wanted = _wanted()
    after, before = request.args.get("after", ""), request.args.get("before", "")
    now = clock.now()
    page = board.page(actor(), wanted, now=now, after=after, before=before)
    if (after or before) and not page.rows and not page.next_cursor:
        return redirect(_queue_address(wanted))
    return render_template(
        "desk/tips/queue.html",
        wanted=wanted,
        page=page,
        previous_address=_queue_address(wanted, before=page.previous_cursor) if page.previous_cursor else "",
        next_address=_queue_address(wanted, after=page.next_cursor) if page.next_cursor else "",
        references={row.id: board.reference(row.id) for row in page.rows},
        titles=board.titles(language()),
        heads=lanes.heads(now),
        live_address=_live_address(wanted, page, after, before),
        mark=board.mark(page.rows),
        form=DeskForm(formdata=None),
        lists=board.LISTS,
        names=names.given(actor(), appeal=wanted.appeal),
        missed=readings.missed(),
        views=[(view.id, view.name, _address("tips.queue", view.filters)) for view in views.of(actor())],
        filters=_filters(wanted),
        language_codes=[*tongues.LANGUAGES, UNKNOWN_LANGUAGE],
        without_place={name: value for name, value in _filters(wanted).items() if name != "place"},
        undoable=bulk.latest(actor()),
        to_hide=answers.waiting(actor()),
        reference_of=board.reference,
        findings=leads.FINDINGS,
        held_checks=leads.holding([row.lead_id for row in page.rows if row.lead_id], now),
        reasons=[one for one in own_reasons.current() if one.decision in bulk.CLOSING],
    )


@pages.post("/tips/place")
@needs(Permission.READ_TIPS)
def at_place() -> ResponseReturnValue:
    """The same list of one place: the place itself stands in no address."""
    kept_filters = {name: request.form.get(name, "") for name in views.FILTERS}
    try:
        kept_filters["place"] = placed.mark(request.form.get("near", ""))
    except BadInput as error:
        flash(next(iter(error.fields.values()), error.words), "error")
    return redirect(_address("tips.queue", {name: value for name, value in kept_filters.items() if value}))


@pages.get("/tips/live")
@needs(Permission.READ_TIPS)
def live() -> ResponseReturnValue:
    """What changed on a page of the queue since it was loaded; 204 if nothing did. Rows keep their place."""
    wanted = _wanted()
    after, before = request.args.get("after", ""), request.args.get("before", "")
    shown_ids = [int(one) for one in request.args.get("shown", "").split(".") if one.isdecimal()][:MOST_SHOWN]
    now = clock.now()
    page = board.page(actor(), wanted, now=now, after=after, before=before)
    now_there = board.rows(actor(), shown_ids)
    new = sum(row.id not in shown_ids for row in page.rows)
    mark = board.mark([now_there[tip_id] for tip_id in shown_ids if tip_id in now_there]) + (f"-{new}" if new else "")
    if mark == request.args.get("mark", ""):
        return "", 204
    return render_template(
        "desk/tips/live.html",
        rows=now_there.values(),
        new=new,
        is_other_count=request.args.get("mark", "").partition("-")[2] != (str(new) if new else ""),
        mark=mark,
        heads=lanes.heads(now),
        again=_queue_address(wanted, after, before),
    )


@pages.get("/tips/find")
@needs(Permission.READ_TIPS)
def find() -> ResponseReturnValue:
    """The tip with a reference."""
    try:
        return redirect(url_for("tips.show", tip_id=board.find(request.args.get("reference", ""))))
    except NotFound as error:
        flash(error.words, "error")
        return redirect(url_for("tips.queue"))


@pages.post("/tips/next")
@needs(Permission.ASSESS)
def hand_out() -> ResponseReturnValue:
    """Claim the tip that should be read next."""
    return redirect(press.once(DeskForm(), clock.now(), _next_address))


@pages.get("/tips/<int:tip_id>")
@needs(Permission.READ_TIPS)
def show(tip_id: int) -> ResponseReturnValue:
    """One tip: opened for whoever holds it, and for whoever asks to read one that is done."""
    return _tip_page(tip_id, AssessForm(formdata=None), SenderForm(formdata=None))


@pages.post("/tips/<int:tip_id>/claim")
@needs(Permission.ASSESS)
def claim(tip_id: int) -> ResponseReturnValue:
    """Take a tip; whoever is second is told who has it."""
    form, now, here = DeskForm(), clock.now(), url_for("tips.show", tip_id=tip_id)

    def act() -> str:
        triage.claim(actor(), tip_id=tip_id, now=now, why=request.form.get("why", ""))
        return here

    try:
        return redirect(press.once(form, now, act))
    except WrongState as error:
        flash(kept(error.words), "warning")
    except BadInput as error:
        if not error.fields:
            raise
        flash(kept(next(iter(error.fields.values()))), "error")
    return redirect(here)


@pages.post("/tips/<int:tip_id>/read")
@needs(Permission.ASSESS)
def read(tip_id: int) -> ResponseReturnValue:
    """A restricted tip that is done, for a reason; shown in the answer itself and nowhere else."""
    now, why = clock.now(), request.form.get("why", "")
    try:
        opened = triage.read_restricted(actor(), tip_id=tip_id, why=why, now=now)
    except BadInput as error:
        flash(kept(next(iter(error.fields.values()), error.words)), "error")
        return redirect(url_for("tips.show", tip_id=tip_id))
    return _tip_page(tip_id, AssessForm(formdata=None), SenderForm(formdata=None), read=opened)


@pages.post("/tips/<int:tip_id>/release")
@needs(Permission.ASSESS)
def release(tip_id: int) -> ResponseReturnValue:
    """Give a tip back."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        triage.release_claim(actor(), tip_id=tip_id, now=now)
        flash(_("The tip is back in the queue."), "success")
        return url_for("tips.queue")

    try:
        return redirect(press.once(form, now, act))
    except WrongState as error:
        flash(kept(error.words), "warning")
        return redirect(url_for("tips.show", tip_id=tip_id))


@pages.post("/tips/<int:tip_id>/assess")
@needs(Permission.ASSESS)
def assess(tip_id: int) -> ResponseReturnValue:
    """Decide on a tip and go on to the next one."""
    form, now = AssessForm(), clock.now()
    if not form.validate_on_submit():
        return _tip_page(tip_id, form, SenderForm(formdata=None))

    def act() -> str:
        decision = own_reasons.known()[form.reason.data].decision
        triage.assess(
            actor(),
            tip_id=tip_id,
            decision=decision,
            reason=form.reason.data,
            now=now,
            words=form.words.data or "",
            duplicate_of=_duplicate_of(form) if decision == "duplicate" else None,
            seen=form.seen.data or 0,
            grade=form.grade.data or "",
            points_away=bool(form.points_away.data),
        )
        flash(_("Your decision is kept."), "success")
        return _next_address()

    try:
        return redirect(press.once(form, now, act))
    except Changed as error:
        form.form_errors.append(error.words)
    except BadInput as error:
        form.show(error)
    except WrongState as error:
        flash(kept(error.words), "warning")
        return redirect(url_for("tips.show", tip_id=tip_id))
    return _tip_page(tip_id, form, SenderForm(formdata=None))


@pages.post("/tips/<int:tip_id>/sender")
@needs(Permission.ASSESS)
def sender(tip_id: int) -> ResponseReturnValue:
    """Who sent the tip, in the answer itself: it must not be kept anywhere, so nothing is redirected to.

    Every press is an act of its own and stands in the ledger.
    """
    form = SenderForm()
    contacts = None
    if form.validate_on_submit():
        try:
            contacts = triage.reveal(actor(), tip_id=tip_id, reason=form.why.data, now=clock.now())
        except BadInput as error:
            form.show(BadInput(fields={"why": error.words}))
    return _tip_page(tip_id, AssessForm(formdata=None), form, contacts)


@pages.get("/tips/<int:tip_id>/files/<int:message_id>/<int:position>")
@needs(Permission.READ_TIPS)
def file(tip_id: int, message_id: int, position: int) -> ResponseReturnValue:
    """One file: of a picture the copy made for looking at, everything else and every original is handed over."""
    name, mime, content = board.open_file(
        actor(),
        tip_id=tip_id,
        message_id=message_id,
        position=position,
        now=clock.now(),
        is_original="download" in request.args,
    )
    is_shown = mime in tip_words.SHOWN_PICTURES or mime in tip_words.SHOWN_VIDEOS
    response: Response = send_file(
        BytesIO(content),
        mimetype=mime if is_shown else "application/octet-stream",
        as_attachment=not is_shown or "download" in request.args,
        download_name=name or f"file-{position}",
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def _tip_page(
    tip_id: int,
    assess_form: AssessForm,
    sender_form: SenderForm,
    contacts: tuple[dict[str, str], ...] | None = None,
    read: triage.TipView | None = None,
) -> ResponseReturnValue:
    head = board.head(actor(), tip_id)
    is_mine = head.row.state == TipState.CLAIMED and head.holder_id == actor().id
    is_open = head.row.state == TipState.DONE and not head.row.is_restricted and "read" in request.args
    opened = read or (triage.view(actor(), tip_id=tip_id, now=clock.now()) if is_mine or is_open else None)
    if opened:
        # What is on this page now counts, not what was on the one that was sent.
        assess_form.seen.data, assess_form.seen.raw_data = opened.row.message_count, None
    has_errors = bool(assess_form.errors or sender_form.errors)
    return render_template(
        "desk/tips/tip.html",
        head=head,
        tip=opened,
        is_mine=is_mine,
        reference=board.reference(tip_id),
        titles=board.titles(language()),
        reasons=own_reasons.current(),
        assess_form=assess_form,
        sender_form=sender_form,
        contacts=contacts,
        press_form=DeskForm(formdata=None),
        reason_codes=own_reasons.known(),
        reference_of=board.reference,
        check=lead_pages.checked(head.row.lead_id, clock.now()) if opened and head.row.lead_id else None,
        findings=leads.FINDINGS,
        is_next="next" in request.args,
        **alarms.of_tip(actor(), tip_id),
        **(tip_dialogue.of_tip(tip_id) if opened else {}),
        **(tip_words.beside(actor(), opened, language()) if opened else {}),
    ), 400 if has_errors else 200


def _next_address() -> str:
    tip_id = handing.claim_next(actor(), now=clock.now())
    if tip_id is None:
        flash(NONE_WAITS, "information")
        return url_for("tips.queue")
    return url_for("tips.show", tip_id=tip_id, next=1)


def _duplicate_of(form: AssessForm) -> int | None:
    written = (form.duplicate_of.data or "").strip()
    if not written:
        return None
    try:
        return board.find(written)
    except NotFound as error:
        raise BadInput(fields={"duplicate_of": error.words}) from None


def _wanted() -> board.Wanted:
    given = request.args
    return board.Wanted(
        which=given.get("which") or board.WAITING,
        hours=given.get("hours", 0, type=int) or 0,
        has_pictures=given.get("pictures") == "1",
        **{name: given.get(name, "") for name in ("appeal", "lane", "source", "language", "state", "place")},
    )


def _filters(wanted: board.Wanted) -> dict[str, str]:
    """What an address must carry to show the same list; nothing for what is usual."""
    same = ("appeal", "lane", "source", "language", "state", "place")
    given = {
        "which": "" if wanted.which == board.WAITING else wanted.which,
        "hours": str(wanted.hours) if wanted.hours > 0 else "",
        "pictures": "1" if wanted.has_pictures else "",
        **{name: getattr(wanted, name) for name in same},
    }
    return {name: value for name, value in given.items() if value}


def _cursors(after: str, before: str) -> dict[str, str]:
    return {name: value for name, value in (("after", after), ("before", before)) if value}


def _queue_address(wanted: board.Wanted, after: str = "", before: str = "") -> str:
    return _address("tips.queue", _filters(wanted) | _cursors(after, before))


def _address(endpoint: str, values: dict[str, str]) -> str:
    return f"{url_for(endpoint)}?{urlencode(values)}" if values else url_for(endpoint)


def _live_address(wanted: board.Wanted, page: board.Page, after: str, before: str) -> str:
    shown = ".".join(str(row.id) for row in page.rows)
    return _address("tips.live", _filters(wanted) | _cursors(after, before) | {"shown": shown})
