"""What is added to the thank-you while nobody reads: when somebody does, and what to do in danger; once a day."""

from datetime import datetime

from sqlalchemy import func, select

from appeal import db
from appeal.models.tip import Message
from appeal.pages import translate
from appeal.services import force, rota
from appeal.tips.intake import Received


def words(received: Received, language: str, *, now: datetime) -> str:
    """One or two sentences that name no person and no appeal; empty while somebody reads and for what is a repetition.

    Messages of one person and day are one tip, so that only its first message is told.
    """
    if not received.is_new or rota.reads_now(language, now):
        return ""
    with db.reading() as session:
        count = session.scalar(select(func.count()).select_from(Message).where(Message.tip_id == received.tip_id))
    if count != 1:
        return ""
    number = force.settings()["emergency_number"]
    danger = translate(language, "If somebody is in danger, call %(number)s.", number=number)
    return f"{rota.reading_words(language, now)} {danger}"
