"""The thank-you that is sent by itself while nobody reads: one for a person, a channel and a day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class Thanks(Base):
    """Whom we thank, as a keyed hash; the address itself is sealed in the copy and forgotten soon."""

    __tablename__ = "thanks"
    __table_args__ = (UniqueConstraint("channel_id", "person_hash", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    person_hash: Mapped[str] = mapped_column(String(64))
    on: Mapped[date] = mapped_column("on_date")
    made_at: Mapped[datetime]
