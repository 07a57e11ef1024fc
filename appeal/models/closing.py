"""What a force decides for its desk: reasons of its own, reasons it does not use, bundles that were made."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class ClosingReason(Base):
    """A reason of the force's own, or one of the house's that is switched off (then without words)."""

    __tablename__ = "closing_reasons"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    decision: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(1))
    words: Mapped[str] = mapped_column(String(80), default="")
    is_off: Mapped[bool] = mapped_column(default=False)


class MadeBundle(Base):
    """That a disclosure bundle was handed over: by whom, of what, its hash, and the reason sealed."""

    __tablename__ = "made_bundles"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    appeal: Mapped[str] = mapped_column(String(16), default="")
    tip_count: Mapped[int]
    purged_count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_why: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
