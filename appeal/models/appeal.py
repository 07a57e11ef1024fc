"""Appeals, their revisions with texts and subjects, photos, renditions and approvals."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base
from appeal.rules.content import KINDS
from appeal.rules.lifecycle import RevisionState


class Appeal(Base):
    """The request to the public; what it says is in its revisions. `public_id` is random and stands in addresses.

    `not_before` is an embargo: nothing of it goes out earlier. `desk_id` is the desk that reads it, where one was
    chosen.
    """

    __tablename__ = "appeals"
    __table_args__ = (CheckConstraint("kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    created_at: Mapped[datetime]
    taken_down_at: Mapped[datetime | None]
    taken_down_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    take_down_reason: Mapped[str] = mapped_column(String(40), default="")
    ending: Mapped[str] = mapped_column(String(20), default="")
    ended_at: Mapped[datetime | None]
    closing_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desks.id"))
    revisions: Mapped[list["Revision"]] = relationship(back_populates="appeal", order_by="Revision.number")
    photos: Mapped[list["Photo"]] = relationship(back_populates="appeal", order_by="Photo.position")


class Revision(Base):
    """Frozen from submitting on; `version` guards a draft against two officers at once.

    `facts` holds what is the same in every language: those of `rules.drafting`, `subjects` (see `rules.subjects`) and
    the ids of the chosen channels.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("appeal_id", "number"),
        CheckConstraint("state = 'draft' OR state = 'returned' OR content_sha256 <> ''", name="frozen_has_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default=RevisionState.DRAFT.value)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    facts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    content_sha256: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    return_comments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    appeal: Mapped[Appeal] = relationship(back_populates="revisions")
    texts: Mapped[list["RevisionText"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    pictures: Mapped[list["RevisionPicture"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="RevisionPicture.position"
    )
    approvals: Mapped[list["Approval"]] = relationship(back_populates="revision")


class RevisionText(Base):
    """One text in one language; fields are those of `rules.drafting`."""

    __tablename__ = "revision_texts"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class Photo(Base):
    """One uploaded picture: the original sealed, a clean upright master, where it comes from and its fingerprints.

    `master_file` is what renditions are made of: cropped and blacked out. `uncut_file` is the whole picture, empty
    while nothing was cut; `fingerprint` is of the whole, `shown_fingerprint` of what is shown. `crop` and `boxes` are
    lists of left, top, width and height in thousandths. `prepared_at` is when its renditions had been made.
    """

    __tablename__ = "photos"
    __table_args__ = (Index(None, "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    position: Mapped[int]
    original_sha256: Mapped[str] = mapped_column(String(64))
    sealed_file: Mapped[str] = mapped_column(String(64))
    master_file: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(16))
    shown_fingerprint: Mapped[str] = mapped_column(String(16), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    source_system: Mapped[str] = mapped_column(String(120), default="", server_default="")
    source_record: Mapped[str] = mapped_column(String(200), default="")
    taken_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    taken_on: Mapped[date | None]
    consent: Mapped[str] = mapped_column(String(300), default="", server_default="")
    conditions: Mapped[str] = mapped_column(String(300), default="", server_default="")
    uncut_file: Mapped[str] = mapped_column(String(64), default="", server_default="")
    crop: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    boxes: Mapped[list[list[int]]] = mapped_column(JSON, default=list, server_default="[]")
    prepared_at: Mapped[datetime | None]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    added_at: Mapped[datetime]
    appeal: Mapped[Appeal] = relationship(back_populates="photos")


class RevisionPicture(Base):
    """A photo as one revision shows it: place, alt text by language, whether its address is written across it."""

    __tablename__ = "revision_pictures"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True)
    position: Mapped[int]
    alt: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    is_marked: Mapped[bool] = mapped_column(default=False, server_default=false())
    photo: Mapped[Photo] = relationship(lazy="joined")


class Approval(Base):
    """The signature of a second person over a revision's hash, the composed posts, the channels and the review date.

    An urgent one may owe its reasons for a day. One by telephone names who wrote it down and the words that were said,
    and is `confirmed_at` by the approver afterwards. `checks` is what the approver ticked: `dialled` (lines), `alert`
    (criteria), `flags` (how many words were looked at and stay), `orders` (hashes of the judge's orders).
    `owed_asked_at` and `owed_told_at` are when somebody was last asked for what it owes, and when all were told that
    it was not there in time.
    """

    __tablename__ = "approvals"
    __table_args__ = (CheckConstraint("approver_id <> author_id", name="second_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    content_sha256: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    approver_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    approved_at: Mapped[datetime]
    legal_basis: Mapped[str] = mapped_column(String(80))
    necessity: Mapped[str] = mapped_column(Text)
    proportionality: Mapped[str] = mapped_column(Text)
    risk: Mapped[str] = mapped_column(Text, server_default="")
    statement: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date]
    posts: Mapped[dict[str, str]] = mapped_column(JSON)
    ended_at: Mapped[datetime | None]
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    urgent_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    checks: Mapped[dict[str, object]] = mapped_column(JSON, default=dict, server_default="{}")
    recorder_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    authority_words: Mapped[str] = mapped_column(Text, default="", server_default="")
    confirmed_at: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    asked_stage: Mapped[int] = mapped_column(default=0, server_default="0")
    reviewed_at: Mapped[datetime | None]
    owed_asked_at: Mapped[datetime | None]
    owed_told_at: Mapped[datetime | None]
    revision: Mapped[Revision] = relationship(back_populates="approvals")


class ToldFirst(Base):
    """Somebody who was told of an ending before the public: who (a code of `rules.endings.TOLD`), by name, and when."""

    __tablename__ = "told_first"
    __table_args__ = (UniqueConstraint("appeal_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    told_at: Mapped[datetime]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))


class FurtherSignature(Base):
    """The signature of one more approver over a revision's hash, where a rule asks for it."""

    __tablename__ = "further_signatures"
    __table_args__ = (UniqueConstraint("revision_id", "officer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    content_sha256: Mapped[str] = mapped_column(String(64))
    reasons: Mapped[str] = mapped_column(String(80))
    statement: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]


class LegalHold(Base):
    """As long as one stands, nothing of its appeal is erased. Two officers lift it, each with a sealed reason."""

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    asked_at: Mapped[datetime | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
