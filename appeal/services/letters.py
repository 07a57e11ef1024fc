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
from appeal.services import channels, force, mistakes, outcomes
from appeal.services.outcomes import Standing

TITLE = _("Where an appeal of ours was shown")
OPENING = _("You asked where you were shown. This is everything we published of this appeal and what became of it.")
REMAINS = _("Those who received it by mail or text message were told that it is over. What they keep we cannot remove.")
CORRECTED = _("Where we said that it was a mistake, without your name or picture")
PARTNER = "partner"
ACKNOWLEDGED = {
    True: _("The partner said that nothing is shown any more"),
    False: _("The partner has not said so yet"),
}
# Recipients who were reached and have not been told yet that it is over.
UNTOLD = ("out", "coming_down", "by_hand", "asked", "unknown")
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
    corrected = _corrected(appeal_id, settings["zone"], language)
    if corrected:
        sheet.paragraph(translate(language, CORRECTED), is_bold=True)
        sheet.facts(corrected)
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
    if one.channel.publisher == PARTNER:
        words = (
            _("The partner said that nothing is shown any more")
            if one.gone_at
            else _("The partner has not said so yet")
        )
        said.append((translate(language, _("Acknowledgement")), translate(language, words)))
    if channels.capabilities(one.channel).removal != Removal.REMOVES:
        said.append((translate(language, _("Remains with")), translate(language, _remains(one))))
    return said


def _remains(one: Standing) -> str:
    """With how many recipients it remains, and how many of them were told; their addresses are not ours to name."""
    untold = sum(one.counts.get(code, 0) for code in UNTOLD)
    return say(
        _("its recipients: %(told)s were told, %(untold)s not yet"), told=one.counts.get("told", 0), untold=untold
    )


def _corrected(appeal_id: int, zone: str, language: str) -> Sequence[tuple[str, str]]:
    """Where the standing correction was posted, and since when."""
    return [
        (
            channel.name,
            moment_in_words(copy.sent_at, zone, language) if copy.sent_at else translate(language, _("not yet")),
        )
        for channel, copy in mistakes.progress(appeal_id).statements
    ]


def _last_entry(appeal_id: int) -> str:
    last = next(iter(ledger.latest(1, target=f"appeal:{appeal_id}")), None)
    return f"{last.place or last.id}, {last.sha256} {last.signature}".strip() if last else ""
