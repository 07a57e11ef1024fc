"""Alarms: reports of one place within ten minutes, counted; somebody has it when one of its pages was taken."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class Alarm(Base):
    """What is counted together. `sealed` holds the places, senders and words by which later reports are told apart.

    `page_id` is the page of whoever is asked; it is empty where `check_id` names what somebody found there before.
    """

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime]
    tip_count: Mapped[int] = mapped_column(default=0)
    independent_count: Mapped[int] = mapped_column(default=0)
    # Counts what no longer gets an alarm of its own, because so many were raised.
    is_overflow: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"))
    check_id: Mapped[int | None] = mapped_column(ForeignKey("lead_checks.id"))


class AlarmTip(Base):
    """That a tip is counted by an alarm, and whether by somebody who had not spoken there before."""

    __tablename__ = "alarm_tips"

    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarms.id"), primary_key=True)
    tip_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("tips.id"), primary_key=True, autoincrement=False, index=True
    )
    is_independent: Mapped[bool]
    joined_at: Mapped[datetime]
