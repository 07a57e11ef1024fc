"""Whether a question to somebody who gave information sends them out for more: then a reminder stands beside it.

Who is asked to find something out becomes a source that the law protects in other ways. A question may clarify what the
person knows already. It is a reminder only: the officer decides, and words cannot be judged for certain.
"""

import re

from appeal.rules.urgency import fold
from appeal.rules.words import _

REMINDER = _(
    "This seems to ask the person to do something: %(words)s. Ask only what they know already. Whoever is sent to find"
    " out more may come into danger, and counts as a source who has to be authorised."
)
MOST_SHOWN = 5

_CUES = (
    r"(?:can|could|would|will|please|do) (?:you )?(?:please )?(?:find out|ask (?:him|her|them|around|your|the)|follow|"
    r"watch|go (?:back|there|and|to)|get (?:us|me|his|her|the|close|closer)|take (?:a|some|more)|film|record|"
    r"photograph|keep (?:an eye|watching|following)|check (?:if|whether|his|her|the)|look (?:in|into|through|inside)|"
    r"try to|meet|talk to|speak to|call (?:him|her|them)|message (?:him|her|them)|stay (?:with|near|close))",
    r"(?:find out|keep an eye on|keep watching|follow (?:him|her|them)|go back|get closer|try to (?:find|get|see))",
    r"(?:let us know|tell us|call us|write to us) (?:when|if|as soon as) (?:he|she|they|you see)",
    r"(?:podria|puede|podrias|puedes|por favor) (?:usted )?(?:averigu\w+|preguntar\w*|seguir\w*|vigilar\w*|volver|ir|"
    r"acercar\w*|hacer\w* (?:una|unas|mas) fotos?|grabar\w*|fotografiar\w*|mirar si|comprobar\w*|hablar con|"
    r"llamar\w*|quedar|intentar)",
    r"(?:averigue|pregunte(?:le|les)?|siga(?:lo|la|le)?|vigile(?:lo|la)?|vuelva|acerquese|grabe(?:lo|la)?|haga (?:una|"
    r"unas|mas) fotos?|no (?:lo|la|le) pierda de vista|quedese (?:cerca|con)|este atent[oa])",
    r"(?:avisenos|diganos|llamenos|escribanos) (?:cuando|si|en cuanto) (?:el|ella|lo|la|vuelva|vea)",
)
_PATTERNS = tuple(re.compile(rf"\b(?:{cue})\b") for cue in _CUES)


def found(question: str) -> tuple[str, ...]:
    """The parts of a question that ask the person to do something, folded, in the order of the text; each once."""
    folded = fold(question)
    matches = sorted((match.start(), match[0]) for pattern in _PATTERNS for match in pattern.finditer(folded))
    shown: list[str] = []
    for _start, words in matches:
        if not any(words in known for known in shown):
            shown.append(words)
    return tuple(shown[:MOST_SHOWN])
