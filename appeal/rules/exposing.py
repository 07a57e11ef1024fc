"""What an answer in public lays open about somebody: a number, an address, a barred name, an accusation."""

import re
from collections.abc import Iterable, Mapping, Sequence

from appeal.rules import contacts, naming
from appeal.rules.urgency import fold
from appeal.rules.words import _

PHONE, ADDRESS, BARRED_NAME, ACCUSES = "phone", "address", "barred_name", "accuses"
WORDS: Mapping[str, str] = {
    PHONE: _("a telephone number"),
    ADDRESS: _("an address"),
    BARRED_NAME: _("a barred name"),
    ACCUSES: _("accuses somebody"),
}
LEAST_DIGITS, MOST_DIGITS = 7, 15

_WORD = r"[a-z][a-z'-]*"
_SPANISH_ADDRESS = re.compile(
    rf"\b(?:calle|c/|avenida|avda|plaza|pza|paseo|camino|carretera|ronda|travesia)\.? (?:{_WORD} ){{1,5}}"
    r"(?:n ?|num ?|numero )?\d{1,4}\b"
)
_ENGLISH_ADDRESS = re.compile(
    rf"\b\d{{1,4}}[a-z]? (?:{_WORD} ){{1,3}}(?:street|st|road|rd|avenue|ave|lane|drive|close|court|terrace|crescent)\b"
)
_ACCUSING = re.compile(
    r"\b(?:murderer|killer|rapist|thief|paedophile|pedophile|terrorist|guilty|did it|kidnapper|abuser"
    r"|asesin[oa]|violador|ladron|ladrona|pederasta|pedofilo|terrorista|culpable|fue el|fue ella|lo hizo"
    r"|secuestrador)\b"
)
_HANDLE = re.compile(r"(?<![\w.])@[\w.]{2,}")


def exposed(text: str, *, barred: Iterable[str] = (), own: Sequence[str] = (), handle: str = "") -> tuple[str, ...]:
    """The codes of `WORDS` that hold for a text. `own`: lines with the force's numbers; `handle`: the force's name."""
    folded = f" {' '.join(re.sub(r'[,;:]', ' ', fold(text)).split())} "
    found = {
        PHONE: _has_number(text, own),
        ADDRESS: bool(_SPANISH_ADDRESS.search(folded) or _ENGLISH_ADDRESS.search(folded)),
        BARRED_NAME: any(f" {key} " in _plain(folded) for name in barred if (key := naming.name_key(name))),
        ACCUSES: bool(_ACCUSING.search(folded)) and (bool(naming.names(text)) or _points_at_somebody(text, handle)),
    }
    return tuple(code for code, is_so in found.items() if is_so)


def _has_number(text: str, own: Sequence[str]) -> bool:
    ours = {re.sub(r"\D", "", number) for line in own for number in contacts.numbers(line)}
    for number in contacts.numbers(text):
        digits = re.sub(r"\D", "", number)
        if LEAST_DIGITS <= len(digits) <= MOST_DIGITS and not any(digits.endswith(one) for one in ours if len(one) > 5):
            return True
    return False


def _points_at_somebody(text: str, handle: str) -> bool:
    named = {one.lstrip("@").lower() for one in _HANDLE.findall(text)}
    return bool(named - {handle.lower().lstrip("@")})


def _plain(folded: str) -> str:
    return f" {' '.join(re.sub(r'[^a-z0-9 ]', ' ', naming.name_key(folded)).split())} "
