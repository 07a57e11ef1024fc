"""Optional pages after the words are stored: each keeps what is on it as one more message and leads to the next."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from appeal import pages as house_pages
from appeal import sealing
from appeal.routes.forms.further import CARRIED, FORMS, HEADINGS, NO_DATE, FurtherForm
from appeal.routes.public import around, tell
from appeal.rules import geo, terms
from appeal.rules.clock import now
from appeal.rules.errors import BadInput, Overloaded
from appeal.rules.geo import Frame
from appeal.rules.words import _
from appeal.services import outline
from appeal.tips import intake

SAVE, SKIP, FINISH = "save", "skip", "finish"
# What a press that moves the map is called, and how it reads.
MOVES = {
    "north": _("North"),
    "south": _("South"),
    "west": _("West"),
    "east": _("East"),
    "in": _("Nearer"),
    "out": _("Farther"),
}
MOST_YEARS = 100
NO_POSITION = _("Write latitude and longitude such as 41.6561, -0.8773, or leave it empty.")
TOO_EARLY = _("This day is more than 100 years ago.")
TOO_LATE = _("This day has not come yet.")

pages = Blueprint("further", __name__, url_prefix=f"/<any({tell.LANGUAGES}):lang>")
pages.after_request(tell.guard)
pages.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(tell.refused)


@pages.post("/tell/further")
def further(lang: str) -> Response:
    """Show a page, keep what is on it, or go on; nothing is asked before the person has told freely what they know."""
    moment, act = now(), request.form.get("act", "")
    step = request.form.get("step", "")
    token = request.form.get("token", "")
    if step not in FORMS or not tell.is_ours(token, moment) or not intake.is_stored(token):
        return tell.words_first(lang)
    if act not in {SAVE, SKIP, FINISH, *MOVES}:
        return _page(lang, FORMS[step](data={"token": token, "step": step}), step)
    found = FORMS[step](request.form)
    if act in MOVES:
        return _moved(lang, found, step, act)
    try:
        if act != SKIP:
            _keep(lang, found, step, moment)
    except BadInput as error:
        if error.fields or error.words:
            found.show(error)
        return _page(lang, found, step, HTTPStatus.BAD_REQUEST)
    except (Overloaded, DBAPIError) as error:
        found.show(BadInput(tell.why(lang, error)))
        return tell.later(_page(lang, found, step, HTTPStatus.SERVICE_UNAVAILABLE), error)
    return _next(lang, token, step, act, moment)


def _next(lang: str, token: str, step: str, act: str, moment: datetime) -> Response:
    order = list(FORMS)
    after = order[order.index(step) + 1 :]
    if act == FINISH or not after:
        return tell.thanks(lang, sealing.tip_code(token), token, moment, is_added=True)
    return _page(lang, FORMS[after[0]](data={"token": token, "step": after[0]}), after[0])


def _keep(lang: str, found: FurtherForm, step: str, moment: datetime) -> None:
    """Store what was answered; an empty page stores nothing. `BadInput` names what cannot be."""
    values = _answers(found, step, moment)
    if any(value.strip() for value in values.values()):
        tell.receive(lang, values, (), found.token.data or "", moment)


def _answers(found: FurtherForm, step: str, moment: datetime) -> dict[str, str]:
    if step == "when":
        return _moment(found, moment)
    values = {field.name: str(field.data or "") for field in found if field.name not in CARRIED}
    if values.get("position", "").strip() and terms.position(values["position"]) is None:
        raise BadInput(fields={"position": NO_POSITION})
    if values.get("standing") not in {None, "confidential", "named"}:
        # Who wants to stay anonymous is never kept by name, whatever the browser filled in.
        return {}
    return values


def _moment(found: FurtherForm, moment: datetime) -> dict[str, str]:
    """Day and time as one answer; a day that cannot be is named."""
    wrong = {name: NO_DATE for name in ("on", "at") if not found[name].validate(found) or _is_odd(found, name)}
    day: date | None = found["on"].data
    if day and day > moment.date() + timedelta(days=1):
        wrong["on"] = TOO_LATE
    elif day and day.year < moment.year - MOST_YEARS:
        wrong["on"] = TOO_EARLY
    if wrong:
        for name in wrong:
            found[name].errors = []
        raise BadInput(fields=wrong)
    at = found["at"].data
    said = [day.isoformat() if day else "", f"{at:%H:%M}" if at else "", found["when"].data or ""]
    return {"when": " ".join(part for part in said if part.strip())}


def _is_odd(found: FurtherForm, name: str) -> bool:
    """Whether something was typed that is no day or no time."""
    typed = "".join(found[name].raw_data or [])
    return bool(typed.strip()) and found[name].data is None


def _moved(lang: str, found: FurtherForm, step: str, act: str) -> Response:
    """The map after one press: the point is where its middle is now."""
    frame = _frame(found)
    if frame is not None and step == "where":
        frame = frame.moved(act)
        found["position"].data = "{:.5f}, {:.5f}".format(*_middle(frame))
        found.frame.data = _written(frame)
    return _page(lang, found, step)


def _page(lang: str, found: FurtherForm, step: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    order = list(FORMS)
    alternates = [(other, f"/{other}/tell") for other in house_pages.languages()]
    about = {"step": step, "heading": HEADINGS[step], "number": order.index(step) + 1, "count": len(order)}
    map_ = _map(found) if step == "where" else None
    page = around.render("further.html", lang, now(), form=found, alternates=alternates, map=map_, moves=MOVES, **about)
    return tell.with_script(Response(page, status))


def _map(found: FurtherForm) -> Mapping[str, object] | None:
    """What the map draws; None where the force gave no outline and no point was named."""
    frame = _frame(found)
    if frame is None:
        return None
    found.frame.data = _written(frame)
    ground = _ground()
    place = terms.position(found["position"].data or "")
    chosen = place if place and frame.holds(place) else None
    return {
        "height": frame.height,
        "frame": _written(frame),
        "paths": geo.paths(ground, frame),
        "names": [(name, *frame.at(at)) for name, at in ground.names if frame.holds(at)],
        "marker": frame.at(chosen or _middle(frame)),
        "is_chosen": chosen is not None,
    }


def _frame(found: FurtherForm) -> Frame | None:
    """What is shown: what was shown before, what lies around the point that was typed, or the force's ground."""
    place = terms.position(found["position"].data or "") if "position" in found else None
    known = _read(found.frame.data or "")
    if known and (place is None or known.holds(place)):
        return known
    if place:
        return geo.around([place])
    ground = _ground()
    return geo.around([at for line in ground.lines for at in line] + [at for _name, at in ground.names])


def _ground() -> geo.Outline:
    try:
        return outline.outline()
    except DBAPIError:
        return geo.Outline()


def _read(written: str) -> Frame | None:
    """The frame that a page carried; None for anything that is none."""
    try:
        south, west, north, east = (float(part) for part in written[:80].split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (south, west, north, east))):
        return None
    is_frame = -90 <= south < north <= 90 and -180 <= west < east <= 180
    return Frame(south, west, north, east) if is_frame else None


def _written(frame: Frame) -> str:
    return ",".join(f"{value:.6f}" for value in (frame.south, frame.west, frame.north, frame.east))


def _middle(frame: Frame) -> tuple[float, float]:
    return (frame.south + frame.north) / 2, (frame.west + frame.east) / 2
