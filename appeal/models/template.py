"""Templates of appeals: what is said again and again, without any person in it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from appeal.db import Base


class AppealTemplate(Base):
    """One template of the force; `texts` are by language and field, as drafts have them. Dropped, it is not offered."""

    __tablename__ = "appeal_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    facts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    texts: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    made_from_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("officers.id"))
    made_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
