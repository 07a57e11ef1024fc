"""Names, places and vehicles that a text speaks of, folded so that two people who mean the same agree."""

import re
from collections.abc import Iterable

from appeal.rules.urgency import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NAME = r"([A-ZÁÉÍÓÚÑÜ][\w'’-]+(?:\s+(?:(?:de|del|la|van|von|al|bin)\s+)*[A-ZÁÉÍÓÚÑÜ][\w'’-]+){0,2})"
_CALLED = re.compile(
    r"(?:\b(?i:his|her|their|the man's|the woman's|persons?) (?i:real |full )?(?i:name is|name's|name was)"
    r"|\b(?i:is called|named|known as|goes by|calls himself|calls herself|i think (?:it is|it's|that is|that's|its))"
    r"|\b(?i:that is|that's|thats|this is|it is|it's|its|he is|he's|she is|she's)"
    r"|\b(?i:se llama|llamad[oa]|le llaman|lo conocen como|su nombre es|conocid[oa] como|se trata de)"
    r"|\b(?i:es|creo que es|ese es|esa es|este es|esta es))\s+" + _NAME
)
# Capitals that are no name of a person: beginnings of sentences, months, greetings, what is shown.
_NO_NAME = _set(
    """i he she it they we you the a an this that there here in on at near next not now still definitely also
    my your el la los las un una yo ella en de que no ahora aqui mi su muy soy esta este ese esa monday
    tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo
    january february march april may june july august september october november december enero febrero
    marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre spanish english romanian
    police policia god elvis batman"""
)
_PLACE_KINDS = (
    "street|st|road|rd|avenue|ave|lane|square|station|airport|bridge|park|hospital|market|mall|hotel|harbour|harbor|"
    "church|school|library|stadium|beach|pier|museum|university|cafe|pub|bar|supermarket|plaza|terminal|garage"
)
_SPANISH_KINDS = (
    "calle|c|avenida|avda|plaza|pza|paseo|carretera|estacion|aeropuerto|puente|parque|hospital|mercado|barrio|hotel|"
    "metro|puerto|glorieta|iglesia|colegio|biblioteca|estadio|playa|museo|universidad|cafeteria|bar|gasolinera|centro"
)
_PLACE = re.compile(rf"\b((?:\w+ ){{1,2}})(?:{_PLACE_KINDS})\b")
_SPANISH_PLACE = re.compile(rf"\b(?:{_SPANISH_KINDS}) (?:(?:de|del|la|el|los|las|san|santa|real) )*(\w+(?: \w+)?)")
_SMALL = _set(
    """the a an at in on of to by near from with and or is was he she it his her outside inside behind front
    opposite went going walking saw seen into past there up down main old new next by this that my our el la
    los las un una de del en al por con y o es era se su que lo le entrando saliendo cerca frente junto
    detras"""
)
_PLATE = re.compile(r"\b(\d{4} ?[bcdfghjklmnprstvwxyz]{3}|[a-z]{2}\d{2} ?[a-z]{3})\b")
_ALIKE = str.maketrans({"k": "c", "q": "c", "z": "s", "v": "b", "y": "i", "w": "u", "j": "g"})


def names(text: str) -> list[str]:
    """Full names and first names that the text gives for somebody, as written; each once by its folded form."""
    found: dict[str, str] = {}
    for match in _CALLED.finditer(text):
        parts = match[1].split()
        while parts and fold(parts[-1]) in _NO_NAME:
            parts.pop()
        if parts and fold(parts[0]) not in _NO_NAME and len(fold(parts[0])) > 1:
            name = " ".join(parts)
            found.setdefault(name_key(name), name)
    return list(found.values())


def name_key(name: str) -> str:
    """What is compared of a name: folded, particles left out."""
    return " ".join(word for word in fold(name).split() if word not in {"de", "del", "la", "van", "von", "al", "bin"})


def places(text: str) -> list[str]:
    """Names of places in a text, folded, without their kind: `mill bridge` is `mill`, `calle de Atocha` is `atocha`."""
    folded = fold(text)
    found = [match[1].strip() for match in _PLACE.finditer(folded)]
    found += [match[1].strip() for match in _SPANISH_PLACE.finditer(folded)]
    trimmed = (" ".join(word for word in one.split() if word not in _SMALL) for one in found)
    return list(dict.fromkeys(one for one in trimmed if len(one) > 2))


def skeleton(word: str) -> str:
    """What is left of a word when it is misspelt: its consonants, those that sound alike as one, none twice."""
    plain = word.translate(_ALIKE).replace("h", "")
    bare = plain[:1] + re.sub(r"[aeiou]", "", plain[1:])
    return re.sub(r"(.)\1+", r"\1", bare)


def plates(text: str) -> list[str]:
    """Number plates, without spaces."""
    found = (match[1].replace(" ", "") for match in _PLATE.finditer(fold(text)))
    return list(dict.fromkeys(one for one in found if any(c.isdigit() for c in one)))


def particular(words: Iterable[str]) -> frozenset[str]:
    """The words of a text that say something: without the small ones."""
    return frozenset(word for word in words if len(word) > 3 and word not in _SMALL)
