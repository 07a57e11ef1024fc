"""Shows an appeal at a partner too: signed events, and a card of ours that answers 410 when the appeal is down."""

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

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
from appeal.rules import addresses
from appeal.rules.content import Content, Post, canonical_json
from appeal.rules.errors import OutcomeUnknown, PublisherError
from appeal.rules.words import _, say
from appeal.wire.partner import PartnerHook

TEXT_LIMIT = 5_000
COUNTED = _("%(length)s of %(limit)s characters")
EVENT = "event.json"
PUBLISHED, UPDATED, RECALLED, STATUS, PING = (
    f"appeal.{one}" for one in ("published", "updated", "recalled", "status", "ping")
)


class Partner:
    """One partner. A receipt's id is the key of the copy, by which the partner knows what it shows.

    Every event may be brought again: its id says that it is the same. A recall is done when the partner says that it
    shows nothing any more; until then it is on the list of what a person has to see to.
    """

    name = "partner"
    capabilities = Capabilities(
        label=_("Also shown at a partner"),
        apply_for=_("an agreement with the partner and their address for calls"),
        costs=_("nothing"),
        text_limit=TEXT_LIMIT,
        counts=_("characters"),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=60.0,
        settings=(
            Setting("webhook_url", _("Partner's address for our events, beginning with https://")),
            Setting("embed_origin", _("Partner's site that may show our card, such as https://jobs.example")),
            Setting("api_key", _("Key with which the partner sends us answers: 32 letters or more"), is_secret=True),
        ),
        is_repeatable=True,
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """The words that the partner shows, and the event as it is signed; raises `DoesNotFit` with all reasons."""
        if content.action == "retract":
            words = text.tidy(render("posts/withdrawn.txt", content.language, content=content))
            return Post(words, language=content.language, files=_event(content, words), length=len(words))
        written = text.fitted(content, _written, lambda words: len(words) <= TEXT_LIMIT)
        if written is None:
            counted = say(COUNTED, length=len(_written(text.without_story(content))), limit=TEXT_LIMIT)
            text.refuse_if([text.too_long(content, counted)])
        words = written or ""
        files = _event(content, words)
        return Post(words, language=content.language, files=files, length=len(words), limit=TEXT_LIMIT)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Bring the appeal to the partner."""
        with PartnerHook(self._settings) as hook:
            return _receipt(key, hook.tell(f"{key}.published", {**_said(post), "type": PUBLISHED, "key": key}))

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Bring the correction of what the partner shows."""
        event = {**_said(post), "type": UPDATED, "key": key, "replaces": external_id}
        with PartnerHook(self._settings) as hook:
            return _receipt(external_id, hook.tell(f"{key}.updated", event))

    def retract(self, external_id: str, post: Post) -> Receipt:
        """Recall what the partner shows."""
        event = {**_said(post), "type": RECALLED, "recalls": external_id}
        with PartnerHook(self._settings) as hook:
            return _receipt(external_id, hook.tell(f"{external_id}.recalled", event))

    def is_out(self, external_id: str) -> LookUp:
        """Whether the partner says that it shows it; a partner that does not say so has not acknowledged."""
        return self._asked(external_id)

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002
        """Ask the partner for the copy's key."""
        return self._asked(key)

    def check(self) -> Health:
        """Whether the partner accepts our signature; the words name the key that it needs."""
        try:
            with PartnerHook(self._settings) as hook:
                public = hook.public_key()
                hook.ask("ping", {"type": PING}, dict)
        except PublisherError as error:
            return Health(False, error.words)
        return Health(True, say("The partner answers. It checks our signature with: %(key)s", key=public))

    def _asked(self, key: str) -> LookUp:
        with PartnerHook(self._settings) as hook:
            answer = hook.ask(f"{key}.status", {"type": STATUS, "asks": key}, dict)
        if answer.get("is_shown") is True:
            return LookUp(Found.THERE, _receipt(key, answer))
        return LookUp(Found.NOT_THERE if answer.get("is_shown") is False else Found.CANNOT_TELL)


def _event(content: Content, words: str) -> Mapping[str, str]:
    """What an event says besides its type; a recall says nothing of what the appeal said."""
    said: dict[str, object] = {
        "appeal": content.appeal,
        "revision": content.revision,
        "language": content.language,
        "force": content.force,
        "is_exercise": content.is_exercise,
        "issued_at": content.issued_at.isoformat(),
        "text": words,
        "card": f"{addresses.origin(content.page)}/cards/{content.language}/{content.appeal}",
    }
    if content.action != "retract":
        contacts = list(content.contacts)
        said |= {"title": content.title, "danger": content.danger, "contacts": contacts, "link": content.link}
    return {EVENT: canonical_json(said).decode()}


def _said(post: Post) -> dict[str, object]:
    said: dict[str, object] = json.loads(post.files[EVENT])
    return said


def _receipt(key: str, answer: Mapping[str, object]) -> Receipt:
    """A 2xx of the partner is its receipt; where it says the address, that is where the appeal can be seen."""
    address = answer.get("url")
    if address is not None and not isinstance(address, str):
        raise OutcomeUnknown(_("The partner gave an answer that we do not understand."))
    is_link = bool(address) and urlsplit(str(address)).scheme in {"http", "https"} and len(str(address)) <= 300
    return Receipt(key, str(address) if is_link else "")


def _written(content: Content) -> str:
    return text.tidy(render("posts/partner.txt", content.language, content=content))
