"""Tips and their messages: what triage sorts by is plain, all that a person told us is sealed in tables of its own."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base
from appeal.rules.lifecycle import TipState

IS_WAITING = text("state <> 'done'")
IS_DONE = text("state = 'done'")
IS_UNREAD = text("state = 'unread'")
IS_UNSEEN = text("state = 'done' AND is_closed_unread")
IS_ASIDE = text("set_aside_at IS NOT NULL")
REPEATS = text("duplicate_of_id IS NOT NULL")
IS_UNALARMED = text("lane IN ('live', 'about_me') AND alarmed_count < message_count AND read_at IS NOT NULL")
IS_UNINDEXED = text("read_at IS NOT NULL AND indexed_count < message_count")


class Tip(Base):
    """One piece of information from one person. `rank` sorts the queue: lane, then score, then age, as one number."""

    __tablename__ = "tips"
    __table_args__ = (
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in TipState)), name="state"),
        Index("ix_tips_queue", "rank", "id", postgresql_where=IS_WAITING, sqlite_where=IS_WAITING),
        Index("ix_tips_done", "done_at", "id", postgresql_where=IS_DONE, sqlite_where=IS_DONE),
        Index("ix_tips_appeal_queue", "appeal_id", "rank", "id"),
        Index(
            "ix_tips_unread_by_machine",
            "id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_tips_claims",
            "claim_until",
            postgresql_where=text("state = 'claimed'"),
            sqlite_where=text("state = 'claimed'"),
        ),
        Index("ix_tips_unindexed", "id", postgresql_where=IS_UNINDEXED, sqlite_where=IS_UNINDEXED),
        Index("ix_tips_unalarmed", "id", postgresql_where=IS_UNALARMED, sqlite_where=IS_UNALARMED),
        Index("ix_tips_source_queue", "source", "rank", "id", postgresql_where=IS_WAITING, sqlite_where=IS_WAITING),
        Index("ix_tips_language_queue", "language", "rank", "id", postgresql_where=IS_WAITING, sqlite_where=IS_WAITING),
        Index("ix_tips_closed_unread", "done_at", "id", postgresql_where=IS_UNSEEN, sqlite_where=IS_UNSEEN),
        Index("ix_tips_aside", "set_aside_at", postgresql_where=IS_ASIDE, sqlite_where=IS_ASIDE),
        Index("ix_tips_age", "lane", "received_at", "id", postgresql_where=IS_UNREAD, sqlite_where=IS_UNREAD),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"))
    source: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default=TipState.UNREAD.value)
    lane: Mapped[str] = mapped_column(String(12), default="to_read")
    score: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(BigInteger)
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(8), default="")
    is_late: Mapped[bool] = mapped_column(default=False)
    is_live: Mapped[bool] = mapped_column(default=False)
    is_about_me: Mapped[bool] = mapped_column(default=False)
    # Came in a flood: set back within its lane, never refused.
    is_parked: Mapped[bool] = mapped_column(default=False, server_default=false())
    file_count: Mapped[int] = mapped_column(default=0)
    message_count: Mapped[int] = mapped_column(default=1)
    read_at: Mapped[datetime | None]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    claim_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    # How many of its messages the blind index knows.
    indexed_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # Of how many of its messages the alarms know.
    alarmed_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # Done without anybody having opened it.
    is_closed_unread: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Speaks for somebody else than the person sought, or against the case: never closed by one person.
    points_away: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Read only by those named in `tip_readers`.
    is_restricted: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Restricted instead of erased: out of queue, search and leads, opened only with a reason.
    set_aside_at: Mapped[datetime | None]
    # The lead it is in now; the membership itself is in `lead_members`.
    lead_id: Mapped[int | None]
    messages: Mapped[list["Message"]] = relationship(back_populates="tip", order_by="Message.received_at, Message.id")
    assessments: Mapped[list["Assessment"]] = relationship(order_by="Assessment.id", foreign_keys="Assessment.tip_id")


class Message(Base):
    """One thing received; the keyed hash of its external id is unique."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tip_id: Mapped[int] = mapped_column(ForeignKey("tips.id"), index=True)
    intake_hash: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    tip: Mapped[Tip] = relationship(back_populates="messages")
    content: Mapped["MessageContent"] = relationship()
    files: Mapped[list["MessageFile"]] = relationship(order_by="MessageFile.position")


class MessageContent(Base):
    """Everything typed and every handle of one message: sealed canonical JSON."""

    __tablename__ = "message_contents"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class MessageFile(Base):
    """One file of a message: the sealed original in the file store, its name and type sealed here.

    `state` is new, checked, quarantined, damaged or locked; `cleaned` is the key of the copy that may be looked at.
    """

    __tablename__ = "message_files"
    __table_args__ = (
        Index(
            "ix_message_files_new",
            "message_id",
            "position",
            postgresql_where=text("state = 'new'"),
            sqlite_where=text("state = 'new'"),
        ),
    )

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12), default="new", server_default="new")
    cleaned: Mapped[str | None] = mapped_column(String(64))


class Assessment(Base):
    """A decision on a tip with the code of its reason; the words are sealed."""

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_repeats", "duplicate_of_id", postgresql_where=REPEATS, sqlite_where=REPEATS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(ForeignKey("tips.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("tips.id"))
    sealed_words: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    decided_at: Mapped[datetime]
    # The 3x5x2 grading as three signs, such as 2DC; empty where the force does not use it.
    grade: Mapped[str] = mapped_column(String(3), default="", server_default="")
    points_away: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_unread: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The press of `bulk_acts` that it was part of.
    bulk_id: Mapped[int | None]
