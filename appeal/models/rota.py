"""Staffed hours: weekly windows, exception days and overrides that count as cover."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class RotaWindow(Base):
    """A weekly window in the force's local time; 0 is Monday; closing at or before opening means the next day."""

    __tablename__ = "rota_windows"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class ExceptionDay(Base):
    """A local date whose windows ([["08:00", "14:00"], …]) replace the weekly ones; none means closed."""

    __tablename__ = "exception_days"

    on: Mapped[date] = mapped_column("on_date", primary_key=True)
    windows: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(120), default="")


class Override(Base):
    """Cover for one appeal outside the rota: who reads, until when, and why."""

    __tablename__ = "overrides"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    reader: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
