"""The force's settings: name, label, default and one sentence each; the only table of them."""

from collections.abc import Mapping
from typing import NamedTuple

from appeal.rules.words import _

MODE = "mode"


class Setting(NamedTuple):
    """One line of the table: its name, its label on the page, what it is at first, and a sentence that explains it."""

    name: str
    label: str
    default: str
    sentence: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "force_name", _("Name of the force"), "Riverside Police", _("The name of the force as the public reads it.")
    ),
    Setting(
        "zone",
        _("Time zone"),
        "Europe/Madrid",
        _("The force's time zone; staffed hours and every shown time are in it."),
    ),
    Setting("language", _("Main language"), "en", _("The force's main language; every appeal has its texts.")),
    Setting(
        "languages",
        _("Languages of appeals"),
        "en es",
        _("All languages in which appeals may be written, the main one first."),
    ),
    Setting(
        "cover_minutes",
        _("Staffed minutes that must be left"),
        "60",
        _("How many staffed minutes must be left for something to go out."),
    ),
    Setting(
        "country", _("Country"), "ES", _("The country whose public holidays are proposed for the rota, as two letters.")
    ),
    Setting(
        "region",
        _("Region"),
        "",
        _("Its region, as the code of the country has it; empty for the holidays of the whole country."),
    ),
    Setting(
        "tip_minutes",
        _("Minutes to read a tip"),
        "3",
        _("How many minutes it takes to read a tip; for the check before something goes out."),
    ),
    Setting(
        "quiet_starts",
        _("Quiet time begins"),
        "22:00",
        _("From when no telephone rings for a correction or a withdrawal, as 22:00."),
    ),
    Setting(
        "quiet_ends",
        _("Quiet time ends"),
        "08:00",
        _("Until when no telephone rings for a correction or a withdrawal, as 08:00."),
    ),
    Setting("emergency_number", _("Emergency number"), "112", _("The number for a sighting at this moment.")),
    Setting("phone", _("Number for information"), "091", _("The number for information that can wait.")),
    Setting(
        "duty_number",
        _("Duty officer's number"),
        "+34 600 555 010",
        _("The duty officer's number, shown to people who are themselves shown by mistake."),
    ),
    Setting(
        "sms_number",
        _("Number for text messages"),
        "+34600555001",
        _("The number that takes text messages; empty when there is none."),
    ),
    Setting(
        "contact_en",
        _("Contact lines in English"),
        "Call {emergency} if you see the person now.\nCall {phone} with information.",
        _("Default contact lines in English."),
    ),
    Setting(
        "contact_es",
        _("Contact lines in Spanish"),
        "Si ve a la persona ahora, llame al {emergency}.\nSi tiene información, llame al {phone}.",
        _("Default contact lines in Spanish."),
    ),
    Setting(
        "review_days",
        _("Days until a review"),
        "14",
        _("After how many days an approval is reviewed unless the approver says otherwise."),
    ),
    Setting(
        "read_languages",
        _("Languages that the desk reads"),
        "en es",
        _("The languages that somebody at the desk reads, as codes; tips in others are marked on the queue."),
    ),
    Setting(
        "claim_minutes",
        _("Minutes that a tip is kept for its reader"),
        "15",
        _("How long a claimed tip is kept for the officer who reads it."),
    ),
    Setting(
        "deadline_live",
        _("Minutes until a live sighting is late"),
        "5",
        _("After how many minutes an unread live sighting is late."),
    ),
    Setting(
        "deadline_about_me",
        _("Minutes until a message of a person shown is late"),
        "30",
        _("After how many minutes an unread message of a person shown is late."),
    ),
    Setting(
        "deadline_urgent",
        _("Minutes until an urgent tip is late"),
        "240",
        _("After how many minutes an unread urgent tip is late."),
    ),
    Setting(
        "deadline_to_read",
        _("Minutes until any other tip is late"),
        "2880",
        _("After how many minutes any other unread tip is late."),
    ),
    Setting(
        "draw_every",
        _("One tip in how many comes from below"),
        "10",
        _("One in how many handed out tips comes from below in the queue; 0 for none."),
    ),
    Setting(
        "reread_percent",
        _("Closed tips read again, in a hundred"),
        "5",
        _("How many in a hundred closed tips are read again by somebody else."),
    ),
    Setting(
        "keep_tips_days",
        _("Days that tips are kept"),
        "0",
        _(
            "How many days a tip is kept after it and its appeal are over, then it is erased; 0 erases nothing. "
            "Legal holds and what points away from the person sought are kept."
        ),
    ),
    Setting("grading", _("Grading of tips"), "", _("“3x5x2” if tips are graded by it, else empty.")),
    Setting(
        "guarded_officers",
        _("Officers for what nobody else may open"),
        "",
        _("The e-mail addresses of the two officers who together lift a lock on suspected abuse material."),
    ),
    Setting(
        "unbearable_officer",
        _("Officer for what is unbearable"),
        "",
        _("The e-mail address of the officer who takes over what a reader cannot bear."),
    ),
    Setting(
        "leave_url",
        _("Where “Leave quickly” goes"),
        "https://www.wikipedia.org/",
        _("Where the link that leaves the tip form quickly goes."),
    ),
    Setting(
        "order_kinds",
        _("Kinds that need a judge's order"),
        "",
        _("The kinds of appeal for which the law wants a judge's order (such as: wanted identify); empty for none."),
    ),
    Setting(
        "order_needs_file",
        _("The order itself has to be attached"),
        "no",
        _("Whether such an appeal is approved only when the judge's order is attached as a file: yes or no."),
    ),
    Setting(
        "lapse_takes_down_missing",
        _("A lapsed review takes down a missing person at high risk"),
        "no",
        _("Whether a missing person at high risk is taken down when nobody answers the review: yes or no."),
    ),
    Setting(
        "telephone_authority",
        _("Approval by telephone"),
        "no",
        _("Whether an approval may be given by telephone and written down: yes or no."),
    ),
    Setting(
        "subject_officer",
        _("Officer for requests of persons concerned"),
        "",
        _("The name of the one officer who may look for everything held on a name; empty for every auditor."),
    ),
    Setting(
        "owed_holds",
        _("What is owed holds what has not gone out"),
        "no",
        _(
            "Whether what has not gone out is held when an authority by telephone is not confirmed within 4 hours, or "
            "an urgent approval not completed within 24 hours: yes or no."
        ),
    ),
    Setting(
        "legal_bases",
        _("Legal bases"),
        "Warrant or court order\nPrevention and detection of crime\nDanger to life\n"
        "Missing person: vital interests\nPublic information",
        _("The legal bases an approver can choose from, one a line."),
    ),
)

DEFAULTS: Mapping[str, str] = {one.name: one.default for one in SETTINGS}
