"""What the codes of a tip are called on the desk's pages, and in which colour they are shown."""

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from appeal.pages import LOCALES
from appeal.routes.desk import ledger_words
from appeal.rules import passages
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor
from appeal.rules.words import _
from appeal.services import force
from appeal.tips import (
    alike,
    board,
    guarded,
    handing,
    history,
    radio,
    readings,
    rereading,
    sameness,
    translating,
    triage,
    views,
    work,
)
from appeal.tips.machine import ADDED, CANNOT_OPEN, PARKED, UNKNOWN_LANGUAGE
from appeal.tips.machine import REASONS as MACHINE_REASONS
from appeal.tips.ranking import ABOUT_ME, LIVE, TO_READ, URGENT

# words, colour
LANES: Mapping[str, tuple[str, str]] = {
    LIVE: (_("Live sighting"), "red"),
    ABOUT_ME: (_("About me or wrong person"), "purple"),
    URGENT: (_("Urgent"), "orange"),
    TO_READ: (_("To read"), "blue"),
}
STATES: Mapping[str, tuple[str, str]] = {
    TipState.UNREAD: (_("unread"), "blue"),
    TipState.CLAIMED: (_("being read"), "yellow"),
    TipState.ESCALATED: (_("escalated"), "red"),
    TipState.DONE: (_("done"), "green"),
}
DECISIONS: Mapping[str, str] = {
    "actioned": _("Actioned"),
    "no_further_action": _("No further action"),
    "duplicate": _("Duplicate"),
    "spam": _("Spam"),
    "escalate": _("Escalate"),
    "undone": _("Undone"),
}
SOURCES: Mapping[str, str] = {
    "webform": _("Web form"),
    "sms": _("Text message"),
    "x": _("X"),
    "email": _("E-mail"),
    "bluesky": _("Bluesky"),
    "mastodon": _("Mastodon"),
    "telegram": _("Telegram"),
    "facebook": _("Facebook"),
    "partner": _("A partner"),
    "telephone": _("Telephone"),
    "import": _("Imported"),
}
# What is written beside a marked passage: why it counts, in two words.
CUES: Mapping[str, str] = {
    "about_me": _("about me"),
    "seen_now": _("seen now"),
    "harm_to_come": _("harm to come"),
    "wrong_person": _("wrong person"),
    "recognised": _("recognised"),
    "names_someone": _("a name"),
    "seen_lately": _("seen lately"),
    "gives_place": _("a place"),
    "gives_time": _("a time"),
    "gives_vehicle": _("a vehicle"),
    "looks_like_mockery": _("a joke?"),
    "looks_like_spam": _("advertising?"),
}
ALL_REASONS: Mapping[str, str] = {
    **MACHINE_REASONS,
    CANNOT_OPEN: _("This could not be opened. Tell an administrator."),
    ADDED: _("The person has added something."),
    PARKED: _("Came in a flood and stands behind the others."),
}
FACTS: Mapping[str, str] = {
    "where": _("Where"),
    "when": _("When"),
    "who": _("Who it is"),
    "relation": _("How the sender knows the person"),
    "whereabouts": _("Where the person lives, works or spends time"),
    "seen_how": _("When, where and on what the picture was seen"),
    "seen_with": _("Who was there"),
    "told_before": _("What was heard or read before"),
    "recognised_by": _("By what the person was recognised"),
    "known_since": _("Known since, and seen last"),
    "doubts": _("Doubts"),
    "standing": _("Wants to stay"),
    "safe": _("When and how it is safe to answer"),
    "position": _("Position"),
    "media": _("Pictures at the platform"),
    "links": _("Links"),
    "subject": _("Subject"),
    "is_private": _("Written to the force alone"),
    "is_automatic": _("Written by a program, such as an out-of-office note"),
    "is_cut": _("Too large: only its beginning was read"),
    "is_unreadable": _("Could not be read: the mail is attached as it came"),
    "files_left": _("Files that did not fit"),
    "media_missing": _("Files that the platform did not give"),
    "files_not_kept": _("Files that were sent and not kept: the disk was nearly full"),
}
# Nobody reads these; they only tie a message to a post.
HIDDEN_FACTS = frozenset({"in_reply_to", "conversation", "posted_at"})
SHOWN_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
# Played without sound until the officer turns it on.
SHOWN_VIDEOS = frozenset({"video/mp4", "video/webm", "video/ogg", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/webm"})


def language_name(code: str, language: str) -> str:
    """The language of a tip, named in the officer's language; empty if it is not known."""
    if code in {"", UNKNOWN_LANGUAGE}:
        return ""
    try:
        return Locale.parse(code).get_display_name(LOCALES[language]) or code
    except (UnknownLocaleError, ValueError):
        return code


# The parts of a radio block, in the order in which they are read.
RADIO: Mapping[str, str] = {
    "tip": _("Tip"),
    "what": _("What"),
    "where": _("Where"),
    "position": _("Position"),
    "when": _("When"),
    "plates": _("Number plate"),
    "danger": _("Danger"),
}


def beside(actor: Actor, tip: triage.TipView, shown_in: str) -> dict[str, object]:
    """What stands beside an opened tip: its first reading, work on it, others like it, its history, keys, the radio."""
    settings = force.settings()
    is_on, keys = views.keys(actor)
    return {
        "first": readings.first_of(tip.row.id),
        "notes": work.notes(tip.row.id),
        "actions": work.actions(tip.row.id),
        "outcomes": work.OUTCOMES,
        "alike": alike.beside(actor, tip.row.id),
        "likeness": sameness.REASONS,
        "history": history.of(actor, tip.row.id),
        "act_words": lambda code: ledger_words.action(code, shown_in),
        "spared": guarded.spared(actor, tip.row.id),
        "usual_receiver": guarded.usual_receiver(),
        "translations": translating.of(tip.row.id),
        "has_program": translating.has_program(),
        "colleagues": handing.colleagues(actor),
        "radio": radio.block(board.reference(tip.row.id), tip.messages, zone=settings["zone"]),
        "radio_words": RADIO,
        "grading": settings["grading"],
        "keys_on": is_on,
        "keys": {code.partition(".")[2]: key for code, key in keys.items() if code.startswith(("reason.", "go."))},
        "why_second": rereading.WHY,
        "second": rereading.open_of(tip.row.id),
    }


def context() -> dict[str, object]:
    """The tables under the names that templates know."""
    return {
        "LANES": LANES,
        "CUES": CUES,
        "passages": passages.passages,
        "STATES": STATES,
        "DECISIONS": DECISIONS,
        "SOURCES": SOURCES,
        "REASON_WORDS": ALL_REASONS,
        "FACTS": FACTS,
        "HIDDEN_FACTS": HIDDEN_FACTS,
        "SHOWN_PICTURES": SHOWN_PICTURES,
        "SHOWN_VIDEOS": SHOWN_VIDEOS,
        "language_name": language_name,
    }
