"""Channels and their addresses; releases, deliveries, copies and attempts."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base, Said
from appeal.models.appeal import Appeal, Approval, Revision
from appeal.models.paging import PageAsk
from appeal.models.thanks import Thanks
from appeal.rules.lifecycle import CopyState

IS_OUTING = text("kind <> 'retract'")
IS_ASKED = text("state = 'asked'")
IS_COMING_DOWN = text("is_urgent AND state = 'sent' AND gone_at IS NULL")
IS_GONE = text("gone_at IS NOT NULL AND looked_again_at IS NULL")
NOT_CANCELLED = text("state <> 'cancelled'")


class Channel(Base):
    """One account, place or list of the force on one publisher; `sealed_secrets` opens only with the channel key.

    `purpose` is "appeals", or "pages" for one that reaches officers and is never chosen for an appeal.
    """

    __tablename__ = "channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    settings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    sealed_secrets: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    purpose: Mapped[str] = mapped_column(String(10), default="appeals", server_default="appeals")
    is_active: Mapped[bool] = mapped_column(default=True)
    stopped_reason: Mapped[str] = mapped_column(Said(300), default="")
    created_at: Mapped[datetime]
    cursor: Mapped[str] = mapped_column(String(80), default="")
    polled_at: Mapped[datetime | None]
    poll_problem: Mapped[str] = mapped_column(Said(300), default="")


class ChannelCheck(Base):
    """How a channel did when it was last asked: since when it is not well, what ends when, and when that was told."""

    __tablename__ = "channel_checks"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    checked_at: Mapped[datetime]
    is_well: Mapped[bool]
    words: Mapped[str] = mapped_column(Said(300), default="")
    warning: Mapped[str] = mapped_column(Said(300), default="")
    expires_at: Mapped[datetime | None]
    ill_since: Mapped[datetime | None]
    told: Mapped[str] = mapped_column(String(20), default="")


class ChannelAddress(Base):
    """One address of a list; the address sealed, its keyed hash unique."""

    __tablename__ = "channel_addresses"
    __table_args__ = (UniqueConstraint("channel_id", "address_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    address_hash: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    opted_out_at: Mapped[datetime | None]


class Release(Base):
    """One planned outing of a revision; `site_up_at` is when its page answered and the other channels became due.

    `not_before` is the moment that was asked for, if one was: nothing goes earlier, hours or not.
    """

    __tablename__ = "releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    kind: Mapped[str] = mapped_column(String(16))
    asked_for: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    site_up_at: Mapped[datetime | None]
    site_alarm_at: Mapped[datetime | None]
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="release")
    appeal: Mapped[Appeal] = relationship(lazy="joined")
    revision: Mapped[Revision] = relationship(lazy="joined")
    approval: Mapped[Approval] = relationship(lazy="joined")


class Delivery(Base):
    """One release on one channel; a retraction points to the delivery it takes down.

    A page is a delivery without a release: `ask` says who is asked for what; so is a thank-you, which answers one
    person by itself. What joins releases never meets one of them.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "uq_deliveries_outing",
            "release_id",
            "channel_id",
            unique=True,
            postgresql_where=IS_OUTING,
            sqlite_where=IS_OUTING,
        ),
        UniqueConstraint("release_id", "target_id"),
        CheckConstraint("kind IN ('publish', 'update', 'retract', 'page', 'thanks', 'statement')", name="kind"),
        CheckConstraint("(kind IN ('publish', 'page', 'thanks', 'statement')) = (target_id IS NULL)", name="target"),
        CheckConstraint("(kind IN ('page', 'thanks')) = (release_id IS NULL)", name="release"),
        CheckConstraint("(kind = 'page') = (ask_id IS NOT NULL)", name="ask"),
        CheckConstraint("(kind = 'thanks') = (thanks_id IS NOT NULL)", name="thanks"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"))
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("page_asks.id"), index=True)
    thanks_id: Mapped[int | None] = mapped_column(ForeignKey("thanks.id"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    kind: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    post_sha256: Mapped[str] = mapped_column(String(64), default="")
    waits_for_site: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    release: Mapped[Release] = relationship(back_populates="deliveries", lazy="joined")
    channel: Mapped[Channel] = relationship(lazy="joined")
    ask: Mapped[PageAsk | None] = relationship()
    thanks: Mapped[Thanks | None] = relationship()
    target: Mapped["Delivery | None"] = relationship(remote_side="Delivery.id")
    copies: Mapped[list["Copy"]] = relationship(back_populates="delivery", order_by="Copy.id")


class Copy(Base):
    """A delivery to one address with its own key, state and lease; a retraction's `target_id` is what it takes down."""

    __tablename__ = "copies"
    __table_args__ = (
        Index(
            "uq_copies_address",
            "delivery_id",
            "address_hash",
            unique=True,
            postgresql_where=NOT_CANCELLED,
            sqlite_where=NOT_CANCELLED,
        ),
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in CopyState)), name="state"),
        Index(
            "ix_copies_due",
            "due_at",
            "id",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
        Index(
            "ix_copies_busy",
            "state",
            "lease_until",
            postgresql_where=text("state IN ('queued', 'sending', 'unknown')"),
            sqlite_where=text("state IN ('queued', 'sending', 'unknown')"),
        ),
        Index("ix_copies_asked", "id", postgresql_where=IS_ASKED, sqlite_where=IS_ASKED),
        Index("ix_copies_coming_down", "due_at", postgresql_where=IS_COMING_DOWN, sqlite_where=IS_COMING_DOWN),
        Index("ix_copies_gone", "gone_at", postgresql_where=IS_GONE, sqlite_where=IS_GONE),
        Index("ix_copies_channel_queue", "channel_id", "is_urgent", "state", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("copies.id"), index=True)
    key: Mapped[str] = mapped_column(String(8), unique=True)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    address_hash: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(12), default=CopyState.PENDING.value)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    owner: Mapped[str] = mapped_column(String(80), default="")
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Said(300), default="")
    external_id: Mapped[str] = mapped_column(String(200), default="")
    permalink: Mapped[str] = mapped_column(String(300), default="")
    sending_since: Mapped[datetime | None]
    unknown_since: Mapped[datetime | None]
    absent_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    looked_again_at: Mapped[datetime | None]
    gone_by_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    delivery: Mapped[Delivery] = relationship(back_populates="copies", lazy="joined")
    attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.id")


class Attempt(Base):
    """One try of a copy; only ever added."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copies.id"), index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(16), default="")
    words: Mapped[str] = mapped_column(Text, default="")


class LinkVisit(Base):
    """How often a copy's short link was followed: one row per copy and hour, nothing about who."""

    __tablename__ = "link_visits"

    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
