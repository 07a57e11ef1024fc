"""What the machine makes of a tip: it opens the words, judges how soon they must be read, and keeps none of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appeal.models.tip import Tip
from appeal.rules import tongues, urgency
from appeal.rules.errors import CannotOpen
from appeal.rules.words import _
from appeal.tips import opening
from appeal.tips.ranking import TO_READ, URGENT, rank

# A tip with more messages than this is judged by its first and its newest ones.
MOST_MESSAGES = 20
UNKNOWN_LANGUAGE = "und"
# Nobody can say yet whether it matters: it stands in the middle, not at the end.
UNREAD_LANGUAGE, UNREAD_SCORE = "unread_language", 40

# Reasons that only the machine gives, beside those of `urgency.REASONS`.
CANNOT_OPEN, ADDED, PARKED, LIKE_SPAM = "cannot_open", "added", "parked", "like_spam"
# How far a tip of the last lane is set back that reads like what the desk closed as spam.
LIKE_SPAM_POINTS = 40
REASONS: Mapping[str, str] = {
    **urgency.REASONS,
    CANNOT_OPEN: _("Cannot be opened with the keys that are here."),
    ADDED: _("Something was added after it was decided."),
    PARKED: _("Came in a flood and stands behind the others."),
    LIKE_SPAM: _("Reads like what this desk closed as advertising or abuse."),
    UNREAD_LANGUAGE: _("Nobody at the desk reads this language: it needs a translation."),
    "name_agrees": _("Somebody else gave the same name."),
    "lifted": _("Lifted by an officer."),
    "matched_later": _("Was closed; something that came later fits it."),
    "disagreed": _("Was closed; the second reader disagreed."),
}


@dataclass(frozen=True)
class Reading:
    """Columns of the tip to be set, and when the newest of its messages really came."""

    values: dict[str, Any]
    newest_at: datetime | None


def read(
    tip: Tip, suspects: Callable[[str], bool] = lambda _text: False, languages: Collection[str] = ("en", "es")
) -> Reading:
    """Judge a tip whose messages and contents are loaded; one that cannot be opened is urgent: a person must look.

    `suspects` says whether a text reads like spam: that sets it back within the last lane and nowhere else.
    `languages` are those that somebody at the desk reads: what is in another one does not stand last.
    """
    rows = tip.messages if len(tip.messages) <= MOST_MESSAGES else [tip.messages[0], *tip.messages[1 - MOST_MESSAGES :]]
    try:
        contents = [opening.content_of(row.content.sealed) for row in rows]
    except CannotOpen:
        return Reading(_values(tip, URGENT, urgency.URGENT_SCORE, (CANNOT_OPEN,), ""), None)
    text = "\n".join(_said(content) for content in contents)
    judged = urgency.judge(text, tip.is_live, tip.is_about_me, tip.file_count > 0)
    lane, score, reasons = judged.lane, judged.score, judged.reasons
    if lane == TO_READ and suspects("\n".join(content["text"] for content in contents)):
        score, reasons = max(0, score - LIKE_SPAM_POINTS), (*reasons, LIKE_SPAM)
    code = tongues.language(text)
    if lane == TO_READ and tongues.is_unread(text, code, languages):
        score, reasons = max(score, UNREAD_SCORE), (*reasons, UNREAD_LANGUAGE)
    newest = max(datetime.fromisoformat(content["received_at"]) for content in contents)
    return Reading(_values(tip, lane, score, reasons, code), newest)


def _values(tip: Tip, lane: str, score: int, reasons: tuple[str, ...], language: str) -> dict[str, Any]:
    if tip.is_parked:
        reasons = (*reasons, PARKED)
    return {
        "lane": lane,
        "score": score,
        "rank": rank(lane, score, tip.received_at, is_parked=tip.is_parked),
        "reasons": list(reasons),
        "language": tip.language if language in {"", UNKNOWN_LANGUAGE} else language,
    }


def _said(content: dict[str, Any]) -> str:
    facts = content["facts"]
    return "\n".join(part for part in (content["text"], facts.get("where", ""), facts.get("when", "")) if part)
