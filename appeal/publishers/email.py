"""Publishes by mail to a list: one mail per address, text and HTML with the pictures inside."""

import re
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime, formataddr, parseaddr

from appeal.pages import render, translate
from appeal.publishers import text
from appeal.publishers.base import (
    Capabilities,
    Find,
    Health,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
)
from appeal.rules.content import Content, Picture, Post
from appeal.rules.errors import PublisherError
from appeal.rules.words import _, say
from appeal.wire.mail import MailServer

# Headers that a post may carry in `files`: Date from compose, In-Reply-To set by whoever follows up on an earlier mail.
TOO_LONG = _("The mail is too long: %(length)s of %(limit)s characters.")
HEADERS = ("Date", "In-Reply-To")
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")
BY_A_PROGRAM = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"}

LABELS = {
    "age": _("Age"),
    "height": _("Height"),
    "sex": _("Sex"),
    "build": _("Build"),
    "hair": _("Hair"),
    "eyes": _("Eyes"),
    "clothing": _("Clothing"),
    "marks": _("Distinguishing marks"),
}


class Email:
    """One sender and a list of addresses.

    A retraction is a mail of its own. Sent with `files["In-Reply-To"]` set to the Message-ID of the mail it takes
    back, it stands beside that one in the reader's inbox.
    """

    name = "email"
    capabilities = Capabilities(
        label=_("E-mail"),
        apply_for=_("a mail server with STARTTLS; SPF, DKIM and DMARC for the sender's domain"),
        costs=_("the mail server"),
        text_limit=20_000,
        counts=_("characters"),
        pictures=Pictures(number=10, max_side=1200, max_bytes=600_000, alt_limit=1000),
        is_list=True,
        removal=Removal.FOLLOWS_UP,
        find=Find.NONE,
        settle_seconds=300.0,
        no_thanks="",
        settings=(
            Setting("host", _("Mail server")),
            Setting("port", _("Port"), default="587"),
            Setting("sender", _("Sender's address")),
            Setting("username", _("User name at the mail server")),
            Setting("password", _("Password at the mail server"), is_secret=True),
            Setting("reply_to", _("Address for answers")),
            Setting("list_name", _("Name of the list")),
            Setting(
                "early",
                _("Appeals under an embargo"),
                default="no",
                choices=(
                    ("no", _("Go to this list when the embargo ends")),
                    ("yes", _("Go to this list at once, marked with the moment: for the press")),
                ),
            ),
            Setting("imap_host", _("Server of the mailbox in which answers are read; empty for none")),
            Setting("imap_port", _("Port of the mailbox"), default="993"),
            Setting(
                "imap_security",
                _("How the mailbox is secured"),
                default="tls",
                choices=(
                    ("tls", _("TLS from the start")),
                    ("starttls", _("STARTTLS")),
                    ("none", _("Not at all, for a mailbox on this machine")),
                ),
            ),
            Setting("imap_username", _("User name of the mailbox, where it is another one")),
            Setting("imap_password", _("Password of the mailbox, where it is another one"), is_secret=True),
            Setting("imap_folder", _("Folder of the mailbox"), default="INBOX"),
            Setting("certificate", _("Certificate to trust besides the usual ones, as PEM")),
        ),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """Subject, text, HTML and pictures; raises `DoesNotFit` with all reasons."""
        pictures = () if content.action == "retract" else content.pictures[: self.capabilities.pictures.number]
        subject = _subject(content)
        context = {
            "content": content,
            "subject": subject,
            "labels": LABELS,
            "list_name": self._settings.get("list_name"),
            "pictures": [(_picture_name(number), picture) for number, picture in enumerate(pictures, start=1)],
        }
        template = "posts/withdrawn" if content.action == "retract" else "posts/email"
        plain = re.sub(r"\n{3,}", "\n\n", render(f"{template}.txt", content.language, **context)).strip() + "\n"
        limit = self.capabilities.text_limit
        reasons = text.picture_reasons(pictures, self.capabilities.pictures)
        if len(plain) > limit:
            reasons.append(say(TOO_LONG, length=f"{len(plain):,}", limit=f"{limit:,}"))
        text.refuse_if(reasons)
        html = render(f"{template}.html", content.language, **context).strip() + "\n"
        date = {"Date": format_datetime(content.issued_at)}
        return Post(plain, subject, html, content.language, pictures, date, len(plain), limit)

    def send(self, post: Post, address: str, key: str) -> Receipt:
        """Hand one mail for one address to the mail server; the receipt is its Message-ID."""
        server = MailServer(self._settings)
        message = self._message(post, address, f"<{key}.appeal@{server.domain}>")
        server.send(message, address)
        return Receipt(str(message["Message-ID"]))

    def thank(self, post: Post, address: str, key: str) -> Receipt:
        """Answer one mail with another that says of itself that a program wrote it, so that no program answers it."""
        to, _space, answered = address.partition(" ")
        server = MailServer(self._settings)
        message = EmailMessage()
        known = answered if MESSAGE_ID.fullmatch(answered) else ""
        named = {"In-Reply-To": known, "References": known, "Date": post.files.get("Date", ""), "To": to}
        named |= {"Subject": post.title, "Message-ID": f"<{key}.appeal@{server.domain}>"}
        named |= {"Content-Language": post.language, "Reply-To": self._settings.get("reply_to")}
        named |= {"From": formataddr((self._settings.get("force"), parseaddr(self._settings.get("sender"))[1]))}
        for name, value in {**named, **BY_A_PROGRAM}.items():
            if value:
                message[name] = value
        message.set_content(post.text, cte="quoted-printable")
        server.send(message, to)
        return Receipt(str(message["Message-ID"]))

    def check(self) -> Health:
        """Whether the mail server takes the credentials over a trusted connection."""
        try:
            MailServer(self._settings).check()
        except PublisherError as error:
            return Health(False, error.words)
        return Health(True, "The mail server accepts the credentials.")

    def _message(self, post: Post, address: str, message_id: str) -> EmailMessage:
        message = EmailMessage()
        for name, value in self._headers(post, address, message_id).items():
            if value:
                message[name] = value
        message.set_content(post.text, cte="quoted-printable")
        message.add_alternative(post.html, subtype="html", cte="quoted-printable")
        html = message.get_payload()[1]  # type: ignore[index]
        for number, picture in enumerate(post.pictures, start=1):
            _add_picture(html, number, picture)  # type: ignore[arg-type]
        return message

    def _headers(self, post: Post, address: str, message_id: str) -> dict[str, str]:
        get = self._settings.get
        sender = parseaddr(get("sender"))[1]
        answers = get("reply_to") or sender
        return {
            "From": formataddr((get("force"), sender)),
            "To": address,
            "Reply-To": get("reply_to"),
            "Subject": post.title,
            "Message-ID": message_id,
            **{name: post.files.get(name, "") for name in HEADERS},
            "References": post.files.get("In-Reply-To", ""),
            "List-Unsubscribe": f"<mailto:{answers}?subject=unsubscribe>",
            "Content-Language": post.language,
        }


def _subject(content: Content) -> str:
    say = {"update": _("Correction"), "retract": _("Appeal withdrawn")}
    words = [translate(content.language, "EXERCISE")] if content.is_exercise else []
    words += [translate(content.language, say[content.action])] if content.action in say else []
    words += [translate(content.language, _("EMBARGO"))] if content.embargo else []
    words += [translate(content.language, _("For the press"))] if content.kit else []
    words += [content.title] if content.action != "retract" else []
    return " ".join(": ".join([*words[:-1], f"{content.force}: {words[-1]}"]).split())


def _picture_name(number: int) -> str:
    return f"picture-{number}@appeal"


def _add_picture(html: MIMEPart, number: int, picture: Picture) -> None:
    kind, _slash, subtype = picture.best.mime.partition("/")
    html.add_related(
        picture.best.data,
        kind,
        subtype,
        cid=f"<{_picture_name(number)}>",
        disposition="inline",
        filename=f"picture-{number}.{'jpg' if subtype == 'jpeg' else subtype}",
    )
