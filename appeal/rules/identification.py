"""How far a person is identified, and what may be said at each level."""

from collections.abc import Mapping
from dataclasses import dataclass

from appeal.rules.words import _


@dataclass(frozen=True)
class Level:
    """One level: `lead` is how an appeal may speak at it; `kinds` are the appeals that can be at it.

    `may_name`: a name may be given. `may_say_guilt`: a court has decided. `is_closed`: nobody is asked for any more.
    """

    words: str
    lead: str
    kinds: tuple[str, ...]
    may_name: bool = False
    may_say_guilt: bool = False
    is_closed: bool = False
    name_needs_decision: bool = False


LEVELS: Mapping[str, Level] = {
    "witness": Level(
        _("Not identified, may be a witness"),
        _("“Police would like to speak to this person, who may have seen what happened.”"),
        ("identify", "witness"),
    ),
    "helper": Level(
        _("Not identified, may be able to help"),
        _("“Police want to identify this person, who may be able to help with enquiries.”"),
        ("identify",),
    ),
    "named_suspect": Level(
        _("Named suspect, not arrested"),
        _("“Wanted in connection with …” or “wanted on suspicion of …”. Never that the person did it."),
        ("wanted",),
        may_name=True,
        name_needs_decision=True,
    ),
    "warrant": Level(
        _("Warrant, recall to prison or failed to appear"),
        _("“Wanted on warrant” or “wanted on recall to prison”. Nothing of the evidence."),
        ("wanted",),
        may_name=True,
    ),
    "charged": Level(
        _("Arrested or charged"),
        _("No appeal and no picture: only the facts of the arrest or the charge."),
        ("wanted", "identify"),
        is_closed=True,
    ),
    "convicted": Level(
        _("Convicted"),
        _("“Convicted of … on …”. Say the court's decision and nothing beyond it."),
        ("wanted",),
        may_name=True,
        may_say_guilt=True,
    ),
    "missing": Level(
        _("Missing person"),
        _("Never “wanted” and no word of crime: being missing is no offence."),
        ("missing",),
        may_name=True,
    ),
    "nobody": Level(
        _("Nobody in particular"),
        _("Say what happened and what you ask for. Nobody is accused."),
        ("witness", "warning"),
    ),
}
# kinds whose level nobody has to choose
DEFAULTS: Mapping[str, str] = {"missing": "missing", "identify": "helper", "witness": "nobody", "warning": "nobody"}


def choices(kind: str) -> dict[str, str]:
    """Code and words of the levels that an appeal of this kind can be at."""
    return {code: level.words for code, level in LEVELS.items() if kind in level.kinds}
