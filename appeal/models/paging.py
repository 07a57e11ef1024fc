"""Pages: how officers want to be reached, what somebody is asked to take, and who was asked."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base
from appeal.models.people import User

IS_OPEN = text("ended_at IS NULL")


class OfficerContact(Base):
    """How an officer wants to be paged, as the officer chose; without a row by e-mail. The number is sealed."""

    __tablename__ = "officer_contacts"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    sealed_number: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    by_sms: Mapped[bool] = mapped_column(default=False)
    by_email: Mapped[bool] = mapped_column(default=True)


class Page(Base):
    """Something that one officer has to take. Open until it has `ended_at`; taken when it has `answered_by_id`.

    `target` names it as the ledger does ("appeal:7"), `path` is its page at the desk. `first` are the officers whom
    the caller wants asked before those on call, `without` those who must not be asked.
    """

    __tablename__ = "pages"
    __table_args__ = (
        Index("uq_pages_open", "kind", "target", unique=True, postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),
        Index("ix_pages_next", "next_at", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(String(200))
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    first: Mapped[list[int]] = mapped_column(JSON, default=list)
    without: Mapped[list[int]] = mapped_column(JSON, default=list)
    step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    ended_at: Mapped[datetime | None]
    asks: Mapped[list["PageAsk"]] = relationship(back_populates="page", order_by="PageAsk.id")
    answered_by: Mapped[User | None] = relationship(lazy="joined")


class PageAsk(Base):
    """One officer asked for one page; the signed link names this row."""

    __tablename__ = "page_asks"
    __table_args__ = (UniqueConstraint("page_id", "officer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    asked_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    page: Mapped[Page] = relationship(back_populates="asks", lazy="joined")
    officer: Mapped[User] = relationship(lazy="joined")
