"""Which language a text is in, further than `urgency.language` goes: enough to say that nobody at the desk reads it."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping

from appeal.rules import urgency


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Small words, folded: those that English and Spanish do not have decide.
SMALL: Mapping[str, frozenset[str]] = {
    "fr": _set("le les une est dans je il elle avec pas sur qui des du ce cette mon vu pour et au aux nous vous il"),
    "pt": _set("o os um uma e em na nao ele ela eu vi foi do da ao meu minha com seu sua estava aqui"),
    "ro": _set("si in o pe cu nu ca am vazut el ea sunt langa acum fata acolo este la din cel care baiat"),
    "de": _set("der die das und ist ich er sie mit nicht ein eine auf den im habe gesehen bei dem wir am"),
    "it": _set("il lo gli un una e di che non con per sono ho visto nel alla era della anche questo"),
    "nl": _set("de het een en is ik hij zij met niet op van dat heb gezien bij aan voor was"),
    "pl": _set("i w na z nie to jest ze sie widzialem on ona przy jak tam byl czerwonej go"),
}
# The beginning of the Unicode name of a letter, and the language that is likely then.
SCRIPTS: Mapping[str, str] = {
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "GREEK": "el",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "THAI": "th",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
}
LANGUAGES = ("en", "es", *SMALL, *sorted(set(SCRIPTS.values())))
LEAST_SMALL, MOST_LETTERS = 3, 4_000
# Fewer words say too little to tell a language by.
LEAST_WORDS = 4


def language(text: str) -> str:
    """The code of the language, `und` when the text does not tell."""
    start = text[:MOST_LETTERS]
    script = _script(start)
    if script:
        return script
    words = urgency.fold(start).split()
    known = max(sum(word in small for word in words) for small in urgency.STOP_WORDS.values())
    counts = {code: sum(word in small for word in words) for code, small in SMALL.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= LEAST_SMALL and counts[best] > known else urgency.language(start)


def is_unread(text: str, code: str, read: Collection[str]) -> bool:
    """Whether nobody at the desk can be expected to read it; texts of a few words are left alone."""
    if code in read:
        return False
    if _script(text[:MOST_LETTERS]):
        return True
    return len(urgency.fold(text[:MOST_LETTERS]).split()) >= LEAST_WORDS


def _script(text: str) -> str:
    """The likely language of a text of which most letters are not Latin; empty otherwise."""
    letters = [letter for letter in text if letter.isalpha()]
    found = Counter(name for letter in letters if (name := _named(letter)))
    if not found or found.total() * 2 <= len(letters):
        return ""
    return SCRIPTS["HIRAGANA"] if found["HIRAGANA"] + found["KATAKANA"] else SCRIPTS[found.most_common(1)[0][0]]


def _named(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((script for script in SCRIPTS if name.startswith(script)), "")
