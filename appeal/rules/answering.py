"""Who may answer a post in public: chosen for each release, never more open than its channel."""

from collections.abc import Mapping

from appeal.rules.words import _, say

OPEN, LIMITED, CLOSED = "open", "limited", "closed"
# The more open first.
CHOICES: Mapping[str, str] = {
    OPEN: _("Everybody"),
    LIMITED: _("Only whom the account follows, or as few as the platform lets us"),
    CLOSED: _("Nobody, or as few as the platform lets us"),
}
# People answer a wanted person with what they saw; who guesses at a name in public, or answers advice, harms somebody.
DEFAULTS: Mapping[str, str] = {"wanted": OPEN, "missing": OPEN, "identify": LIMITED, "witness": OPEN, "warning": CLOSED}
# The part of a post in which the choice travels to whoever sends it.
FILE = "May-Answer"
SAYS = _("Who may answer in public: %(who)s.")
CANNOT = _("Everybody may answer there, because this platform limits nobody: answers are hidden one by one.")
CANNOT_HIDE = _("Everybody may answer there, because this platform limits nobody and lets us hide nothing.")


def files(choice: str) -> dict[str, str]:
    """What a post carries of the choice; nothing where everybody may answer."""
    return {FILE: choice} if choice in {LIMITED, CLOSED} else {}


def stricter(choice: str, own: str, meant: Mapping[str, str]) -> str:
    """The platform's word for the stricter of both; `own` is the channel's, `meant` the words by choice."""
    if choice not in {LIMITED, CLOSED}:
        return own
    words, wanted = list(meant.values()), meant[choice]
    return own if own in words and words.index(own) >= words.index(wanted) else wanted


def note(choice: str, *, limits: bool, hides: bool) -> str:
    """What an approver reads about it; empty where everybody may answer."""
    if choice not in {LIMITED, CLOSED}:
        return ""
    if limits:
        return say(SAYS, who=CHOICES[choice])
    return CANNOT if hides else CANNOT_HIDE
