"""How what we stored of a source compared with what the platform lists."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base, Said


class SourceComparison(Base):
    """The newest comparison of one channel; `cursor` is where the next one begins to read the platform's list.

    `listed` and `missing` are counts of messages; `gap` is how many were missing when that was last so, at `gap_at`.
    """

    __tablename__ = "source_comparisons"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    cursor: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    compared_at: Mapped[datetime | None]
    listed: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    gap_at: Mapped[datetime | None]
    gap: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Said(300), default="")
