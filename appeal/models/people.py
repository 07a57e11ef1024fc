"""Officers, their roles and what they sign in with."""

from datetime import datetime

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeal.db import Base

officer_roles = Table(
    "officer_roles",
    Base.metadata,
    Column("officer_id", Integer, ForeignKey("officers.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("roles.id"), primary_key=True),
)


class Role(RoleMixin, Base):
    """One of the fixed roles of `rules.permissions`."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))
    users: Mapped[list["User"]] = relationship(secondary=officer_roles, back_populates="roles")


class User(UserMixin, Base):
    """An officer; the class has this name because the accounts library looks it up."""

    __tablename__ = "officers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8), default="en")
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    last_totp_counter: Mapped[int] = mapped_column(BigInteger, default=0)
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=officer_roles, back_populates="users", lazy="selectin"
    )

    @property
    def role_names(self) -> tuple[str, ...]:
        """The names of the officer's roles, sorted."""
        return tuple(sorted(role.name for role in self.roles))
