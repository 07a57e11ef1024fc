"""Mail to the force: read from a mailbox by the numbers of its mails, whoever else has read them."""

import hashlib
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from email.utils import getaddresses, parseaddr

from appeal.tips.inbound import Inbound, InboundFile
from appeal.tips.sources.base import MOST_FACT, TRIAL, PollResult
from appeal.tips.sources.email_parts import header, is_report, words_and_files
from appeal.wire.http import Named
from appeal.wire.imap import MOST_AT_ONCE, Letter, Mailbox

NAME = "email"

# Marks of mail that programs write; it is never answered, and the desk sees that.
AUTOMATIC = ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond")
LISTS = ("List-Id", "List-Unsubscribe", "List-Post")
BULK = {"bulk", "list", "junk", "auto_reply"}
TRIAL_HEADER = "X-Appeal-Trial"
OUR_MAILS = ".appeal@"
ANSWERED = ("In-Reply-To", "References")
UNREADABLE = "message.eml"


def poll(settings: Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Read what came since the cursor, `validity uid`; raises TryLater or ChannelStopped, and then the cursor stays.

    A mailbox that counts anew is read from its beginning; what is known already is not stored twice.
    """
    if not settings.get("imap_host"):
        return PollResult((), cursor, is_off=True)
    validity, _space, last = cursor.partition(" ")
    with Mailbox(settings) as mailbox:
        since = int(last) if last.isdecimal() and validity == str(mailbox.validity) else 0
        uids = mailbox.after(since)[:MOST_AT_ONCE]
        letters = list(mailbox.letters(uids))
    found = [parse(letter, settings, channel_id=channel_id, now=now) for letter in letters]
    following = f"{mailbox.validity} {max([since, *uids])}"
    return PollResult(tuple(one for one in found if one is not None), following)


def parse(letter: Letter, settings: Named, *, channel_id: int, now: datetime) -> Inbound | None:
    """One mail; None for our own and for what mail servers report. What cannot be read is kept as it came."""
    try:
        mail = message_from_bytes(letter.raw, policy=default)
        claim = header(mail, TRIAL_HEADER)
        if is_report(mail) or (_is_own(mail, settings) and not claim):
            return None
        return _inbound(mail, letter, channel_id, now)
    except Exception:  # a mail that no program can read is still what somebody sent
        whole = InboundFile(UNREADABLE, "message/rfc822", letter.raw[: 24 * 1024 * 1024])
        name = hashlib.sha256(letter.raw).hexdigest()
        return Inbound(NAME, name, now, "", channel_id=channel_id, facts={"is_unreadable": "yes"}, files=(whole,))


def _inbound(mail: Message, letter: Letter, channel_id: int, now: datetime) -> Inbound:
    text, links, parts = words_and_files(mail)
    shown, address = parseaddr(header(mail, "From"))
    subject, answered = header(mail, "Subject"), _answered(mail)
    facts = {
        "name": shown,
        "email": address,
        "subject": subject,
        "posted_at": header(mail, "Date"),
        "in_reply_to": answered[-1] if answered else "",
        "conversation": answered[0] if answered else "",
        "links": " ".join(links),
        "is_private": "yes",
        "is_automatic": "yes" if _is_automatic(mail) else "",
        "is_cut": "yes" if letter.is_cut else "",
        TRIAL: header(mail, TRIAL_HEADER),
        "files_left": str(parts.left) if parts.left else "",
    }
    return Inbound(
        source=NAME,
        external_id=_name(mail),
        received_at=now,
        text=text,
        thread=f"{channel_id}/{address.lower()}/{_begins(mail, answered)}" if address else "",
        channel_id=channel_id,
        sender=address.lower(),
        thank_to="" if facts["is_automatic"] else f"{address.lower()} {header(mail, 'Message-ID')}".strip(),
        facts={name: value[:MOST_FACT] for name, value in facts.items() if value},
        files=tuple(parts.files),
    )


def _name(mail: Message) -> str:
    """The same for the same mail, however often it is delivered or counted anew; its Message-ID may lie or be none."""
    heads = [header(mail, name) for name in ("Message-ID", "From", "Date", "Subject")]
    bodies = [str(part.get_payload()) for part in mail.walk() if not part.is_multipart()]
    return hashlib.sha256("\n".join([*heads, *bodies]).encode("utf-8", "surrogatepass")).hexdigest()


def _answered(mail: Message) -> list[str]:
    """The Message-IDs that this mail answers, the first of the conversation first."""
    found = " ".join(header(mail, name) for name in reversed(ANSWERED)).split()
    return list(dict.fromkeys(one for one in found if one.startswith("<") and one.endswith(">")))


def _begins(mail: Message, answered: list[str]) -> str:
    return answered[0] if answered else header(mail, "Message-ID") or _name(mail)


def _is_own(mail: Message, settings: Named) -> bool:
    """Whether we wrote it: a list of ours that reaches our own mailbox, or one of our addresses."""
    sender = parseaddr(settings.get("sender"))[1].lower()
    own = {sender, settings.get("reply_to").lower()} - {""}
    domain = sender.rpartition("@")[2]
    is_list_mail = bool(domain) and header(mail, "Message-ID").lower().rstrip(">").endswith(f"{OUR_MAILS}{domain}")
    return is_list_mail or bool(_addresses(mail) & own)


def _addresses(mail: Message) -> set[str]:
    return {address.lower() for _name, address in getaddresses([header(mail, "From"), header(mail, "Sender")])}


def _is_automatic(mail: Message) -> bool:
    """Whether a program wrote it: an out-of-office note, a list, a bounce."""
    said = header(mail, "Auto-Submitted").lower().partition(";")[0].strip()
    has_mark = any(header(mail, name) for name in (*AUTOMATIC, *LISTS)) or said not in {"", "no"}
    return has_mark or header(mail, "Precedence").lower() in BULK or header(mail, "Return-Path") == "<>"
