"""A judge's order as a file: sealed, beside the appeal that it allows."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class CourtOrder(Base):
    """One file; its name is sealed, `file` is the key of the sealed file, `sha256` the hash of what was given."""

    __tablename__ = "court_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"), index=True)
    file: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    ending: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    added_at: Mapped[datetime]
