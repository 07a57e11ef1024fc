"""Checks that a call to X carries a true OAuth 1.0a signature of the force's account."""

import urllib.parse

from flask import Request
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint  # type: ignore[import-untyped]

from appeal.exercise.world import World

# A client may sign the address that it really calls, or the platform's own when its session rewrites it later.
REAL_HOSTS = ("https://api.x.com", "https://api.twitter.com")
SECONDS_ALLOWED = 600


def is_signed(world: World, request: Request) -> bool:
    """Whether signature, key, token and time are right and the nonce is new."""
    endpoint = SignatureOnlyEndpoint(_Account(world))
    headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    body = request.get_data(as_text=True) if is_form else ""
    for address in _addresses(request):
        try:
            is_valid, signed = endpoint.validate_request(address, request.method, body, headers)
        except ValueError:
            return False
        if is_valid:
            return bool(signed.resource_owner_key == world.settings.x_token) and _is_new(world, str(signed.nonce))
    return False


def _addresses(request: Request) -> list[str]:
    raw_path = str(request.environ.get("RAW_URI") or urllib.parse.quote(request.path))
    called = raw_path.partition("?")[0]
    query = request.query_string.decode("latin-1")
    path = called.removeprefix("/x")
    bases = [f"{request.scheme}://{request.host}{called}", *(host + path for host in REAL_HOSTS)]
    return [f"{base}?{query}" if query else base for base in bases]


def _is_new(world: World, nonce: str) -> bool:
    with world.lock:
        is_new = nonce not in world.nonces
        world.nonces.add(nonce)
        return is_new


class _Account(RequestValidator):  # type: ignore[misc]
    """The one application and account that X knows here."""

    enforce_ssl = False
    timestamp_lifetime = SECONDS_ALLOWED
    dummy_client = "nobody"
    safe_characters = frozenset(map(chr, range(33, 127)))
    client_key_length = nonce_length = access_token_length = (1, 200)

    def __init__(self, world: World) -> None:
        super().__init__()
        self._settings = world.settings

    def validate_timestamp_and_nonce(self, *_args: object, **_more: object) -> bool:
        return True

    def validate_client_key(self, client_key: str, _request: object) -> bool:
        return client_key == self._settings.x_consumer_key

    def get_client_secret(self, _client_key: str, _request: object) -> str:
        return self._settings.x_consumer_secret

    def get_access_token_secret(self, _client_key: str, _token: str, _request: object) -> str:
        return self._settings.x_token_secret
