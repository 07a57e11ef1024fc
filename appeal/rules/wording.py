"""Words of a draft that an officer should look at again before it goes out; they warn and never forbid.

Published words must not call anybody guilty before a court has, must not ask for answers where they could be lost or
seen, must not lead a crowd to a door, and must not ask for copies that cannot be taken back.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appeal.rules import identification, subjects
from appeal.rules.words import _

REASONS: Mapping[str, str] = {
    "guilt": _("This word says that the person is guilty. Until a court has decided, nobody is."),
    "reply_here": _("This asks for answers in public, where they are lost, copied and seen by the person sought."),
    "address": _("This looks like the address of a house. A crowd may go there."),
    "share": _("This asks for copies. Copies stay when the appeal is taken down."),
    "pursuit": _("This may lead people to act themselves. Somebody could be hurt."),
    "family": _("This points to somebody's family, who did nothing."),
    "protected": _("This says something that the law protects: origin, belief, health or private life."),
    "criminal": _("This sounds like a crime. Being missing is no offence."),
    "named": _("A name is given, but at this level of identification nobody is named."),
    "child": _("A child is shown as somebody who is sought. Many laws forbid it."),
}
SUGGESTIONS: Mapping[str, str] = {
    "guilt": _("Say what is known: “wanted in connection with”, “suspected of”, “convicted of … on …”."),
    "reply_here": _("Ask for answers by the form, by telephone or by text message."),
    "address": _("Name the street without the number, or only the part of the town."),
    "share": _("Ask people to share the link to the page, not the picture."),
    "pursuit": _("Write: “Do not approach this person. Call us.”"),
    "family": _("Leave it out unless the family asked for it."),
    "protected": _("Leave it out unless nobody could recognise the person without it, and write down why."),
    "criminal": _("Say that the person is missing and that you want to know that they are well."),
    "named": _("Leave the name out, or change the level if somebody has decided to name the person."),
    "child": _("Ask who may decide this, and write the decision down."),
}

CUES: Mapping[str, tuple[str, ...]] = {
    "guilt": (
        "killers?|murderers?|murderess|thie(?:f|ves)|rapists?|robbers?|burglars?|muggers?|criminals?|crooks?|culprits?",
        "fraudsters?|con ?m[ae]n|scammers?|swindlers?|pa?edophiles?|child molesters?|kidnappers?|abductors?|arsonists?",
        "terrorists?|gangsters?|thugs?|scum|monsters?|perpetrators?|offenders?|abusers?|stalkers?|drug dealers?|guilty",
        "asesin[oa]s?|homicidas?|parricidas?|ladr[oó]n(?:es|as?)?|violador(?:es|as?)?|atracador(?:es|as?)?|"
        "carteristas?",
        "delincuentes?|criminal(?:es)?|estafador(?:es|as?)?|pederastas?|pedofilos?|culpables?|terroristas?",
        "secuestrador(?:es|as?)?|maltratador(?:es|as?)?|agresor(?:es|as?)?|piromanos?|narcos?|(?:narco)?traficantes?",
        "malhechor(?:es|as?)?|monstruos?|autor(?:es|as?)? (?:del|de la|de los|de las) (?:crimen|robos?|"
        "asesinatos?|muertes?)",
    ),
    "reply_here": (
        "(?:reply|answer|respond|comment|post|write) (?:here|below|underneath|in the comments|under this)",
        "(?:in|use) the comments|(?:reply|respond) to this (?:post|tweet|message)|leave a comment|tag (?:him|her|"
        "them|us)",
        "(?:responde|responded|contesta|contestad|comenta|comentad|escribe|escribid) (?:aqui|abajo|debajo)",
        "en (?:los )?comentarios|(?:responde|contesta|responded|contestad) a este (?:mensaje|tuit|post)",
        "(?:deja|dejad|dejanos|dejadnos) (?:un|tu|vuestro) comentario|etiquet[ae]d?(?:l[oae]s?|nos)?",
    ),
    "address": (
        "\\d{1,4}[a-z]?,? (?:[a-z]+ ){1,3}(?:street|st|road|rd|avenue|ave|lane|close|drive|court|gardens|terrace|"
        "way|square)",
        "(?:calle|c/|avenida|avda\\.?|plaza|pza\\.?|paseo|carretera|camino|travesia|"
        "ronda) ?(?:[a-z]+,? ){1,6}(?:n(?:umero|um\\.?|o\\.?)? ?)?\\d{1,4}",
        "(?:flat|apartment|apt\\.?|piso|puerta|portal|escalera) \\d{1,3}[a-z]?|[a-z]{1,2}\\d[a-z\\d]? \\d[a-z]{2}",
    ),
    "share": (
        "share (?:this )?(?:everywhere|widely|as widely as|far and wide|it everywhere)|please (?:share|retweet|"
        "rt|repost)",
        "share (?:this|the) (?:photo|picture|image|post|face)|spread the word|go(?:es)? viral|make (?:him|her|"
        "this|it) (?:famous|viral)|rt please",
        "retweet this|repost this|(?:maxima|mucha) difusion|difund(?:e|id|an|ir)|(?:compart(?:e|id|an|idlo|elo)|"
        "rt),? por favor",
        "por favor,? (?:compart(?:e|id|an)|difund(?:e|id|an)|rt)|haz(?:lo)? viral|hacedlo viral|compart(?:e|id|"
        "elo|idlo) (?:en todas partes|al maximo|la foto|esta foto|su foto)",
    ),
    "pursuit": (
        "hunt (?:him|her|them) down|hunt for (?:him|her)|catch (?:him|her|them)|chase (?:him|her|them)",
        "stop (?:him|her|them)|(?:dead or alive)|vivo o muerto|a por (?:el|ella|ellos)|dadle caza|cazad?(?:lo|la|"
        "los|las)",
        "det(?:en|ened|enga)(?:lo|la|los|las)|(?:atrapad?|coged|seguid|perseguid)(?:lo|la|los|las)",
    ),
    "family": (
        "(?:his|her|their) (?:wife|husband|partner|girlfriend|boyfriend|ex|mother|father|parents|son|daughter|"
        "children|kids|brother|sister|family)",
        "sus? (?:mujer|esposa|marido|esposo|pareja|novi[oa]|ex|madre|padres?|hij[oa]s?|herman[oa]s?|familia)",
    ),
    "protected": (
        "gyps(?:y|ies)|arabs?|asians?|africans?|blacks?(?= (?:man|woman|male|female|person|boy|girl))|"
        "white (?:man|woman|male|female)|romanians?|moroccans?|muslims?|jew(?:s|ish)?|immigrants?|illegals?",
        "gay|lesbian|homosexual(?:es)?|transgender|transsexual|h\\.?i\\.?v\\.?|aids|schizophreni[ac]|bipolar|autistic|"
        "depress(?:ed|ion)|suicidal|dementia|alzheimer.?s|drug addicts?|alcoholics?|pregnant",
        "gitan[oa]s?|arabes?|negr[oa]s?|african[oa]s?|ruman[oa]s?|marroqui(?:es)?|moros?|musulman(?:es|as?)?|"
        "judi[oa]s?|inmigrantes?|sin papeles",
        "lesbianas?|transexual(?:es)?|v\\.?i\\.?h\\.?|sida|esquizofreni[ac]o?a?|autistas?|depresi(?:on|va|vo)|suicidas?|"
        "demencia|drogadict[oa]s?|alcoholic[oa]s?|embarazada",
    ),
    "criminal": (
        "wanted|suspects?|fugitives?|on the run|offenders?|escaped|sospechos[oa]s?|fugitiv[oa]s?|profug[oa]s?|"
        "busca y captura|delincuentes?|fugad[oa]s?",
    ),
}
# What may stand shortly before a word and make it a plain fact, a suspicion or good advice.
FAIR_BEFORE: Mapping[str, re.Pattern[str]] = {
    "guilt": re.compile(
        r"(?:convicted|suspected|alleged|accused|presunt[oa]s?|supuest[oa]s?|sospechos[oa]s? de ser|"
        r"condenad[oa]s? (?:por|como)|not|no es|no son) (?:an? |the |un |una |el |la )?$"
    ),
    "pursuit": re.compile(r"(?:not|never|don.t|no) (?:(?:try|attempt) to )?$"),
}
NOT_MISSING = frozenset({"criminal"})
LEFT_OUT: Mapping[str, frozenset[str]] = {
    "wanted": NOT_MISSING,
    "identify": NOT_MISSING,
    "witness": NOT_MISSING,
    "warning": NOT_MISSING | {"guilt"},
    "missing": frozenset({"family"}),
}
# texts that nobody outside reads, or that say what they say with a reason of their own
UNREAD = ("ethnicity", "health")
LOOK_BACK = 40


@dataclass(frozen=True)
class Flag:
    """`word` as it was typed in `field`; `reason` is a key of `REASONS`, `suggestion` says what to write instead."""

    field: str
    word: str
    reason: str
    suggestion: str


def of_draft(kind: str, facts: Mapping[str, object], texts: Mapping[str, str]) -> list[Flag]:
    """Everything to look at again in a draft's texts of one language and in what its facts say of persons."""
    level = identification.LEVELS.get(str(facts.get("level", "")))
    more = frozenset({"guilt"}) if level and level.may_say_guilt else frozenset()
    read = {name: text for name, text in texts.items() if not name.endswith(UNREAD)}
    found = flags(read, kind, left_out=more)
    for one in subjects.subjects_of(facts):
        field, name = subjects.text_name(one, "name"), one.get("name", "")
        if name and level and not level.may_name:
            found.append(Flag(field, name, "named", SUGGESTIONS["named"]))
        if subjects.is_under_18(one) and kind in {"wanted", "identify"}:
            age = one.get("age_from") or one.get("age_to") or ""
            found.append(Flag(subjects.text_name(one, "age_from"), age, "child", SUGGESTIONS["child"]))
    return found


def flags(texts: Mapping[str, str], kind: str, *, left_out: frozenset[str] = frozenset()) -> list[Flag]:
    """Everything to look at again, by field and place in the text; each word once in a field."""
    found: list[Flag] = []
    for field, text in texts.items():
        for _at, word, reason in sorted(_found(text, LEFT_OUT.get(kind, frozenset()) | left_out)):
            flag = Flag(field, word, reason, SUGGESTIONS[reason])
            if flag not in found:
                found.append(flag)
    return found


def _found(text: str, left_out: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    folded = _folded(text)
    for reason, pattern in PATTERNS.items():
        if reason in left_out:
            continue
        for match in pattern.finditer(folded):
            before = folded[max(0, match.start() - LOOK_BACK) : match.start()]
            if reason not in FAIR_BEFORE or not FAIR_BEFORE[reason].search(before):
                yield match.start(), text[match.start() : match.end()], reason


def _folded(text: str) -> str:
    """Small letters without accents, each in the place of its original, line ends as spaces."""
    return "".join(" " if letter.isspace() else _plain(letter) for letter in text)


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    return base if len(base) == 1 else letter


PATTERNS = {reason: re.compile(rf"(?<!\w)(?:{'|'.join(cues)})(?!\w)") for reason, cues in CUES.items()}
