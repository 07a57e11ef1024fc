"""What officers prove themselves with: hashed passwords, one-time codes, recovery codes, signed invitations.

Every key here is derived from the session key, so that a copy of the database alone lets nobody guess a password,
compute a code or read a recovery code. The hash is the one that the accounts library computes as well.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, URLSafeSerializer
from passlib.hash import argon2
from passlib.totp import TOTP, TokenError
from qrcode.main import QRCode  # type: ignore[import-untyped]

ISSUER = "Appeal desk"
MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 12, 128
CODE_WINDOW_SECONDS = 30
RECOVERY_CODES = 10


def pepper(session_key: bytes) -> str:
    """The secret that is mixed into every password before it is hashed."""
    return _derive(session_key, "passwords").hex()


def totp_secrets(session_key: bytes) -> dict[str, str]:
    """The keys under which the secrets of one-time codes are stored, by tag."""
    return {"1": _derive(session_key, "one-time codes").hex()}


def recovery_key(session_key: bytes) -> bytes:
    """The Fernet key under which recovery codes are stored."""
    return base64.urlsafe_b64encode(_derive(session_key, "recovery codes"))


def hash_password(session_key: bytes, password: str) -> str:
    """What is stored of a password."""
    return str(argon2.hash(_peppered(session_key, password)))


def is_password(session_key: bytes, password: str, stored: str | None) -> bool:
    """Whether this is the password; an officer without one costs the same time."""
    is_right = argon2.verify(_peppered(session_key, password), stored or _nobody())
    return bool(is_right and stored)


def new_secret(session_key: bytes) -> str:
    """A new secret of one-time codes, encrypted; it may travel through a form or a session."""
    return str(_totp(session_key).new().to_json(encrypt=True))


def readable_secret(session_key: bytes, secret: str) -> str:
    """The secret as an officer types it into an app, in groups of four."""
    return str(_totp(session_key).from_source(secret).pretty_key())


def picture_of(session_key: bytes, secret: str, email: str) -> Sequence[Sequence[bool]]:
    """The squares of the QR code that an app scans; True is dark, the quiet border is included."""
    code = QRCode()
    code.add_data(_totp(session_key).from_source(secret).to_uri(email))
    squares: Sequence[Sequence[bool]] = code.get_matrix()
    return squares


def counter_of(session_key: bytes, secret: str, code: str, last_counter: int, now: datetime) -> int | None:
    """The time step of a right code that was not used before, else None."""
    try:
        match = _totp(session_key).verify(
            code, secret, time=now.timestamp(), window=CODE_WINDOW_SECONDS, last_counter=last_counter
        )
    except (TokenError, ValueError):
        return None
    return int(match.counter)


def new_recovery_codes() -> list[str]:
    """Codes of 12 hex digits in groups of four; each is good once."""
    return ["-".join(secrets.token_hex(2) for _ in range(3)) for _ in range(RECOVERY_CODES)]


def encrypted_codes(session_key: bytes, codes: Sequence[str]) -> list[str]:
    """Recovery codes as they are stored."""
    fernet = Fernet(recovery_key(session_key))
    return [fernet.encrypt(code.encode()).decode() for code in codes]


def sign_invitation(session_key: bytes, officer_id: int, invited_at: datetime) -> str:
    """A link token that only works for this invitation of this officer."""
    return str(_invitations(session_key).dumps([officer_id, invited_at.isoformat()]))


def read_invitation(session_key: bytes, token: str) -> tuple[int, datetime] | None:
    """The officer and the moment of the invitation, or None if we did not sign it."""
    try:
        officer_id, invited_at = _invitations(session_key).loads(token)
    except BadSignature:
        return None
    return int(officer_id), datetime.fromisoformat(invited_at)


def _derive(session_key: bytes, label: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"appeal {label}".encode()).derive(session_key)


def _peppered(session_key: bytes, password: str) -> str:
    """The keyed hash that the accounts library makes of a password before argon2 sees it."""
    normal = unicodedata.normalize("NFKD", password).encode()
    return base64.b64encode(hmac.new(pepper(session_key).encode(), normal, hashlib.sha512).digest()).decode()


def _nobody() -> str:
    return str(argon2.hash(secrets.token_hex(16)))


def _totp(session_key: bytes) -> type[TOTP]:
    factory: type[TOTP] = TOTP.using(issuer=ISSUER, secrets=totp_secrets(session_key))
    return factory


def _invitations(session_key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(_derive(session_key, "invitations"), salt="invitation")
