"""What a page says on its way to one officer, and the signed link in it. It names no person and shows no picture."""

import base64
import hashlib
import hmac

from markupsafe import escape
from sqlalchemy.orm import Session

from appeal import installation
from appeal.models.paging import PageAsk
from appeal.models.release import Copy
from appeal.pages import translate
from appeal.rules.content import Post
from appeal.rules.paging import KINDS
from appeal.services import force

PAGE = "page"
SIGNATURE_LENGTH = 20


def token(ask_id: int) -> str:
    """What the link of an ask carries: its number and our signature."""
    key = hmac.digest(installation.current().desk_keys.session_key, b"links of pages", hashlib.sha256)
    signed = hmac.digest(key, str(ask_id).encode(), hashlib.sha256)
    return f"{ask_id}-{base64.urlsafe_b64encode(signed).decode()[:SIGNATURE_LENGTH]}"


def ask_id(given: str) -> int | None:
    """The ask that a link names; None if we did not sign it."""
    number = given.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        return None
    is_ours = hmac.compare_digest(token(int(number)).encode(), given.encode())
    return int(number) if is_ours else None


def link(ask_id: int) -> str:
    """The whole address of an ask."""
    return f"{installation.current().config.desk_url}/p/{token(ask_id)}"


def post(ask: PageAsk) -> Post:
    """The page in the officer's language; the link in it makes it one of its kind, so that it can be looked up."""
    config, language = installation.current().config, ask.officer.language
    words = translate(language, KINDS[ask.page.kind].words)
    title = f"{force.settings()['force_name']}: {words}"
    if config.is_exercise:
        title = f"{translate(language, 'EXERCISE')} {title}"
    address = link(ask.id)
    html = f'<p>{escape(title)}</p><p><a href="{escape(address)}">{escape(address)}</a></p>'
    return Post(f"{title}\n{address}", title, html, language, length=1, limit=1)


def is_wanted(session: Session, copy: Copy) -> bool:
    """Whether a page still has to go: nobody took it, and nobody called it off."""
    ask = copy.delivery.ask
    if ask is None:
        return False
    session.refresh(ask.page)
    return ask.page.ended_at is None
