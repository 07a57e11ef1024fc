"""Information from a tip for those who need it and not the person."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class TipShare(Base):
    """What an officer of the desk wrote out of a tip for one other officer, sealed; nothing else of the tip is seen."""

    __tablename__ = "tip_shares"

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    for_id: Mapped[int] = mapped_column(ForeignKey("officers.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
