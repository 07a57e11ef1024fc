"""How an appeal ends: what it says then, what comes down, what may stay, who is told before anybody else."""

from collections.abc import Mapping
from dataclasses import dataclass

from appeal.rules.words import _

PREFIX = "ending_"
MISTAKEN = "mistaken"
CLOSING_LIMIT = 600

# Who is told before the closing words go out.
TOLD: Mapping[str, str] = {
    "family": _("The family, or whoever reported the person missing"),
    "person": _("The person concerned"),
    "victim": _("The victim"),
    "control_room": _("The control room"),
    "prosecutor": _("The prosecutor or the court"),
}


@dataclass(frozen=True)
class Ending:
    """One way in which an appeal ends; `closing` is the proposed text, `told` are codes of `TOLD`."""

    words: str
    closing: str
    comes_down: str
    may_stay: str
    told: tuple[str, ...]


EVERYTHING = _("Every post, page and picture, on every channel.")
ENDINGS: Mapping[str, Ending] = {
    "found": Ending(
        _("Found"),
        _("The person has been found. Thank you. Please delete the picture and the name wherever you shared them."),
        EVERYTHING,
        _("The closing text. Not where the person is and not how they are."),
        ("family", "control_room"),
    ),
    "arrested": Ending(
        _("Arrested"),
        _("This appeal is over. Thank you. Please delete the picture and the name wherever you shared them."),
        EVERYTHING,
        _("Facts of the arrest without name or picture: from now on a court may be prejudiced."),
        ("victim", "control_room", "prosecutor"),
    ),
    "charged": Ending(
        _("Charged"),
        _("This appeal is over: the matter is before a court. Please delete what you shared of it."),
        EVERYTHING,
        _("The facts of the charge, nothing else."),
        ("victim", "control_room", "prosecutor"),
    ),
    "died": Ending(
        _("Died"),
        _("This appeal has ended. Please delete the picture and the name wherever you shared them, for the family."),
        EVERYTHING,
        _("The closing text, after the family knows."),
        ("family", "control_room"),
    ),
    "mistaken": Ending(
        _("It was a mistake"),
        _("An appeal of ours was wrong. It is withdrawn. Please delete what you shared of it and say so to others."),
        _("Every post, page and picture at once, before anything else is done."),
        _("The force's standing correction, without name or picture."),
        ("control_room", "person"),
    ),
    "superseded": Ending(
        _("Another appeal took its place"),
        _("Another appeal has taken the place of this one. If you shared it, please pass on only the new one."),
        EVERYTHING,
        _("The new appeal, which has an address and file names of its own."),
        ("control_room",),
    ),
    "closed": Ending(
        _("Closed without a result"),
        _("This appeal is over. Thank you to everybody who helped."),
        EVERYTHING,
        _("Form, number and tip code: what comes late is still read."),
        ("family", "control_room"),
    ),
}
OF_KIND: Mapping[str, tuple[str, ...]] = {
    "wanted": ("found", "arrested", "charged", "died", "mistaken", "superseded", "closed"),
    "missing": ("found", "died", "mistaken", "superseded", "closed"),
    "identify": ("found", "arrested", "charged", "mistaken", "superseded", "closed"),
    "witness": ("arrested", "charged", "mistaken", "superseded", "closed"),
    "warning": ("mistaken", "superseded", "closed"),
}
TEXTS: Mapping[str, int] = {PREFIX + code: CLOSING_LIMIT for code in ENDINGS}
LABELS: Mapping[str, str] = {PREFIX + code: ending.words for code, ending in ENDINGS.items()}


def fields(kind: str) -> tuple[str, ...]:
    """The names of the closing texts that an appeal of this kind has."""
    return tuple(PREFIX + code for code in OF_KIND[kind])
