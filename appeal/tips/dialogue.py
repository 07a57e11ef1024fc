"""What the desk asks somebody who left a code, and how it tells them in neutral words what came of it.

Everything is sealed to the desk and to the key of the person's code: the public process hands it on and can open it
only while the code is typed. The seed of that key came sealed with the person's own message.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, selectinload

from appeal import db, installation, ledger, sealing
from appeal.models.dialogue import Said
from appeal.models.people import User
from appeal.models.tip import Message, Tip
from appeal.rules.errors import BadInput, CannotOpen, NotFound, Overloaded, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import opening, visible

QUESTION, OUTCOME = "question", "outcome"
MOST_WORDS, MOST_SAID = 1_000, 50
SEEN = text("UPDATE tip_dialogue SET seen_at = :now WHERE tip_id = :tip_id AND seen_at IS NULL").bindparams(
    bindparam("now", type_=db.UtcDateTime())
)
NO_CODE = _("This person left no code: they cannot be asked in this way.")
# What a person may learn: nothing of it names anybody or says what was decided.
OUTCOMES = {
    "helped": _("Thank you. What you told us was of use."),
    "enough": _("Thank you. We need nothing more from you."),
    "cannot_say": _("Thank you. We may not say more about what came of it."),
}


@dataclass(frozen=True)
class Line:
    """One thing that was said to the person; `words` is the question or the code of the outcome."""

    id: int
    kind: str
    words: str = field(repr=False)
    said_at: datetime
    seen_at: datetime | None
    officer: str = ""


def ask(actor: Actor, *, tip_id: int, words: str, now: datetime) -> None:
    """Put a question where the person finds it with their code; `BadInput` without words, `WrongState` without code."""
    plain = words.strip()
    if not plain or len(plain) > MOST_WORDS:
        raise BadInput(fields={"question": _("Write your question, 1,000 characters at most.")})
    _say(actor, tip_id, QUESTION, plain, "ask person", now)


def tell_outcome(actor: Actor, *, tip_id: int, outcome: str, now: datetime) -> None:
    """Let the person read, in neutral words, what came of it."""
    if outcome not in OUTCOMES:
        raise BadInput(fields={"outcome": _("Choose what the person may read.")})
    _say(actor, tip_id, OUTCOME, outcome, "tell person outcome", now)


def of_tip(tip_id: int) -> Sequence[Line]:
    """Everything that was said to the person, opened for the desk, the oldest first."""
    with db.reading() as session:
        return lines(session, tip_id)


def lines(session: Session, tip_id: int) -> list[Line]:
    """The same inside a transaction."""
    wanted = select(Said, User.name).join(User, User.id == Said.officer_id).where(Said.tip_id == tip_id)
    found = session.execute(wanted.order_by(Said.id), execution_options={"populate_existing": True})
    return [
        Line(
            row.id, row.kind, _opened(installation.current().desk_keys.open(row.sealed)), row.said_at, row.seen_at, who
        )
        for row, who in found
    ]


def can_answer(tip_id: int) -> bool:
    """Whether the person left a code with which they may come back."""
    with db.reading() as session:
        return session.scalar(select(Tip.code_hash).where(Tip.id == tip_id)) is not None


def read(tip_id: int, code: str) -> Sequence[Line]:
    """What the person may read with this code, which is the tip's; what cannot be opened with it is left out."""
    identity = sealing.code_identity(code)
    wanted = select(Said.id, Said.kind, Said.sealed, Said.said_at, Said.seen_at).where(Said.tip_id == tip_id)
    found = []
    with db.reading() as session:
        for row in session.execute(wanted.order_by(Said.id)):
            try:
                words = _opened(sealing.open_sealed(row.sealed, [identity]))
            except CannotOpen:
                continue
            found.append(Line(row.id, row.kind, words, row.said_at, row.seen_at))
    return found


def seen(tip_id: int, said: Sequence[Line], *, now: datetime) -> None:
    """Keep that the person came back after these were said; that is worth no error page when it cannot be kept."""
    if any(line.seen_at is None for line in said):
        minute = now.replace(second=0, microsecond=0)
        with suppress(Overloaded, DBAPIError):
            db.write_together([(SEEN, {"tip_id": tip_id, "now": minute})])


def _say(actor: Actor, tip_id: int, kind: str, words: str, action: str, now: datetime) -> None:
    require(actor, Permission.ASSESS)
    visible.check(actor, tip_id)
    with db.writing() as session:
        recipient = _recipient(session, tip_id)
        count = len(session.scalars(select(Said.id).where(Said.tip_id == tip_id)).all())
        if count >= MOST_SAID:
            raise WrongState(_("So much was said to this person already that nothing more is added."))
        body = json.dumps({"words": words}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        sealed = sealing.seal(body, [*installation.current().keys.recipients, recipient])
        session.add(Said(tip_id=tip_id, officer_id=actor.id, kind=kind, sealed=sealed, said_at=now))
        code = words if kind == OUTCOME else ""
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}", reason_code=code)


def _recipient(session: Session, tip_id: int) -> str:
    """The public key of the person's code, made from the seed that came with their words."""
    wanted = select(Tip).where(Tip.id == tip_id).options(selectinload(Tip.messages).joinedload(Message.content))
    tip = session.scalar(wanted.execution_options(populate_existing=True))
    if tip is None:
        raise NotFound(_("There is no such tip."))
    for message in tip.messages if tip.code_hash else ():
        seed = opening.content_of(message.content.sealed).get("answer_seed")
        if seed:
            return sealing.seed_recipient(seed)
    raise WrongState(NO_CODE)


def _opened(body: bytes) -> str:
    words: str = json.loads(body.decode("utf-8", "surrogatepass"))["words"]
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
