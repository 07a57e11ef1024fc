"""What a tip says in a language that the desk reads: by a colleague, or by a program of this machine; never a service.

The original stands first and stays what is decided on; who or what translated is said.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select

from appeal import db, installation, ledger
from appeal.models.people import User
from appeal.models.tip import Message
from appeal.models.translation import TipTranslation
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import board, opening
from appeal.wire import command

MOST_LETTERS = 20_000
NONE_SET = _("No program that translates is set up on this machine.")


@dataclass(frozen=True)
class Translation:
    """One translation, opened; `officer` is empty when a program made it."""

    words: str = field(repr=False)
    language: str
    officer: str
    program: str
    made_at: datetime


def write(actor: Actor, *, tip_id: int, message_id: int, language: str, words: str, now: datetime) -> None:
    """Keep what a colleague understood; later ones stand below earlier ones, none is changed."""
    plain = words.strip()
    if not plain or len(plain) > MOST_LETTERS:
        raise BadInput(fields={"words": _("Write the translation, 20,000 characters at most.")})
    _check(actor, tip_id, message_id)
    _keep(actor, tip_id, message_id, language, plain, program="", now=now)


def ask_program(actor: Actor, *, tip_id: int, message_id: int, language: str, now: datetime) -> None:
    """Have the program that this machine is set up with translate a message into a language.

    No transaction is open while it runs. Raises `WrongState` with a sentence when there is none or it fails.
    """
    written = installation.current().config.translate
    if not written:
        raise WrongState(NONE_SET)
    row = _check(actor, tip_id, message_id)
    text = opening.content_of(row.content.sealed)["text"][:MOST_LETTERS]
    if not text.strip():
        raise WrongState(_("This message has no words."))
    answer = command.text_through(written.replace("{to}", shlex.quote(language)), text)
    _keep(actor, tip_id, message_id, language, answer[:MOST_LETTERS], program=_program(written), now=now)


def has_program() -> bool:
    """Whether this machine is set up with a program that translates."""
    return bool(installation.current().config.translate)


def of(tip_id: int) -> Mapping[int, Sequence[Translation]]:
    """The translations of each message of a tip that may be read, the first made first."""
    wanted = select(TipTranslation, User.name).outerjoin(User, User.id == TipTranslation.officer_id)
    found: dict[int, list[Translation]] = {}
    with db.reading() as session:
        rows = session.execute(wanted.where(TipTranslation.tip_id == tip_id).order_by(TipTranslation.id)).all()
    for row, name in rows:
        words = installation.current().desk_keys.open(row.sealed).decode()
        made = Translation(words, row.language, "" if row.program else name or "", row.program, row.made_at)
        found.setdefault(row.message_id, []).append(made)
    return found


def _check(actor: Actor, tip_id: int, message_id: int) -> Message:
    """The message of a tip that the actor holds."""
    require(actor, Permission.ASSESS)
    if board.head(actor, tip_id).holder_id != actor.id:
        raise NotAllowed(_("Claim the tip to translate it."))
    with db.reading() as session:
        row = session.scalar(select(Message).where(Message.id == message_id, Message.tip_id == tip_id))
        if row is None:
            raise NotFound(_("There is no such message."))
        session.refresh(row, ["content"])
    return row


def _keep(
    actor: Actor, tip_id: int, message_id: int, language: str, words: str, *, program: str, now: datetime
) -> None:
    about = {"tip_id": tip_id, "message_id": message_id, "language": language[:8], "officer_id": actor.id}
    with db.writing() as session:
        sealed = installation.current().keys.seal(words.encode())
        session.add(TipTranslation(**about, sealed=sealed, program=program, made_at=now))
        action = "have tip translated" if program else "translate tip"
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}")


def _program(written: str) -> str:
    """The name of the program without its folder and its options."""
    return PurePosixPath(shlex.split(written)[0]).name[:60]
