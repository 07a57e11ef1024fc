"""The force's own danger lines and contact lines per language: kept by an administrator, dialled and dated."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Revision
from appeal.models.force import ForceLine
from appeal.pages import LANGUAGES, translate
from appeal.rules import contacts
from appeal.rules.drafting import CHOICES
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force

DANGER, CONTACT = "danger", "contact"
KINDS = (DANGER, CONTACT)
BODY_LIMIT = 400
NUMBER_SETTINGS = ("emergency_number", "phone", "duty_number", "sms_number")
OWN = "own"


def listed(kind: str = "") -> Sequence[ForceLine]:
    """The lines of the force, or those of one kind, by code and language."""
    with db.reading() as session:
        rows = session.query(ForceLine).order_by(ForceLine.kind, ForceLine.code, ForceLine.language)
        return [one for one in rows if kind in {"", one.kind}]


def keep(actor: Actor, *, kind: str, code: str, language: str, body: str, now: datetime) -> int:
    """Write one line of the force in one language; a changed line has to be dialled again. Returns its id."""
    require(actor, Permission.ADMINISTER)
    _check(kind, code, language, body)
    with db.writing() as session:
        row = session.query(ForceLine).filter_by(kind=kind, code=code, language=language).one_or_none()
        if row is None:
            row = ForceLine(kind=kind, code=code, language=language, body="")
            session.add(row)
        if row.body != body.strip():
            row.body, row.dialled_at, row.dialled_by_id = body.strip(), None, None
        session.flush()
        fields = {"kind": kind, "code": code, "language": language, "body": row.body}
        ledger.record(session, at=now, actor=actor.label, action="keep line", target=f"line:{row.id}", fields=fields)
        return row.id


def dialled(actor: Actor, *, line_id: int, now: datetime) -> None:
    """An administrator called every number of the line and somebody answered."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        row = _found(session, line_id)
        row.dialled_at, row.dialled_by_id = now, actor.id
        ledger.record(session, at=now, actor=actor.label, action="dial line", target=f"line:{line_id}")


def drop(actor: Actor, *, line_id: int, now: datetime) -> None:
    """Take a line off the force's list; appeals that use it keep its words in what was signed."""
    require(actor, Permission.ADMINISTER)
    with db.writing() as session:
        session.delete(_found(session, line_id))
        ledger.record(session, at=now, actor=actor.label, action="drop line", target=f"line:{line_id}")


def dangers(language: str) -> dict[str, str]:
    """Code and words of every danger line in one language: the force's own, else those every force begins with."""
    emergency = force.settings()["emergency_number"]
    known = language if language in LANGUAGES else next(iter(LANGUAGES))
    found = {code: translate(known, words) for code, words in CHOICES[DANGER].items()}
    found |= {one.code: one.body for one in listed(DANGER) if one.language == language}
    return {code: words.replace("{emergency}", emergency) for code, words in found.items()}


def default_contact(language: str, settings: Mapping[str, str]) -> str:
    """The contact lines a new draft begins with: the force's list, else its setting."""
    own = [one.body for one in listed(CONTACT) if one.language == language]
    numbers = {"emergency": settings["emergency_number"], "phone": settings["phone"]}
    return "\n".join(own) or settings.get(f"contact_{language}", "").format(**numbers)


def typed_by_hand(revision: Revision) -> list[tuple[str, str]]:
    """(language, line) of each line of an appeal with a number or address that is not one of the force's."""
    known = _known()
    found: list[tuple[str, str]] = []
    for text in revision.texts:
        is_own_danger = text.field == "danger_own" and revision.facts.get(DANGER) == OWN
        if text.field != CONTACT and not is_own_danger:
            continue
        found += [(text.language, line.strip()) for line in text.body.splitlines() if _targets(line) - known]
    return found


def _known() -> frozenset[str]:
    settings = force.settings()
    own = [settings[name] for name in NUMBER_SETTINGS] + [one.body for one in listed()]
    own += [settings.get(f"contact_{one}", "") for one in settings["languages"].split()]
    return frozenset(target for line in own for target in _targets(line))


def _targets(line: str) -> set[str]:
    """Every number and address of a line, as a telephone dials it."""
    return {address for _text, address in contacts.linked(line) if address}


def _check(kind: str, code: str, language: str, body: str) -> None:
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = _("Choose danger or contact.")
    if not code.isidentifier() or len(code) > 20 or (kind == DANGER and code in {"none", OWN}):
        wrong["code"] = _("A short name of letters and underlines, at most 20.")
    if language not in force.settings()["languages"].split():
        wrong["language"] = _("Choose a language of the force.")
    if not 0 < len(body.strip()) <= BODY_LIMIT:
        wrong["body"] = _("Write the line, 400 characters at the most.")
    if wrong:
        raise BadInput(fields=wrong)


def _found(session: Session, line_id: int) -> ForceLine:
    row = session.get(ForceLine, line_id)
    if row is None:
        raise NotFound("There is no such line.")
    return row
