"""Publishes by text message through Twilio: one message per number, found again by its own short link."""

import re
from datetime import datetime
from decimal import Decimal

from appeal.pages import render
from appeal.publishers import text
from appeal.publishers.base import (
    Capabilities,
    Find,
    Found,
    Health,
    LookUp,
    Receipt,
    Removal,
    Setting,
    Settings,
)
from appeal.rules.content import Content, Post
from appeal.rules.errors import PublisherError
from appeal.rules.words import _, joined, say
from appeal.wire.twilio import TwilioAccount

PARTS_LIMIT, CHARACTERS_LIMIT = 10, 1600
ELLIPSIS = "..."
TRAVELS = _("Each message has %(parts)s parts, %(units)s units in %(encoding)s.")
FORCED = _("These letters make every part hold 70 instead of 160: %(letters)s.")
COSTS = _("It costs %(price)s %(currency)s for each number.")
PRICE, MOST_NAMED = re.compile(r"\d{1,4}(?:\.\d{1,6})?"), 20
LEAST_CREDIT = "20"
CREDIT_LOW = _("Twilio has %(left)s %(currency)s of credit left.")
COUNTED = _("%(parts)s of %(limit)s parts, %(length)s characters")


class Sms:
    """One sender and a list of numbers."""

    name = "sms"
    capabilities = Capabilities(
        no_thanks=_("A text message is answered in the call that brings it."),
        label=_("Text message"),
        apply_for=_("a Twilio account with a number or messaging service, registered as the country asks"),
        costs=_("a price for each part and number"),
        text_limit=PARTS_LIMIT,
        counts=_("parts of a text message"),
        is_list=True,
        rings=True,
        removal=Removal.FOLLOWS_UP,
        find=Find.SURE,
        settle_seconds=300.0,
        settings=(
            Setting("account_sid", _("Account SID")),
            Setting("auth_token", _("Auth token"), is_secret=True),
            Setting("from_number", _("Sender's number, beginning with +")),
            Setting("messaging_service_sid", _("Messaging service SID, instead of a number")),
            Setting("price_per_part", _("Price of one part to one number, such as 0.07")),
            Setting("currency", _("Currency of the price, such as EUR")),
            # Told to forget the words, Twilio cannot be asked whether a message went out.
            Setting("content_retention", _("Words kept at Twilio: retain or discard"), default="retain"),
            Setting("least_credit", _("Warn when less credit than this is left; 0 for never"), default=LEAST_CREDIT),
            Setting("trial_number", _("A second number of this account, from which the way is tried every hour")),
            Setting("base_url", _("Address of the platform; empty for the real one")),
        ),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """The text as the telephone shows it; raises `DoesNotFit` with all reasons. Its length is counted in parts."""
        if content.action == "retract":
            words: str | None = _tidy(render("posts/withdrawn.txt", content.language, content=content))
        else:
            words = text.fitted(content, _written, self._fits, ELLIPSIS)
        if words is None:
            least = _written(text.without_story(content))
            needed = text.text_message(least).parts
            parts = say(COUNTED, parts=needed, limit=PARTS_LIMIT, length=len(least))
            text.refuse_if([text.too_long(content, parts)])
        length = text.text_message(words or "").parts
        note = self._note(words or "")
        return Post(words or "", language=content.language, length=length, limit=PARTS_LIMIT, note=note)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Send one message to one number."""
        with TwilioAccount(self._settings) as account:
            return Receipt(account.send(address, post.text))

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:
        """Look through what was sent to this number for the copy's link, or for the same words where there is none."""
        mark = f"/r/{key}" if f"/r/{key}" in post.text else post.text
        with TwilioAccount(self._settings) as account:
            if account.forgets:
                return LookUp(Found.CANNOT_TELL)
            found = next((sent for sent in account.texts_to(address, since) if mark in sent.body), None)
        return LookUp(Found.THERE, Receipt(found.sid)) if found else LookUp(Found.NOT_THERE)

    def check(self) -> Health:
        """Whether Twilio answers and accepts the credentials."""
        try:
            with TwilioAccount(self._settings) as account:
                account.check()
                warning = self._credit(account)
        except PublisherError as error:
            return Health(False, error.words)
        return Health(True, "Twilio answers and accepts the credentials.", warning=warning)

    def _credit(self, account: TwilioAccount) -> str:
        """What is to be said about the credit; nothing where enough is left, or where Twilio tells nobody."""
        least = (self._settings.get("least_credit") or LEAST_CREDIT).replace(",", ".")
        if not PRICE.fullmatch(least) or not Decimal(least):
            return ""
        try:
            left, currency = account.balance()
        except PublisherError:
            return ""
        return say(CREDIT_LOW, left=f"{left:.2f}", currency=currency) if left < Decimal(least) else ""

    def _note(self, words: str) -> str:
        """How the text travels, what makes it dear, and what it costs for each number; prices stay exact."""
        counted, typed = text.text_message(words), self._settings.get("price_per_part").replace(",", ".")
        said: list[str] = [say(TRAVELS, parts=counted.parts, units=counted.units, encoding=counted.encoding)]
        if counted.forced_by:
            said.append(say(FORCED, letters=" ".join(counted.forced_by[:MOST_NAMED])))
        if PRICE.fullmatch(typed):
            each = counted.price(Decimal(typed), 1)
            said.append(say(COSTS, price=f"{each.normalize():f}", currency=self._settings.get("currency")))
        return joined(said)

    def _fits(self, words: str) -> bool:
        return len(words) <= CHARACTERS_LIMIT and text.text_message(words).parts <= PARTS_LIMIT


def _written(content: Content) -> str:
    return _tidy(render("posts/sms.txt", content.language, content=content))


def _tidy(words: str) -> str:
    return text.plain_for_texts(text.tidy(words))
