"""Desks, their staffed hours and people: weekly windows, days that replace them, and overrides that count as cover."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base
from appeal.models.paging import Page
from appeal.models.people import User


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
    """Cover for one appeal outside the rota: who reads, until when, and why.

    It is cover from `accepted_at` on, or from when the page that asks for a reader was taken. `released_at` lets the
    appeal go although nobody has accepted to read; then nobody is said to read.
    """

    __tablename__ = "overrides"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    reader: Mapped[str] = mapped_column(String(120))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    reason: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"))
    accepted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    page: Mapped[Page | None] = relationship(lazy="joined")


class DeskClosing(Base):
    """A desk that signed off early: nobody reads from `closed_at` until `until_at`, or until somebody reopens it."""

    __tablename__ = "desk_closings"
    __table_args__ = (CheckConstraint("until_at > closed_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"), index=True)
    closed_at: Mapped[datetime]
    until_at: Mapped[datetime]
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    reopened_at: Mapped[datetime | None]


class Pause(Base):
    """Nothing that is not out goes out, on one channel or, without one, on all, until somebody resumes."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    paused_at: Mapped[datetime]
    paused_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    resumed_at: Mapped[datetime | None]


class Shift(Base):
    """Who is on at a desk, and what the shift leaves to the next one, sealed."""

    __tablename__ = "shifts"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    sealed_note: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    noted_at: Mapped[datetime | None]
    officer: Mapped[User] = relationship(lazy="joined")


class Reminder(Base):
    """An appeal that goes out again every so many days (0: once a year) until a date, each time only if still sought.

    `page_id` is the question about the next outing, on `next_on` at `at` in the force's zone.
    """

    __tablename__ = "reminders"
    __table_args__ = (CheckConstraint("every_days >= 0", name="every_days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    every_days: Mapped[int]
    at: Mapped[time]
    next_on: Mapped[date]
    until_on: Mapped[date]
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"))
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
