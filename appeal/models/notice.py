"""Mail to officers that waits to be sent; it names no person and holds no picture."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base
from appeal.models.people import User

NOT_SENT = text("sent_at IS NULL")


class Notice(Base):
    """One mail to one officer; sent at least once, a second time only if we crashed between sending and noting it."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_due", "due_at", postgresql_where=NOT_SENT, sqlite_where=NOT_SENT),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    officer: Mapped[User] = relationship(lazy="joined")
