"""A partner's own address: events signed with the force's key, each under an id that never changes."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from appeal.rules.errors import ChannelStopped, ContentRefused, PublisherError, TryLater
from appeal.rules.words import _
from appeal.wire.guarded import GuardedSession
from appeal.wire.http import Named, base_address, limits_of, wait_until
from appeal.wire.plain import Body, Plain, Read, unclear

CALLED = "The partner"
WAIT_SECONDS = 60.0
ANSWER_BYTES = 100_000
SCHEME = "v1a"

MEANINGS: Mapping[int, tuple[type[PublisherError], str]] = {
    400: (ContentRefused, _("The partner refuses this appeal.")),
    401: (ChannelStopped, _("The partner does not accept our signature.")),
    403: (ChannelStopped, _("The partner does not accept our signature.")),
    404: (ChannelStopped, _("The partner's address does not exist.")),
    405: (ChannelStopped, _("The partner's address does not exist.")),
    410: (ChannelStopped, _("The partner wants no more calls at this address.")),
    413: (ContentRefused, _("The partner refuses this appeal.")),
    422: (ContentRefused, _("The partner refuses this appeal.")),
    451: (ContentRefused, _("The partner withholds this appeal for legal reasons.")),
}


class PartnerHook:
    """One partner's webhook. Questions raise TryLater or ChannelStopped; orders also raise the other errors."""

    def __init__(self, settings: Named) -> None:
        self._address, seed = settings.get("webhook_url"), settings.get("signing_seed")
        if not self._address or len(seed) != 64:
            raise ChannelStopped(_("This channel has no address of the partner."))
        parts = urlsplit(base_address(_At(settings, self._address), self._address))
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        base = f"{parts.scheme}://{parts.netloc}"
        session = GuardedSession(base, limits_of(settings), may_be_here=settings.get("mode") == "exercise")
        self._plain = Plain(session, CALLED, _meaning)

    def __enter__(self) -> "PartnerHook":
        self._plain.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._plain.__exit__(*error)

    def tell(self, event_id: str, event: Mapping[str, object]) -> Body:
        """Bring one event; bringing it again under its id changes nothing there. Returns what the partner says."""
        return self._plain.order("POST", self._address, dict, **self._signed(event_id, event))

    def ask(self, event_id: str, event: Mapping[str, object], read: Callable[[Body], Read]) -> Read:
        """Ask something that changes nothing there."""
        return self._plain.ask("POST", self._address, read, **self._signed(event_id, event))

    def public_key(self) -> str:
        """What the partner checks our signature with: 32 bytes in base64."""
        return base64.b64encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def _signed(self, event_id: str, event: Mapping[str, object]) -> dict[str, Any]:
        body = json.dumps({**event, "id": event_id}, sort_keys=True, ensure_ascii=False).encode()
        signature = base64.b64encode(self._key.sign(event_id.encode() + b"." + body)).decode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": event_id,
            "Webhook-Id": event_id,
            "Webhook-Signature": f"{SCHEME},{signature}",
        }
        return {"data": body, "headers": headers}


class _At:
    """Settings whose base address is the partner's."""

    def __init__(self, settings: Named, address: str) -> None:
        self._settings, self._address = settings, address

    def get(self, name: str) -> str:
        """The address for `base_url`, else the setting itself."""
        return self._address if name == "base_url" else self._settings.get(name)


def _meaning(answer: requests.Response, _body: Body) -> PublisherError | None:
    status = answer.status_code
    if 200 <= status < 300:
        return None
    detail = f"HTTP {status}"
    if status in {409, 425, 429, 503}:
        return TryLater(_("The partner asks us to wait."), wait_until(answer.headers, "", WAIT_SECONDS), detail)
    if status not in MEANINGS:
        return unclear(CALLED, detail)
    kind, words = MEANINGS[status]
    return kind(words, detail)
