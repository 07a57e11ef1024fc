"""What is said to those who write while nobody reads: when somebody does, and what to do in danger; once a day."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from appeal import db
from appeal.models.tip import Message
from appeal.services import thanks
from appeal.tips.inbound import Inbound
from appeal.tips.intake import Received


def words(received: Received, language: str, *, now: datetime) -> str:
    """One or two sentences that name no person and no appeal; empty while somebody reads and for what is a repetition.

    Messages of one person and day are one tip, so that only its first message is told.
    """
    if not received.is_new:
        return ""
    said = thanks.words(language, now=now)
    if not said:
        return ""
    with db.reading() as session:
        count = session.scalar(select(func.count()).select_from(Message).where(Message.tip_id == received.tip_id))
    return said if count == 1 else ""


def said(received: Received, language: str, *, now: datetime) -> str:
    """The same for whoever answers in the call itself: one that waits in the spool is thanked for all the same."""
    try:
        return words(received, language, now=now)
    except DBAPIError:
        return ""


def thank(message: Inbound, received: Received, *, now: datetime) -> bool:
    """Let the engine thank somebody who wrote to the force alone; False where nothing is said.

    Never for what came before, in a flood or for trial.
    """
    if not received.is_new or message.is_parked or message.is_trial or message.channel_id is None:
        return False
    return thanks.plan(message.channel_id, message.thank_to, now=now)
