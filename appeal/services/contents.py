"""What a revision says on one channel: rows, settings and finished pictures put together as plain content."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from appeal import db, installation, publishers
from appeal.models.appeal import Appeal, Revision, RevisionPicture
from appeal.models.picture import PressKit
from appeal.models.release import Channel, Copy
from appeal.pages import moment_in_words, translate
from appeal.publishers.base import Pictures
from appeal.rules import endings
from appeal.rules import subjects as given_subjects
from appeal.rules.content import LINK_PLACEHOLDER, Content, Picture, Subject, canonical_sha256
from appeal.rules.errors import DoesNotFit
from appeal.rules.lifecycle import RevisionState
from appeal.rules.words import _
from appeal.services import corrections, force, lines, photos, renditions, rota, wordings

BEING_REVIEWED = _("This appeal is being reviewed.")
# A delivery of this kind says the standing correction where the appeal itself could only be deleted.
STATEMENT = "statement"
# A release of this kind gives a list the address of a kit for the press, and no more of the appeal than its title.
KIT = "kit"
CORRECTION = _("Correction")
NO_KIT = _("There is no open kit in the language of this channel.")
KNOWN = (RevisionState.APPROVED, RevisionState.SUPERSEDED)
CODED = ("sex", "build", "hair", "eyes", "colour")
# label of a descriptor, what it is made of, in the order in which the public reads them
PERSON = ("age", "height", *CODED[:4], "clothing", "marks", "aliases", "languages", "seen", "ethnicity", "health")
THING = ("plate", "make", "colour", "serial", "details")


def frozen(revision: Revision) -> dict[str, object]:
    """The canonical form of a revision: what its hash covers."""
    return {
        "kind": revision.appeal.kind,
        "number": revision.number,
        "facts": dict(revision.facts),
        "texts": sorted([text.language, text.field, text.body] for text in revision.texts),
        "pictures": [photos.frozen(one) for one in revision.pictures],
    }


def frozen_sha256(revision: Revision) -> str:
    """The hash that an approver signs."""
    return canonical_sha256(frozen(revision))


def texts(revision: Revision, language: str) -> dict[str, str]:
    """The texts of one language by field."""
    return {text.field: text.body for text in revision.texts if text.language == language}


def subjects(revision: Revision, language: str) -> tuple[Subject, ...]:
    """Who or what the appeal is about, described in one language."""
    return _subjects(revision, texts(revision, language), language, force.settings()["zone"])


def outing(revision: Revision) -> str:
    """How this revision goes out: "publish", or "update" when an earlier one was approved and may be known."""
    earlier = (one for one in revision.appeal.revisions if one.number < revision.number)
    return "update" if any(one.state in KNOWN for one in earlier) else "publish"


def for_channel(revision: Revision, channel: Channel, *, action: str, key: str = LINK_PLACEHOLDER) -> Content:
    """What this channel is given; raises `DoesNotFit` when the revision has no texts in the channel's language.

    The same revision, channel and key always give the same content: no clock is read and no random number drawn.
    """
    config, settings = installation.current().config, force.settings()
    language, appeal = channel.language, revision.appeal
    own = _told(revision, language)
    content = Content(
        appeal=appeal.public_id,
        kind=appeal.kind,
        revision=revision.number,
        language=language,
        action=action,
        is_exercise=config.is_exercise,
        force=settings["force_name"],
        zone=settings["zone"],
        title=own["title"],
        happened=own.get("happened", ""),
        where=own.get("place", ""),
        when=_local(str(revision.facts.get("when_at", "")), language, settings["zone"]),
        subjects=_subjects(revision, own, language, settings["zone"]),
        danger=_danger(revision, language, own),
        contacts=tuple(line.strip() for line in own.get("contact", "").splitlines() if line.strip()),
        reference=str(revision.facts.get("case_reference", "")),
        area=str(revision.facts.get("area", "")),
        link=f"{config.public_url}/r/{key}",
        page=renditions.page_of(appeal.public_id, language),
        tell=f"{config.public_url}/{language}/tell",
        issued_at=_issued_at(revision, action),
        pictures=() if action == "retract" else pictures(revision, channel),
        closing=_closing(appeal, own, language) if action == "retract" else "",
        reading=rota.hours_words(language),
        ending=appeal.ending if action == "retract" else "",
        duty=settings["duty_number"],
        may_answer=str(revision.facts.get("may_answer") or ""),
        embargo=_embargo(revision, channel, settings["zone"]) if action != "retract" else "",
    )
    return wordings.applied(content, revision, channel)


def for_copy(copy: Copy) -> Content:
    """What a copy of a release says, with its own link, whatever kind of delivery it belongs to."""
    revision, channel, kind = copy.delivery.release.revision, copy.delivery.channel, copy.delivery.kind
    if kind == STATEMENT:
        return statement(revision, channel, key=copy.key)
    if copy.delivery.release.kind == KIT:
        return kit(revision, channel, key=copy.key)
    return for_channel(revision, channel, key=copy.key, action="retract" if kind == "retract" else outing(revision))


def statement(revision: Revision, channel: Channel, *, key: str = LINK_PLACEHOLDER) -> Content:
    """The correction alone: no name, no picture, nothing of what the appeal said."""
    over = for_channel(revision, channel, key=key, action="retract")
    return replace(
        over,
        action="publish",
        title=translate(channel.language, CORRECTION),
        happened=over.closing,
        closing="",
        where="",
        when="",
        subjects=(),
        danger="",
        contacts=(),
        reference="",
        area="",
    )


def kit(revision: Revision, channel: Channel, *, key: str = LINK_PLACEHOLDER) -> Content:
    """The address of the kit in the channel's language; raises `DoesNotFit` where none is open.

    Title, danger line and contacts are those that were approved; everything else is read under the address.
    """
    whole = for_channel(revision, channel, action="publish", key=key)
    with db.reading() as session:
        own = select(PressKit.public_id).where(PressKit.appeal_id == revision.appeal_id, PressKit.closed_at.is_(None))
        public_id = session.scalar(own.where(PressKit.language == channel.language).limit(1))
    if public_id is None:
        raise DoesNotFit([NO_KIT])
    bare = replace(whole, happened="", where="", when="", subjects=(), pictures=(), embargo="")
    return replace(bare, kit=renditions.kit_of(public_id))


def pictures(revision: Revision, channel: Channel) -> tuple[Picture, ...]:
    """As many pictures as the channel takes, each finished for it."""
    wanted: Pictures = publishers.get(channel.publisher).capabilities.pictures
    page = renditions.page_of(revision.appeal.public_id, channel.language)
    return tuple(_picture(one, wanted, page, channel.language) for one in revision.pictures[: wanted.number])


def _told(revision: Revision, language: str) -> Mapping[str, str]:
    own = texts(revision, language)
    if not own.get("title"):
        raise DoesNotFit([translate("en", "There is no text in the language of this channel.")])
    return own


def is_early(channel: Channel) -> bool:
    """Whether this list gets what is under an embargo at once, marked with the moment."""
    return channel.publisher == "email" and channel.settings.get("early") == "yes"


def _embargo(revision: Revision, channel: Channel, zone: str) -> str:
    """The moment before which nobody may pass it on, in words; empty for what was written when that was over."""
    until, written = revision.appeal.not_before, revision.submitted_at or revision.created_at
    if until is None or until <= written or not is_early(channel):
        return ""
    return moment_in_words(until, zone, channel.language)


def _closing(appeal: Appeal, own: Mapping[str, str], language: str) -> str:
    """The approved closing words once everybody was told who has to be; a neutral sentence until then.

    After a mistake the force's standing correction stands in their place, in every language in which it is approved.
    """
    if appeal.ending == endings.MISTAKEN and (standing := corrections.current(language)):
        return standing
    words = own.get(endings.PREFIX + appeal.ending, "") if appeal.closing_at else ""
    if not words and appeal.take_down_reason == "review" and not appeal.ended_at:
        return translate(language, BEING_REVIEWED)
    return words or translate(language, "This appeal is no longer shown.")


def _issued_at(revision: Revision, action: str) -> datetime:
    if action == "retract" and revision.appeal.taken_down_at:
        return revision.appeal.taken_down_at
    return revision.submitted_at or revision.created_at


def _picture(one: RevisionPicture, wanted: Pictures, page: str, language: str) -> Picture:
    """One finished picture; words that are written across it stand in its description too."""
    mark = renditions.mark_of(one, page, language)
    alt = " ".join(part for part in (_alt(one.alt, language), f"({mark})" if mark else "") if part)
    return Picture(alt=alt, renditions=renditions.renditions(one.photo, wanted, mark))


def _alt(alt: Mapping[str, str], language: str) -> str:
    return alt.get(language) or next((words for words in alt.values() if words), "")


def _local(given: str, language: str, zone: str) -> str:
    """A local moment as it was typed, in words; empty for none."""
    if not given:
        return ""
    local = datetime.fromisoformat(given).replace(tzinfo=ZoneInfo(zone))
    return moment_in_words(local.astimezone(UTC), zone, language)


def _danger(revision: Revision, language: str, own: Mapping[str, str]) -> str:
    code = str(revision.facts.get("danger", ""))
    if code == "own":
        return own.get("danger_own", "").strip()
    return lines.dangers(language).get(code, "") if code not in {"", "none"} else ""


def _subjects(revision: Revision, own: Mapping[str, str], language: str, zone: str) -> tuple[Subject, ...]:
    made = (_subject(one, own, language, zone) for one in given_subjects.subjects_of(revision.facts))
    return tuple(one for one in made if one.name or one.descriptors)


def _subject(one: Mapping[str, str], own: Mapping[str, str], language: str, zone: str) -> Subject:
    """A subject as the public reads it: words that somebody used go before the code that stands beside them."""
    texts = {
        name: own.get(given_subjects.text_name(one, name), "").strip() for name in given_subjects.TEXTS[one["type"]]
    }
    said = {**one, **texts}
    said["age"] = _range(one, "age_from", "age_to")
    said["height"] = _range(one, "height_from", "height_to", " cm")
    said |= {name: texts.get(given_subjects.RAW.get(name, ""), "") or _coded(one, name, language) for name in CODED}
    seen = (texts.get("seen_place", ""), _local(one.get("seen_at", ""), language, zone))
    said["seen"] = ", ".join(part for part in seen if part)
    labels = PERSON if one["type"] == "person" else THING
    descriptors = tuple((label, words) for label in labels if (words := said.get(label, "")))
    if one["type"] == "vehicle":
        name = " ".join(part for part in (one.get("make", ""), one.get("model", "")) if part)
        descriptors = tuple(pair for pair in descriptors if pair[0] != "make")
    else:
        name = said.get("name") or said.get("what", "")
    return Subject(name=name, descriptors=descriptors, type=one["type"])


def _coded(one: Mapping[str, str], name: str, language: str) -> str:
    code = one.get(name, "")
    words = given_subjects.CHOICES[name].get(code, "") if code else ""
    return translate(language, words) if words else ""


def _range(one: Mapping[str, str], low: str, high: str, unit: str = "") -> str:
    words = "–".join(end for end in dict.fromkeys([one.get(low, ""), one.get(high, "")]) if end)
    return words + unit if words else ""
