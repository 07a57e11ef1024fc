"""How soon a tip must be read, judged from its words: a lane, a score and the reasons, never a refusal.

It errs towards reading too soon: nothing that is written takes a tip out of the queue, and spam or mockery only lower
it. Cues are whole words in English and Spanish without accents; `*` stands for any ending.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from appeal.rules import hearing
from appeal.rules.cues import MORE
from appeal.rules.words import _

LANES = ("about_me", "live", "urgent", "to_read")

REASONS: Mapping[str, str] = {
    "about_me": _("The person says: this is about me."),
    "pressed_now": _("The person pressed “I can see this person now”."),
    "seen_now": _("Says that the person is there at this moment."),
    "harm_to_come": _("Speaks of a weapon or of harm that may be about to happen."),
    "wrong_person": _("Says that this is the wrong person."),
    "recognised": _("Recognises the person."),
    "names_someone": _("Gives a name or says who it is."),
    "seen_lately": _("Speaks of today or of the last hours."),
    "gives_place": _("Says where."),
    "gives_time": _("Says when."),
    "gives_vehicle": _("Describes a vehicle or gives a number plate."),
    "has_pictures": _("Sent pictures."),
    "looks_like_mockery": _("May be meant as a joke."),
    "looks_like_spam": _("Looks like advertising."),
}
POINTS: Mapping[str, int] = {
    "about_me": 80,
    "pressed_now": 80,
    "seen_now": 55,
    "harm_to_come": 60,
    "wrong_person": 55,
    "recognised": 25,
    "names_someone": 25,
    "seen_lately": 15,
    "gives_place": 10,
    "gives_time": 5,
    "gives_vehicle": 10,
    "has_pictures": 10,
    "looks_like_mockery": -35,
    "looks_like_spam": -40,
}
BASE_SCORE, URGENT_SCORE = 10, 60
NOW_MINUTES = 20

CUES: Mapping[str, tuple[str, ...]] = {
    "about_me": (
        "this is me|that is me|thats me|its me in the (?:photo|picture|poster)",
        "i am the (?:person|man|woman|one) (?:in|on|you)|im the (?:person|man|woman|one) (?:in|on|you)",
        "you are looking for me|youre looking for me|this is my (?:photo|picture|face)",
        "my (?:photo|picture|face) is (?:on|in) your|(?:ese|esa|este|esta) soy yo|soy yo (?:el|la) (?:de|que)",
        "el de la foto soy yo|la de la foto soy yo|me estan buscando a mi|esa es mi foto|es mi foto",
        "sale mi (?:foto|cara)|han puesto mi (?:foto|cara)",
    ),
    "seen_now": (
        "right now|at this (?:very )?moment|as we speak|just now|this very minute|hes here|shes here|theyre here",
        "(?:he|she|the (?:man|woman|person|guy|boy|girl|lady)) is (?:still )?(?:here|sitting|standing|walking|"
        "inside|outside)",
        "(?:he|she) is (?:still )?(?:at|in|on) (?:the|my|our|a)",
        "(?:he|she)s (?:still )?(?:sitting|standing|walking|inside|outside)",
        "(?:hes|shes) (?:still )?(?:at|in|on) (?:the|my|our|a)",
        "im (?:looking at|watching|following|standing|sitting) ?(?:him|her|next|behind|near)?",
        "i am (?:looking at|watching|following) (?:him|her|them)|i can see (?:him|her|them|this)",
        "i see (?:him|her|them)|next to me|in front of me",
        "(?:just|has just|have just|ive just) (?:saw|seen|walked past|got on|got off|passed)|ahora mismo",
        "en este (?:mismo )?momento|en estos momentos|ahora esta|esta aqui|sigue aqui|aqui mismo esta",
        "acab(?:o|amos|a|ais) de (?:ver(?:lo|la|le)?|pasar|entrar|salir|subir|bajar)",
        "(?:lo|la|le) (?:estoy viendo|veo|tengo (?:delante|enfrente|al lado))",
        "estoy (?:viendo|siguiendo)(?:lo|la|le)?|delante de mi|a mi lado|hace un (?:momento|minuto|rato)",
        "va (?:andando|caminando|en el (?:metro|tren|bus|autobus))",
        "esta (?:sentado|sentada|parado|parada|de pie|dentro|fuera|en (?:el|la|un|una|mi))",
    ),
    "harm_to_come": (
        "going to (?:kill|hurt|shoot|stab|attack|jump|harm)|gonna (?:kill|hurt|shoot|stab|attack|jump)",
        "will (?:kill|hurt|shoot|stab)",
        "(?:has|have|had|got|carries|carrying|with) an? (?:big |large |small )?(?:gun|knife|weapon|rifle|pistol|"
        "machete|bomb|axe)",
        "is armed|hes armed|shes armed|threat\\w* to (?:kill|hurt|harm)|suicid*",
        "kill (?:himself|herself|themselves|myself)|end (?:his|her) life|hostage",
        "holding (?:her|him|a child|the child)|in danger|bleeding|unconscious|not breathing",
        "needs (?:an ambulance|help now)|please help me",
        "va a (?:matar|hacerle dano|disparar|atacar|suicidarse|saltar|apunalar)|quiere (?:matar|suicidarse)",
        "amenaz* (?:con|de) (?:matar|muerte)",
        "(?:tiene|lleva|llevaba|con) (?:un|una) (?:arma|pistola|cuchillo|navaja|escopeta|machete|bomba|hacha)",
        "(?:va|esta|iba) armad[oa]|quitarse la vida|rehen|retenid[oa]|en peligro|sangrando|inconsciente|no respira",
        "necesita (?:ayuda|una ambulancia)|ayudenme|socorro",
    ),
    "wrong_person": (
        "wrong (?:person|man|woman|guy|face|photo|picture)|not the (?:person|man|woman|one) (?:in|on|you)",
        "mistaken identity|looks like (?:him|her) but|(?:he|she) is innocent|(?:hes|shes) innocent",
        "you have the wrong|youve got the wrong|persona equivocada|hombre equivocado|mujer equivocada",
        "foto equivocada|se (?:han )?equivoca(?:do|n)|no es (?:el|ella|la persona)|es inocente|se parece pero no",
    ),
    "recognised": (
        "recogni[sz]e|recogni[sz]ed|i know (?:him|her|this (?:man|woman|person|guy|face)|who)|thats (?:him|her)",
        "that is (?:him|her)|it is (?:him|her)|its (?:him|her)|i(?:m| am) (?:sure|certain|positive)",
        "(?:definitely|certainly) (?:him|her)|(?:lo|la|le|les) (?:conozco|reconozco|reconoci|he reconocido)",
        "reconozco a|conozco a (?:este|esta|ese|esa)|se quien es|es (?:el|ella) seguro|seguro que es",
        "estoy segur[oa]|sin duda es",
    ),
    "names_someone": (
        "(?:his|her|their|the) (?:name|surname|first name|nickname) is|(?:is|was|hes|shes) (?:called|named)",
        "goes by|known as|calls (?:himself|herself)",
        "(?:is|hes|shes|thats) my (?:neighbou?r|cousin|brother|sister|uncle|aunt|boss|colleague|tenant|landlord|"
        "ex|husband|wife|father|mother|son|daughter|friend|teacher|flatmate)",
        "works (?:at|for|with|in)|lives (?:at|in|on|with|next)|se llama|su (?:nombre|apellido|apodo|mote) es",
        "le (?:llaman|dicen)|conocid[oa] como|alias",
        "es mi (?:vecin[oa]|prim[oa]|herman[oa]|ti[oa]|jef[ea]|companer[oa]|inquilin[oa]|casero|casera|ex|marido|"
        "mujer|padre|madre|hij[oa]|amig[oa]|profesor|profesora)",
        "trabaja (?:en|para|con)|vive (?:en|con|al lado)",
    ),
    "seen_lately": (
        "today|tonight|this (?:morning|afternoon|evening)|an hour ago|half an hour ago|\\d{1,2} hours? ago|hoy",
        "esta (?:manana|tarde|noche|madrugada)|hace (?:una|media|\\d{1,2}) horas?",
    ),
    "gives_place": (
        "\\w+ (?:street|road|avenue|lane|square|station|airport|bridge|park|hospital|market|mall|hotel|motorway|"
        "harbou?r)",
        "(?:at|near|outside|inside|opposite) the \\w+",
        "(?:calle|avenida|avda|plaza|paseo|carretera|estacion|aeropuerto|puente|parque|hospital|mercado|barrio|"
        "hotel|metro|autovia|puerto|glorieta) (?:de |del |la |el )*\\w+",
        "[a-z]{1,2}\\d[a-z\\d]? \\d[a-z]{2}|km \\d+|kilometro \\d+",
    ),
    "gives_time": (
        "(?:[01]?\\d|2[0-3]) [0-5]\\d ?(?:am|pm|h|hrs|hours|horas)?|(?:1[0-2]|[1-9]) ?(?:am|pm|oclock)",
        "a las? (?:[01]?\\d|2[0-3])|yesterday|ayer|last night|anoche",
        "(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)",
        "(?:el )?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)",
    ),
    "gives_vehicle": (
        "\\d{4} ?[bcdfghjklmnprstvwxyz]{3}|[a-z]{2}\\d{2} ?[a-z]{3}|number plate|licen[cs]e plate",
        "registration number|matricula",
        "(?:a|his|her|the|in a) (?:\\w+ )?(?:car|van|truck|lorry|motorbike|motorcycle|scooter|taxi|bmw|ford|seat|"
        "audi|toyota)",
        "(?:un|una|su|el|la) (?:coche|furgoneta|camion|moto|motocicleta|patinete|taxi|bmw|ford|seat|audi|toyota)",
    ),
    "looks_like_mockery": (
        "lol|lmao|rofl|ha(?:ha)+h?|ja(?:ja)+|je(?:je)+|your m[ou]m|in my (?:pants|bed)|elvis|bin laden",
        "chuck norris|batman|santa claus|tu madre|papa noel|en mi cama",
    ),
    "looks_like_spam": (
        "free entry|you have won|youve won|winner|claim (?:your|code|now)|prize|click here|subscribe|unsubscribe",
        "casino|viagra|bitcoin|crypto|forex|earn (?:money|cash)|txt|t cs|ringtone|callertune|std chgs",
        "limited offer|buy now|followers|onlyfans|gana dinero|has ganado|premio|haz clic|pincha aqui|suscribete",
        "oferta|inversion segura|seguidores",
    ),
}
NEGATIONS = frozenset(
    (
        "not",
        "never",
        "no",
        "dont",
        "didnt",
        "havent",
        "hasnt",
        "isnt",
        "wasnt",
        "cant",
        "cannot",
        "couldnt",
        "if",
        "whether",
        "nor",
        "nunca",
        "jamas",
        "tampoco",
        "ni",
        "si",
        "without",
        "sin",
    )
)
# What a negation before it turns into nothing; a weapon or a place stays worth reading either way.
NEGATABLE = frozenset({"about_me", "seen_now", "recognised", "names_someone"})
NEGATION_REACH = 3
# What only a sentence that claims it gives.
CLAIMED = frozenset({"seen_now", "recognised", "names_someone", "harm_to_come"})
AGO = re.compile(
    r"\b(?:hace (?:unos )?(\d{1,3}) ?min\w*|(\d{1,3}) ?min\w* ago|"
    r"(?:a|one|two|three|five|ten|a few|couple of) min\w* ago)\b"
)

STOP_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        (
            "the",
            "a",
            "an",
            "and",
            "is",
            "was",
            "are",
            "were",
            "i",
            "he",
            "she",
            "it",
            "they",
            "you",
            "we",
            "my",
            "his",
            "her",
            "this",
            "that",
            "of",
            "to",
            "in",
            "on",
            "at",
            "with",
            "for",
            "have",
            "has",
            "not",
            "from",
            "by",
            "him",
            "be",
        )
    ),
    "es": frozenset(
        (
            "el",
            "la",
            "los",
            "las",
            "un",
            "una",
            "y",
            "es",
            "era",
            "son",
            "esta",
            "estaba",
            "yo",
            "ella",
            "lo",
            "le",
            "que",
            "de",
            "en",
            "con",
            "por",
            "para",
            "no",
            "se",
            "su",
            "mi",
            "este",
            "esta",
            "ese",
            "esa",
            "del",
            "al",
            "he",
            "ha",
            "muy",
            "pero",
            "como",
        )
    ),
}


@dataclass(frozen=True)
class Judgement:
    """`lane` is one of `LANES`, `score` 0 … 100, `reasons` are keys of `REASONS`, the weightiest first."""

    lane: str
    score: int
    reasons: tuple[str, ...]


def judge(text: str, is_live: bool = False, is_about_me: bool = False, has_pictures: bool = False) -> Judgement:
    """Judge one tip by its words and by the buttons that were pressed; text may be of any length or empty."""
    found = _found(text)
    found |= {"pressed_now"} if is_live else set()
    found |= {"about_me"} if is_about_me else set()
    found |= {"has_pictures"} if has_pictures else set()
    score = max(0, min(100, BASE_SCORE + sum(POINTS[code] for code in found)))
    reasons = sorted(found, key=lambda code: (-abs(POINTS[code]), code))
    return Judgement(_lane(found, score), score, tuple(reasons))


def language(text: str) -> str:
    """`en`, `es` or, when its small words do not tell, `und`."""
    words = fold(text).split()
    counts = {code: sum(word in stop_words for word in words) for code, stop_words in STOP_WORDS.items()}
    if counts["en"] == counts["es"]:
        return "und"
    return max(counts, key=lambda code: counts[code])


def fold(text: str) -> str:
    """Small letters without accents, apostrophes and punctuation, one space between words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+|_", " ", re.sub(r"['’`´]", "", plain)).split())


def _lane(found: set[str], score: int) -> str:
    if "about_me" in found:
        return "about_me"
    if "pressed_now" in found:
        return "live"
    if "seen_now" in found and not found & {"looks_like_mockery", "looks_like_spam"}:
        return "live"
    return "urgent" if "harm_to_come" in found or score >= URGENT_SCORE else "to_read"


def _found(text: str) -> set[str]:
    folded = fold(text)
    found = {code for code, pattern in PATTERNS.items() if _says(folded, code, pattern)}
    void = {code for code in found & CLAIMED if not hearing.is_claimed(text, code, PATTERNS[code], fold)}
    found |= {"looks_like_mockery"} if hearing.LAUGHS.search(text) else set()
    found = (found - void) | hearing.heard(text, fold)
    if any(_minutes(match) <= NOW_MINUTES for match in AGO.finditer(folded)):
        found.add("seen_now" if hearing.is_claimed(text, "seen_now", AGO, fold) else "seen_lately")
    elif AGO.search(folded):
        found.add("seen_lately")
    return found


def _says(folded: str, code: str, pattern: re.Pattern[str]) -> bool:
    """Whether the cue stands there at least once without a negation or an “if” shortly before it."""
    for match in pattern.finditer(folded):
        before = folded[: match.start()].split()[-NEGATION_REACH:]
        if code not in NEGATABLE or not NEGATIONS & set(before):
            return True
    return False


def _minutes(match: re.Match[str]) -> int:
    return int(match[1] or match[2] or 1)


def _pattern(cues: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern of whole words; a star after a letter stands for any ending."""
    joined = "|".join(re.sub(r"(?<=[a-z])\*", r"\\w*", cue) for cue in cues)
    return re.compile(rf"\b(?:{joined})\b")


PATTERNS = {code: _pattern((*said, *MORE.get(code, ()))) for code, said in CUES.items()}
# Names these weights and cues: kept with every tip that was judged by them.
VERSION = hashlib.sha256(repr((POINTS, CUES, MORE, hearing.SAYS, BASE_SCORE, URGENT_SCORE)).encode()).hexdigest()[:12]
