"""The letter for the person concerned: where they were shown, since when, until when, and what remains with whom."""

from collections.abc import Sequence
from datetime import datetime

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.pages import moment_in_words, translate
from appeal.printing import Sheet
from appeal.publishers.base import Removal
from appeal.rules.errors import NotFound, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import channels, force, outcomes
from appeal.services.outcomes import Standing

TITLE = _("Where an appeal of ours was shown")
OPENING = _("You asked where you were shown. This is everything we published of this appeal and what became of it.")
REMAINS = _("Those who received it by mail or text message were told that it is over. What they keep we cannot remove.")
COPIES = _("Copies that others made are not ours. If you see one, tell us: we ask for it to be removed.")
SIGNED = _(
    "The ledger of this force holds each of these moments. Its last entry for this appeal has the number and hash:"
)


def printed(actor: Actor, *, appeal_id: int, language: str, now: datetime) -> bytes:
    """A PDF with a line for each place; it names nobody, so that it can lie on a desk. Printing it is recorded."""
    require(actor, Permission.TAKE_DOWN)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id)
        if appeal is None:
            raise NotFound("There is no such appeal.")
        if appeal.taken_down_at is None:
            raise WrongState(_("The letter is printed when the appeal was taken down."))
        number = appeal.public_id
        ledger.record(session, at=now, actor=actor.label, action="print letter", target=f"appeal:{appeal_id}")
    settings = force.settings()
    sheet = Sheet("A4", title=translate(language, TITLE), language=language, made_at=now)
    sheet.heading(settings["force_name"])
    sheet.heading(translate(language, TITLE), 14)
    sheet.paragraph(moment_in_words(now, settings["zone"], language))
    sheet.paragraph(translate(language, say(_("Appeal %(number)s. %(words)s"), number=number, words=OPENING)))
    for one in outcomes.overview(appeal_id):
        sheet.paragraph(one.channel.name, is_bold=True)
        sheet.facts(_facts(one, settings["zone"], language))
    sheet.paragraph(translate(language, REMAINS))
    sheet.paragraph(translate(language, COPIES))
    sheet.paragraph(f"{translate(language, SIGNED)} {_last_entry(appeal_id)}")
    return sheet.output()


def _facts(one: Standing, zone: str, language: str) -> Sequence[tuple[str, str]]:
    words, _colour = outcomes.CHANNEL_STATES[one.state]
    said = [(translate(language, _("State")), translate(language, words))]
    if one.since:
        said.append((translate(language, _("Shown since")), moment_in_words(one.since, zone, language)))
    if one.gone_at:
        said.append((translate(language, _("Seen to be gone")), moment_in_words(one.gone_at, zone, language)))
    if channels.capabilities(one.channel).removal != Removal.REMOVES:
        said.append((translate(language, _("Remains with")), translate(language, _("its recipients"))))
    return said


def _last_entry(appeal_id: int) -> str:
    last = next(iter(ledger.latest(1, target=f"appeal:{appeal_id}")), None)
    return f"{last.place or last.id}, {last.sha256} {last.signature}".strip() if last else ""
