"""Desks, their staffed hours and people: weekly windows, days that replace them, and overrides that count as cover."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class Desk(Base):
    """A team that reads answers; the oldest one is the default. Without languages it reads all that no other reads.

    `languages` are codes with a space between them, `zone` is empty where it is the force's.
    """

    __tablename__ = "desks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    languages: Mapped[str] = mapped_column(String(80), default="")
    zone: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)


class DeskMember(Base):
    """An officer who reads at a desk; `on_call` is the place on the list of those who are paged, 0 for not on it."""

    __tablename__ = "desk_members"
    __table_args__ = (CheckConstraint("on_call >= 0", name="on_call"),)

    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    on_call: Mapped[int] = mapped_column(default=0)


class RotaWindow(Base):
    """A weekly window in the desk's local time; 0 is Monday; closing at or before opening means the next day."""

    __tablename__ = "rota_windows"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class ExceptionDay(Base):
    """A local date whose windows ([["08:00", "14:00"], …]) replace the weekly ones; none means closed."""

    __tablename__ = "desk_days"

    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"), primary_key=True)
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
