"""The poster of one appeal: one sheet in one language, made of exactly the content that goes out."""

from appeal import pages
from appeal.printing import PAPERS, Sheet
from appeal.rules import telling
from appeal.rules.content import Content
from appeal.rules.drafting import KIND_WORDS
from appeal.rules.words import _

RED, BLUE = (168, 32, 26), (26, 58, 107)
COLOURS = {"wanted": RED, "warning": RED}
# Of several pictures so many stand beside each other; their height is a part of the paper's.
MOST_PICTURES = 3
PICTURE_PART = 0.36
# Texts get smaller until all of it stands on one sheet; what still does not fit then runs on to a second.
SHRINKS = (1.0, 0.9, 0.8, 0.7, 0.62)
CODE_SIDE = 30.0
# Strips to tear off: how many, and how high in millimetres on A4; with so many contact lines on each.
STRIPS, STRIP_HEIGHT, STRIP_CONTACTS = 8, 55.0, 2
DRAFT = _("DRAFT")
NOT_APPROVED = _("Draft: revision %(number)s, hash %(hash)s. Not approved.")
SHOWN_HASH = 16
VERSION = _("Version %(number)s, issued %(moment)s")


def poster(content: Content, paper: str, *, draft_sha256: str = "", with_strips: bool = False) -> bytes:
    """A PDF on A4, A5 or Letter. The same content gives the same bytes.

    `draft_sha256` is the hash of a revision that is not approved: DRAFT stands across it, number and hash below.
    `with_strips`: the lower edge can be torn off in strips with the address and how to reach us.
    KeyError for a paper that is not in `printing.PAPERS`.
    """
    for shrink in SHRINKS:
        sheet = _drawn(content, paper, shrink, draft_sha256, with_strips)
        if sheet.pages == 1 or shrink == SHRINKS[-1]:
            break
        sheet.close()
    return sheet.output()


def _drawn(content: Content, paper: str, shrink: float, draft_sha256: str, with_strips: bool) -> Sheet:
    say = _Words(content)
    title = telling.marked(content, content.title, say(telling.EXERCISE))
    mark = say(DRAFT) if draft_sha256 else say(telling.EXERCISE) if content.is_exercise else ""
    sheet = Sheet(paper, title=title, language=content.language, made_at=content.issued_at, mark=mark, shrink=shrink)
    free = STRIP_HEIGHT * PAPERS[paper].scale if with_strips else 0.0
    sheet.keep_free(free)
    sheet.band(say(KIND_WORDS[content.kind]).upper(), COLOURS.get(content.kind, BLUE), 30)
    sheet.heading(title, 24)
    shown = [(one.best.data, one.best.width, one.best.height, one.alt) for one in content.pictures[:MOST_PICTURES]]
    sheet.pictures(shown, sheet.paper.height * PICTURE_PART)
    for subject in content.subjects:
        if subject.name:
            sheet.paragraph(subject.name, 20, is_bold=True)
        sheet.paragraph(_looks(subject.descriptors, say), 12)
    if content.danger:
        sheet.band(content.danger, RED, 15)
    sheet.paragraph(" · ".join(part for part in (content.where, content.when) if part), 12, is_bold=True)
    sheet.paragraph(content.happened, 12)
    for line in content.contacts:
        sheet.paragraph(line, 16, is_bold=True)
    _foot(sheet, content, say, draft_sha256, free)
    if with_strips:
        sheet.strips(_strip(content, say), STRIPS, free)
    return sheet


def _strip(content: Content, say: "_Words") -> str:
    """What is taken home: the title, with its mark of an exercise, the address in two lines, how to reach us."""
    title = telling.marked(content, content.title, say(telling.EXERCISE))
    return "\n".join([title, content.page.replace("/appeals/", "/\nappeals/"), *content.contacts[:STRIP_CONTACTS]])


def _foot(sheet: Sheet, content: Content, say: "_Words", draft_sha256: str, free: float) -> None:
    """At the lower edge, above what is kept `free`: the code, where this is valid, the version and its date."""
    issued = pages.moment_in_words(content.issued_at, content.zone, content.language)
    lines = [
        say(_("Valid only if it is shown at this address:")),
        content.page,
        say(VERSION, number=content.revision, moment=issued),
        f"{say(_('Case reference'))}: {content.reference}" if content.reference else "",
        content.force,
        say(NOT_APPROVED, number=content.revision, hash=draft_sha256[:SHOWN_HASH]) if draft_sha256 else "",
    ]
    side = CODE_SIDE * sheet.paper.scale
    sheet.move_to(max(sheet.y, sheet.paper.height - sheet.paper.margin - free - side - 1))
    sheet.code(content.page, side, "\n".join(line for line in lines if line), 10)


def _looks(descriptors: tuple[tuple[str, str], ...], say: "_Words") -> str:
    known = telling.DESCRIPTORS
    return " · ".join(f"{say(known[label]) if label in known else label}: {words}" for label, words in descriptors)


class _Words:
    """Says texts in the language of the poster."""

    def __init__(self, content: Content) -> None:
        self._language = content.language

    def __call__(self, text: str, **values: object) -> str:
        return pages.translate(self._language, text, **values)
