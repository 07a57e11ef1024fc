"""What the desk says to somebody who comes back with a code; what they answer are messages of their tip."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class Said(Base):
    """A question, or how it ended, sealed to the desk and to the key that the person's code makes.

    `seen_at` is when somebody first came back with the code afterwards, to the minute.
    """

    __tablename__ = "tip_dialogue"

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tips.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    kind: Mapped[str] = mapped_column(String(12))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    said_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
