"""Posters and pictures to share, made of what was approved and kept by content; drafts are marked as such."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appeal import cards, db, installation, posters
from appeal.filestore import FileCache
from appeal.models.appeal import Appeal, Revision
from appeal.models.release import Channel
from appeal.printing import PAPERS
from appeal.rules.content import Content
from appeal.rules.errors import DoesNotFit, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.words import _
from appeal.services import contents

# What is printed looks like this; a changed layout gets another number, so that nothing old is read from the cache.
LAYOUT = 2
# The place whose pictures are large enough for paper and press.
LIKE = "site"
OVER = _("This appeal is no longer shown. Nothing is printed of it any more.")


@dataclass(frozen=True)
class Printed:
    """What may be printed of an appeal: its approved revision, or the draft where nothing was approved yet."""

    revision: Revision
    languages: Sequence[str]
    is_draft: bool


def printed(appeal_id: int) -> Printed:
    """The revision to print; raises `WrongState` once the appeal was taken down."""
    with db.reading() as session:
        appeal = session.get(Appeal, appeal_id)
        if appeal is None:
            raise NotFound(_("There is no such appeal."))
        if appeal.taken_down_at is not None:
            raise WrongState(OVER)
        approved = [one for one in appeal.revisions if one.state == RevisionState.APPROVED]
        revision = approved[-1] if approved else appeal.revisions[-1]
        languages = sorted({one.language for one in revision.texts if one.field == "title" and one.body})
        _loaded = (revision.appeal.revisions, revision.pictures)
        return Printed(revision, languages, not approved)


def content(revision: Revision, language: str) -> Content:
    """What is printed, in one language; raises `NotFound` when the revision has no text in it."""
    channel = Channel(publisher=LIKE, name=LIKE, language=language, settings={})
    try:
        return contents.for_channel(revision, channel, action=contents.outing(revision))
    except DoesNotFit as error:
        raise NotFound(_("There is no text in this language."), str(error)) from error


def poster(appeal_id: int, *, language: str, paper: str, with_strips: bool = False) -> bytes:
    """A PDF of what is approved, or of the draft with DRAFT across it; strips to tear off only of what is approved."""
    if paper not in PAPERS:
        raise NotFound(_("Posters are not printed on this paper."))
    found = printed(appeal_id)
    said = content(found.revision, language)
    draft = contents.frozen_sha256(found.revision) if found.is_draft else ""
    if found.is_draft and with_strips:
        raise WrongState(_("Posters with strips to tear off are made when the appeal is approved."))
    name = f"poster {paper} {'strips' if with_strips else draft} {_fingerprint(said)}"
    return kept(name, lambda: posters.poster(said, paper, draft_sha256=draft, with_strips=with_strips))


def card(appeal_id: int, *, language: str, shape: str) -> bytes:
    """A JPEG to share of what is approved; a draft has none, because a picture is passed on without its page."""
    if shape not in cards.SHAPES:
        raise NotFound(_("Pictures to share are not made in this shape."))
    found = printed(appeal_id)
    if found.is_draft:
        raise WrongState(_("Pictures to share are made when the appeal is approved."))
    said = content(found.revision, language)
    return kept(f"card {shape} {_fingerprint(said)}", lambda: cards.card(said, shape))


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """What was made under this name, sealed on disk; made now if it is not there."""
    held = installation.current()
    cache = FileCache(held.config.instance / "renditions")
    found = cache.get(f"print {LAYOUT} {name}")
    if found is not None:
        return held.desk_keys.open(found)
    made = make()
    cache.put(f"print {LAYOUT} {name}", held.keys.seal(made))
    return made


def _fingerprint(said: Content) -> str:
    """A hash of everything that is printed; pictures count by their own hashes, which their plain form shows."""
    return hashlib.sha256(repr(said).encode()).hexdigest()
