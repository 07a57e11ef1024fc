"""The force's standing correction: what is said where somebody was shown by mistake, approved before it is needed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class StandingCorrection(Base):
    """One wording in one language. It holds from `approved_at` on, until a later one in its language is approved."""

    __tablename__ = "standing_corrections"
    __table_args__ = (
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> written_by_id", name="second_person"),
        Index(None, "language", "approved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(String(400))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    approved_at: Mapped[datetime | None]
