"""The force's settings: name, default and one sentence each; the only table of them."""

from collections.abc import Mapping

from appeal.rules.words import _

MODE = "mode"

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("force_name", "Riverside Police", _("The name of the force as the public reads it.")),
    ("zone", "Europe/Madrid", _("The force's time zone; staffed hours and every shown time are in it.")),
    ("language", "en", _("The force's main language; every appeal has its texts.")),
    ("languages", "en es", _("All languages in which appeals may be written, the main one first.")),
    ("cover_minutes", "60", _("How many staffed minutes must be left for something to go out.")),
    ("country", "ES", _("The country whose public holidays are proposed for the rota, as two letters.")),
    ("region", "", _("Its region, as the code of the country has it; empty for the holidays of the whole country.")),
    ("tip_minutes", "3", _("How many minutes it takes to read a tip; for the check before something goes out.")),
    ("quiet_starts", "22:00", _("From when no telephone rings for a correction or a withdrawal, as 22:00.")),
    ("quiet_ends", "08:00", _("Until when no telephone rings for a correction or a withdrawal, as 08:00.")),
    ("emergency_number", "112", _("The number for a sighting at this moment.")),
    ("phone", "091", _("The number for information that can wait.")),
    (
        "duty_number",
        "+34 600 555 010",
        _("The duty officer's number, shown to people who are themselves shown by mistake."),
    ),
    ("sms_number", "+34600555001", _("The number that takes text messages; empty when there is none.")),
    (
        "contact_en",
        "Call {emergency} if you see the person now.\nCall {phone} with information.",
        _("Default contact lines in English."),
    ),
    (
        "contact_es",
        "Si ve a la persona ahora, llame al {emergency}.\nSi tiene información, llame al {phone}.",
        _("Default contact lines in Spanish."),
    ),
    ("review_days", "14", _("After how many days an approval is reviewed unless the approver says otherwise.")),
    ("claim_minutes", "15", _("How long a claimed tip is kept for the officer who reads it.")),
    ("deadline_live", "5", _("After how many minutes an unread live sighting is late.")),
    ("deadline_about_me", "30", _("After how many minutes an unread message of a person shown is late.")),
    ("deadline_urgent", "240", _("After how many minutes an unread urgent tip is late.")),
    ("deadline_to_read", "2880", _("After how many minutes any other unread tip is late.")),
    ("draw_every", "10", _("One in how many handed out tips comes from below in the queue; 0 for none.")),
    ("reread_percent", "5", _("How many in a hundred closed tips are read again by somebody else.")),
    (
        "keep_tips_days",
        "0",
        _(
            "How many days a tip is kept after it and its appeal are over, then it is erased; 0 erases nothing. "
            "Legal holds and what points away from the person sought are kept."
        ),
    ),
    ("grading", "", _("“3x5x2” if tips are graded by it, else empty.")),
    (
        "guarded_officers",
        "",
        _("The e-mail addresses of the two officers who together lift a lock on suspected abuse material."),
    ),
    ("unbearable_officer", "", _("The e-mail address of the officer who takes over what a reader cannot bear.")),
    ("leave_url", "https://www.wikipedia.org/", _("Where the link that leaves the tip form quickly goes.")),
    (
        "order_kinds",
        "",
        _("The kinds of appeal for which the law wants a judge's order (such as: wanted identify); empty for none."),
    ),
    (
        "lapse_takes_down_missing",
        "no",
        _("Whether a missing person at high risk is taken down when nobody answers the review: yes or no."),
    ),
    ("telephone_authority", "no", _("Whether an approval may be given by telephone and written down: yes or no.")),
    (
        "owed_holds",
        "no",
        _(
            "Whether what has not gone out is held when an authority by telephone is not confirmed within 4 hours, or "
            "an urgent approval not completed within 24 hours: yes or no."
        ),
    ),
    (
        "legal_bases",
        "Warrant or court order\nPrevention and detection of crime\nDanger to life\n"
        "Missing person: vital interests\nPublic information",
        _("The legal bases an approver can choose from, one a line."),
    ),
)

DEFAULTS: Mapping[str, str] = {name: default for name, default, _sentence in SETTINGS}
