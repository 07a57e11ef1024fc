"""Words of a channel's own, written by hand, and what of an appeal does not reach a channel, said before approval."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from appeal import db, ledger, publishers
from appeal.models.appeal import Revision, RevisionText
from appeal.models.release import Channel
from appeal.publishers.base import Capabilities
from appeal.publishers.text import plain_for_texts
from appeal.rules import answering
from appeal.rules.content import Content, Post
from appeal.rules.errors import BadInput, Changed, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say

LONGEST = 5_000
OPEN = (RevisionState.DRAFT, RevisionState.RETURNED)
OWN_PLACES = ("site", "feeds")

WOULD_BE_CUT = _("The words written for this channel do not fit: they would be cut. Nothing written by hand is cut.")
LEFT_OUT: Mapping[str, str] = {
    "where": _("The place is left out: there is no room for it."),
    "when": _("The time is left out: there is no room for it."),
    "subjects": _("The description of who or what is sought stays on the page: posts here lead to it."),
}
NO_STORY = _("What happened is left out: there is no room for it.")
NO_PICTURES = _("No picture goes out here.")
NO_ALT = _("The descriptions of the pictures do not go out here: this place takes none.")


def field_of(channel: Channel) -> str:
    """The name under which a revision keeps the words written by hand for a channel."""
    return f"wording.{channel.id}"


def of(revision: Revision, channel: Channel) -> str:
    """The words written by hand for a channel; empty when it gets the common text."""
    name, language = field_of(channel), channel.language
    return next((one.body for one in revision.texts if (one.language, one.field) == (language, name)), "")


def applied(content: Content, revision: Revision, channel: Channel) -> Content:
    """The content with the channel's own words in the place of the common ones; title, danger and contacts stay."""
    words = of(revision, channel)
    if not words or content.action == "retract":
        return content
    return replace(content, happened=words, where="", when="", subjects=())


def can_be_written(channel: Channel) -> bool:
    """Whether words of its own make sense there: our own pages say everything."""
    return channel.publisher not in OWN_PLACES


def write(actor: Actor, *, revision_id: int, channel_id: int, words: str, expected_version: int, now: datetime) -> None:
    """Keep words of a channel's own in a draft, or go back to the common text where they are empty."""
    require(actor, Permission.DRAFT)
    words = words.replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise BadInput(fields={"words": say("%(limit)s characters at most.", limit=f"{LONGEST:,}")})
    with db.writing() as session:
        revision = session.get(Revision, revision_id, populate_existing=True, with_for_update={"of": Revision})
        channel = session.get(Channel, channel_id)
        if revision is None or channel is None or not can_be_written(channel):
            raise NotFound(_("There is no such channel."))
        if RevisionState(revision.state) not in OPEN:
            raise WrongState(_("This revision is frozen: begin the next one to change it."))
        if revision.version != expected_version:
            raise Changed(_("Somebody else saved this meanwhile."), {"words": of(revision, channel)})
        revision.texts = [*_without(revision, channel), *_rows(channel, words)]
        revision.version += 1
        target, fields = f"revision:{revision_id}", {field_of(channel): words}
        ledger.record(session, at=now, actor=actor.label, action="write for channel", target=target, fields=fields)


def reasons(content: Content, revision: Revision, channel: Channel, post: Post) -> list[str]:
    """Why words written by hand cannot go out as they are; nothing of them is ever cut."""
    return [WOULD_BE_CUT] if of(revision, channel) and not _is_said(content.happened, post) else []


def notes(content: Content, revision: Revision, channel: Channel, post: Post) -> list[str]:
    """What does not reach this channel and why: what is cut, left out, or not taken there."""
    able: Capabilities = publishers.get(channel.publisher).capabilities
    found = [] if channel.publisher in OWN_PLACES else _cuts(content, post, able)
    given, sent = len(revision.pictures), len(post.pictures)
    if given and not sent:
        found.append(NO_PICTURES)
    elif sent < given:
        counts = {"sent": sent, "given": given, "most": able.pictures.number}
        found.append(say("%(sent)s of %(given)s pictures go out here: %(most)s is the most.", **counts))
    if sent and not able.pictures.alt_limit:
        found.append(NO_ALT)
    if able.answered_in_public:
        found.append(answering.note(content.may_answer, limits=able.limits_answers, hides=able.can_hide))
    return [one for one in found if one]


def _cuts(content: Content, post: Post, able: Capabilities) -> list[str]:
    found: list[str] = []
    rest = _rest(content.happened, post)
    if rest == content.happened.strip() and rest:
        found.append(NO_STORY)
    elif rest:
        limit = {"rest": rest, "limit": f"{able.text_limit:,}", "unit": say(able.counts)}
        found.append(say("Cut, because %(limit)s %(unit)s are the most here: “… %(rest)s”", **limit))
    found += [LEFT_OUT[name] for name in ("where", "when") if not _is_said(getattr(content, name), post)]
    described = [
        words for one in content.subjects for words in (one.name, *(value for _label, value in one.descriptors))
    ]
    if any(not _is_said(words, post) for words in described):
        found.append(LEFT_OUT["subjects"])
    return found


def _rest(words: str, post: Post) -> str:
    """What of these words the post does not say: everything after their longest beginning that it does."""
    parts = words.split()
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _is_said(" ".join(parts[:middle]), post) else (low, middle - 1)
    return " ".join(parts[low:])


def _is_said(words: str, post: Post) -> bool:
    return _plain(words) in _plain(post.text)


def _plain(words: str) -> str:
    """Without the differences that platforms make: gaps, typographic marks, and the mark of a cut."""
    return " ".join(plain_for_texts(words).split())


def _without(revision: Revision, channel: Channel) -> list[RevisionText]:
    key = (channel.language, field_of(channel))
    return [one for one in revision.texts if (one.language, one.field) != key]


def _rows(channel: Channel, words: str) -> Sequence[RevisionText]:
    return [RevisionText(language=channel.language, field=field_of(channel), body=words)] if words else []
