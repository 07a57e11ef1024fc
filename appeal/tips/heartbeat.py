"""A trial message that travels the whole way through the public form unseen, and what is done about silence."""

import json
import re
import secrets
from datetime import datetime, timedelta

import requests
import structlog
from sqlalchemy import select

from appeal import db, installation, sealing
from appeal.models.release import Channel
from appeal.models.tip import Tip
from appeal.rules.permissions import Permission
from appeal.rules.words import _, say
from appeal.services import beats, notices
from appeal.tips import polling, traces, trial
from appeal.wire.http import Session

log = structlog.get_logger()

FORM = "way: web form"
TRIED, TOLD = "tried", "told"
EVERY, SILENT_AFTER = timedelta(hours=1), timedelta(minutes=10)
TRY_AGAIN_AFTER = timedelta(minutes=5)
TOKEN = re.compile(r'name="token" value="([^"]+)"')
CODE = re.compile(r'class="code">([^<]+)<')
FORM_IS_SILENT = _("A trial message did not come through the web form: look at once")
SOURCE_IS_SILENT = _("%(name)s has been silent for ten minutes: answers may be waiting there")


def beat_if_due(now: datetime) -> None:
    """Send one through the form every hour, sooner after a failure; tell the administrators when two were lost."""
    last, tried = beats.last(FORM), beats.last(f"{TRIED} {FORM}")
    is_due = last is None or now - last >= EVERY
    if not is_due or (tried is not None and now - tried < TRY_AGAIN_AFTER):
        return
    beats.beat(f"{TRIED} {FORM}", now=now)
    if _through_the_form(now):
        beats.beat(FORM, now=now)
        return
    log.warning("a trial message did not come through the web form")
    if tried is not None and (last is None or tried > last):
        # Once may be a restart.
        tell_once(FORM, last, FORM_IS_SILENT, now)


def watch_sources(now: datetime) -> None:
    """Tell the administrators, once for each silence, of every platform that does not answer when it is asked."""
    with db.reading() as session:
        wanted = select(Channel).where(Channel.id.in_(polling.channels_to_poll()))
        rows = session.scalars(wanted, execution_options={"populate_existing": True}).all()
    for row in rows:
        name = f"source {row.id}"
        if row.polled_at is not None and not row.poll_problem:
            beats.beat(name, now=row.polled_at)
        last = beats.last(name)
        if last is not None and now - last > SILENT_AFTER:
            tell_once(name, last, say(SOURCE_IS_SILENT, name=row.name), now)


def _through_the_form(now: datetime) -> bool:
    """Whether words that were sent as a person sends them could be read again at the desk; they are removed then."""
    base, words = installation.current().config.public_url, secrets.token_hex(20)
    language = "en"
    try:
        with Session(base) as session:
            token = _found(TOKEN, session.get(f"{base}/{language}/tell").text)
            form = {"token": token, "words": words, "beat": trial.sign(token)}
            code = _found(CODE, session.post(f"{base}/{language}/tell/words", data=form).text)
    except (requests.RequestException, ValueError):
        return False
    return _arrived(code, words, now)


def _arrived(code: str, words: str, now: datetime) -> bool:
    """Whether the message is there and opens; nothing of it is left afterwards."""
    with db.writing() as session:
        tip = session.scalar(select(Tip).where(Tip.code_hash == sealing.code_hash(code), Tip.source == trial.SOURCE))
        if tip is None:
            return False
        sealed = [message.content.sealed for message in tip.messages]
        traces.remove(session, tip, cause="", now=now)
    return [words_in(one) for one in sealed] == [words]


def words_in(sealed: bytes) -> str:
    """What a sealed trial message says."""
    return str(json.loads(installation.current().desk_keys.open(sealed))["text"])


def tell_once(name: str, last: datetime | None, subject: str, now: datetime) -> None:
    """One mail for each silence: not again before something came through."""
    told = beats.last(f"{TOLD} {name}")
    if told is not None and (last is None or told > last):
        return
    beats.beat(f"{TOLD} {name}", now=now)
    with db.writing() as session:
        notices.tell_permitted(session, Permission.ADMINISTER, kind="silence", subject=subject, path="/status", now=now)


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise ValueError("the page is not the form")
    return found[1]
