"""What a message says in another language, and who or what translated it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class TipTranslation(Base):
    """A translation of one message, sealed; by an officer, or by the program of that name (then no officer)."""

    __tablename__ = "tip_translations"

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("messages.id"))
    language: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))
    program: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime]
