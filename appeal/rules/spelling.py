"""A code spelled by the telephone alphabet of a language, to be read out and taken down without mistakes."""

from collections.abc import Mapping

_ENGLISH = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo"
    " Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)
_SPANISH = (
    "Antonio Barcelona Carmen Dolores Enrique Francia Gerona Historia Inés José Kilo Lorenzo Madrid Navarra Oviedo"
    " París Querido Ramón Sábado Tarragona Ulises Valencia Washington Xilófono Yegua Zaragoza"
)
_FIGURES = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
}
_LETTERS = {"en": _ENGLISH, "es": _SPANISH}


def _table(language: str) -> Mapping[str, str]:
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTERS[language].split(), strict=True))
    return letters | dict(zip("0123456789", _FIGURES[language].split(), strict=True))


ALPHABETS: Mapping[str, Mapping[str, str]] = {language: _table(language) for language in _LETTERS}


def spelled(code: str, language: str) -> tuple[str, ...]:
    """One line for each group of the code, words with a space between them; in English for any other language."""
    alphabet = ALPHABETS.get(language, ALPHABETS["en"])
    return tuple(" ".join(alphabet.get(letter, letter) for letter in group) for group in code.upper().split("-"))
