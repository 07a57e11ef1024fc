"""Pictures that must never go out again, and the kits of pictures that are given to the press."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class BarredPicture(Base):
    """A picture that showed the wrong person: its file's hash and fingerprints, kept when the appeal is erased."""

    __tablename__ = "barred_pictures"
    __table_args__ = (Index(None, "original_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    original_sha256: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(16))
    shown_fingerprint: Mapped[str] = mapped_column(String(16), default="")
    barred_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    barred_at: Mapped[datetime]


class PressKit(Base):
    """Pictures, posters and conditions of one appeal under a random address that dies with it.

    `revision_id` is the revision whose files stand there, empty until they were made; `closed_at` is when they went.
    """

    __tablename__ = "press_kits"
    __table_args__ = (Index(None, "appeal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    language: Mapped[str] = mapped_column(String(8))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
