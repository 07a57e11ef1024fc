"""A call taken at the desk: stored as any other message, with a code that is read out to the caller."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from appeal import db, installation, ledger, sealing
from appeal.rules import terms
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import intake
from appeal.tips.sources import telephone

TOKEN_SECONDS = 12 * 3600.0


def new_token(*, now: datetime) -> str:
    """What makes one tip of two presses, and the code that is read out."""
    return sealing.new_token(installation.current().keys.form_key, now)


def is_ours(token: str, *, now: datetime) -> bool:
    """Whether a page of ours carried this token, not too long ago."""
    return sealing.check_token(installation.current().keys.form_key, token, now, TOKEN_SECONDS)


def take(actor: Actor, *, values: Mapping[str, str], token: str, now: datetime) -> intake.Received:
    """Store what a caller says; the same press again finds the same tip and code. `BadInput` names what is wrong."""
    require(actor, Permission.ASSESS)
    if not is_ours(token, now=now):
        raise BadInput(_("This page was open for too long. What you wrote is still here: send it once more."))
    _check(values)
    said = json.dumps(dict(values), sort_keys=True)
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    message = telephone.parse(values, external_id=f"{token}/{digest}", now=now)
    received = intake.receive(message, token=token)
    if received.is_new:
        with db.writing() as session:
            ledger.record(session, at=now, actor=actor.label, action="take call", target=f"tip:{received.tip_id}")
    return received


def _check(values: Mapping[str, str]) -> None:
    wrong = {}
    if not (values.get("words", "") + values.get("where", "")).strip():
        wrong["words"] = _("Write what the caller says.")
    if values.get("position", "").strip() and terms.position(values["position"]) is None:
        wrong["position"] = _("Write latitude and longitude such as 41.6561, -0.8773, or leave it empty.")
    if wrong:
        raise BadInput(fields=wrong)
