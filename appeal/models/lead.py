"""Leads: tips of one event, place or person, gathered reversibly; a membership is never deleted, only ended."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base

IS_IN = text("left_at IS NULL")


class LeadState(StrEnum):
    """Suggested by the machine, gathered by a person, or undone."""

    SUGGESTED = "suggested"
    GATHERED = "gathered"
    UNDONE = "undone"


class Lead(Base):
    """What several tips have in common; `version` guards it against two officers at once. The title is sealed."""

    __tablename__ = "leads"
    __table_args__ = (
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in LeadState)), name="state"),
        Index(None, "state", "changed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    sealed_title: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    tip_count: Mapped[int] = mapped_column(default=0)
    independent_count: Mapped[int] = mapped_column(default=0)


class LeadMember(Base):
    """That a tip was put into a lead, why, by whom and after which others; ended when it was taken out again.

    `reasons` are codes of `tips.likeness`; `echo_of_id` names the tip of the same lead that this one only repeats.
    """

    __tablename__ = "lead_members"
    __table_args__ = (
        Index("uq_lead_members_tip_now", "tip_id", unique=True, postgresql_where=IS_IN, sqlite_where=IS_IN),
        Index(None, "lead_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    position: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    score: Mapped[int] = mapped_column(default=0)
    echo_of_id: Mapped[int | None] = mapped_column(BigInteger)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    added_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    left_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))


class LeadApart(Base):
    """Two tips that a person told apart: the machine does not suggest them together again. `low_id` < `high_id`."""

    __tablename__ = "lead_apart"

    low_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), primary_key=True)
    high_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), primary_key=True, index=True)


class LeadCheck(Base):
    """That somebody looked: who, what they found (sealed) and until when it holds."""

    __tablename__ = "lead_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    finding: Mapped[str] = mapped_column(String(20))
    sealed_words: Mapped[bytes] = mapped_column(LargeBinary)
    checked_at: Mapped[datetime]
    until: Mapped[datetime]
