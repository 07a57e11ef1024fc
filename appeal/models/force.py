"""The force's settings, the installation's mode and one-time request ids."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class ForceSetting(Base):
    """One setting of the force; names, defaults and sentences are in `rules.force`. `mode` is written once."""

    __tablename__ = "force_settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class ForceLine(Base):
    """One danger or contact line of the force in one language; `dialled_at` is when a call to it was answered."""

    __tablename__ = "force_lines"
    __table_args__ = (UniqueConstraint("kind", "code", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(String(400))
    dialled_at: Mapped[datetime | None]
    dialled_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))


class FormRequest(Base):
    """A form that was acted upon; the same request id again is the same act."""

    __tablename__ = "form_requests"

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    result: Mapped[str] = mapped_column(String(300), default="")
    received_at: Mapped[datetime]


class Heartbeat(Base):
    """When each clock last ticked."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    ticked_at: Mapped[datetime]
