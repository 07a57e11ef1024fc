"""Sealed bytes that only the holder of an identity opens (age), and everything that a tip's token gives birth to.

A token is 20 random bytes, the second in which it was made (5 bytes) and a signature of both, as URL-safe text. The
tip's id and the tip code are each an HKDF of the random bytes with a label of their own, and the person's own age key
is one of the code. No slow hash stands anywhere: 100 random bits do that work.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appeal.rules.errors import CannotOpen

RANDOM_BYTES, TIME_BYTES, SIGNATURE_BYTES = 20, 5, 16
MAX_CLOCK_SKEW_SECONDS = 120
LOCAL_BITS, NEIGHBOURS_SECONDS = 55, 1024
LOCAL_MASK = (1 << LOCAL_BITS) - 1

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PLACES = {letter: place for place, letter in enumerate(LETTERS)}
LOOK_ALIKES = str.maketrans("OIL", "011")
CODE_LETTERS, CODE_GROUP = 20, 4

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
IDENTITY_PREFIX = "age-secret-key-"


class Identity(NamedTuple):
    """An age key pair as text; only `recipient` may be shown."""

    secret: str
    recipient: str

    def __repr__(self) -> str:
        return f"Identity({self.recipient})"


def make_identity() -> Identity:
    """A new random key pair."""
    made = pyrage.x25519.Identity.generate()
    return Identity(str(made), str(made.to_public()))


def recipient_of(secret: str) -> str:
    """The public half of a secret; raises `CannotOpen` if it is not an age secret."""
    return str(_identity(secret).to_public())


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """`data` as an age file that each of the recipients can open alone; raises ValueError without a good recipient."""
    if not recipients:
        raise ValueError("nobody could ever open this: no recipient was given")
    return bytes(pyrage.encrypt(data, _recipients(tuple(recipients))))


def open_sealed(sealed: bytes, identities: Sequence[str]) -> bytes:
    """What was sealed; raises `CannotOpen` if no identity fits or a byte was changed."""
    keys = [_identity(secret) for secret in identities]
    if not keys:
        raise CannotOpen("This cannot be opened: there is no key here.")
    try:
        return bytes(pyrage.decrypt(sealed, keys))
    except pyrage.DecryptError as error:
        raise CannotOpen("This cannot be opened with the keys that are here.", str(error)) from None


def new_token(secret: bytes, now: datetime) -> str:
    """A random token of one form, signed with the time."""
    body = secrets.token_bytes(RANDOM_BYTES) + int(now.timestamp()).to_bytes(TIME_BYTES, "big")
    return _text(body + _signature(secret, body))


def check_token(secret: bytes, token: str, now: datetime, max_age_seconds: float) -> bool:
    """Whether we made this token, not longer ago than that."""
    raw = _bytes(token)
    if raw is None:
        return False
    body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(secret, body)):
        return False
    age = now.timestamp() - int.from_bytes(body[RANDOM_BYTES:], "big")
    return -MAX_CLOCK_SKEW_SECONDS <= age <= max_age_seconds


def tip_id(token: str) -> int:
    """The tip's id, 1 … 2**63 - 1; the same for the same token. Raises ValueError for what is no token.

    The first 8 bits tell in which 17 minutes of three days the form was made and the other 55 are random: tips of one
    hour lie side by side, so that storing one costs the same however many there are.
    """
    raw = _raw(token)
    number = int.from_bytes(_derive(raw[:RANDOM_BYTES], "tip id", 8), "big") & LOCAL_MASK
    made = int.from_bytes(raw[RANDOM_BYTES : RANDOM_BYTES + TIME_BYTES], "big") // NEIGHBOURS_SECONDS
    return (made % 256 << LOCAL_BITS | number) or 1


def beside(tip: int, hexadecimal: str) -> int:
    """The id, near the tip's own, of something that belongs to a tip; from a hash of at least 14 figures."""
    return (tip & ~LOCAL_MASK | int(hexadecimal[:14], 16) & LOCAL_MASK) or 1


def tip_code(token: str) -> str:
    """What the person keeps: 20 letters in groups of four and a check letter; never stored."""
    return _grouped(_code_letters(token))


def tip_code_hash(token: str) -> str:
    """The `code_hash` of the token's code."""
    return _hash_of(_code_letters(token).encode())


def normalise_code(text: str) -> str | None:
    """A typed code as we write it, whatever its case, spaces and look-alikes; None if it is mistyped."""
    typed = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper().translate(LOOK_ALIKES)
    if len(typed) != CODE_LETTERS + 1 or not set(typed) <= set(LETTERS):
        return None
    letters = typed[:CODE_LETTERS]
    return _grouped(letters) if _check_letter(letters) == typed[-1] else None


def code_hash(code: str) -> str:
    """By which a code finds its tip, in hex. Raises ValueError for a mistyped code."""
    return _hash_of(_letters(code))


def code_identity(code: str) -> str:
    """The person's own age secret, which opens what the desk answers. Raises ValueError for a mistyped code."""
    return _identity_from(_derive(_letters(code), "code identity", 32))


def answer_seed(token: str) -> str:
    """From which the desk makes the key that its answers are sealed to, in hex; it does not tell the code."""
    return _derive(_code_letters(token).encode(), "code identity", 32).hex()


def seed_recipient(seed: str) -> str:
    """To whom the desk seals its answers; the same as `code_recipient`. Raises ValueError for what is no seed."""
    return recipient_of(_identity_from(bytes.fromhex(seed)))


def code_recipient(code: str) -> str:
    """To whom the desk seals its answers. Raises ValueError for a mistyped code."""
    return recipient_of(code_identity(code))


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 in hex; each part is preceded by its length, so that no two lists of parts look alike."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode()
        mac.update(len(raw).to_bytes(8, "big") + raw)
    return mac.hexdigest()


@lru_cache(maxsize=64)
def _recipients(written: tuple[str, ...]) -> list[pyrage.x25519.Recipient]:
    try:
        return [pyrage.x25519.Recipient.from_str(one) for one in written]
    except pyrage.RecipientError as error:
        raise ValueError("not an age recipient") from error


def _identity(secret: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(secret.strip())
    except pyrage.IdentityError:
        raise CannotOpen("This is not a key.", "an age identity could not be read") from None


def _derive(seed: bytes, label: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"appeal {label}".encode()).derive(seed)


def _signature(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, b"appeal token" + body, hashlib.sha256).digest()[:SIGNATURE_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(token: str) -> bytes | None:
    """The token's bytes; None unless it is written exactly as we would write it."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    good = len(raw) == RANDOM_BYTES + TIME_BYTES + SIGNATURE_BYTES and _text(raw) == token
    return raw if good else None


def _identity_from(seed: bytes) -> str:
    return _bech32(IDENTITY_PREFIX, seed).upper()


def _raw(token: str) -> bytes:
    raw = _bytes(token)
    if raw is None:
        raise ValueError("not a token")
    return raw


def _letters(code: str) -> bytes:
    written = normalise_code(code)
    if written is None:
        raise ValueError("not a tip code")
    return written.replace("-", "")[:CODE_LETTERS].encode()


def _code_letters(token: str) -> str:
    number = int.from_bytes(_derive(_raw(token)[:RANDOM_BYTES], "tip code", 13), "big") >> 4
    return "".join([LETTERS[number >> 5 * place & 31] for place in range(CODE_LETTERS)])


def _hash_of(letters: bytes) -> str:
    return hashlib.sha256(_derive(letters, "code hash", 32)).hexdigest()


def _grouped(letters: str) -> str:
    groups = [letters[start : start + CODE_GROUP] for start in range(0, CODE_LETTERS, CODE_GROUP)]
    return "-".join([*groups, _check_letter(letters)])


def _check_letter(letters: str) -> str:
    """ISO 7064, hybrid system, modulus 33 and 32: finds every wrong letter and nearly every exchange of two."""
    product = 32
    for letter in letters:
        total = (product + PLACES[letter]) % 32 or 32
        product = total * 2 % 33
    return LETTERS[(1 - product) % 32]


def _bech32(prefix: str, data: bytes) -> str:
    """Bech32 (BIP 173) without its length limit, as age writes its keys."""
    number = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = (len(data) * 8 + 4) // 5
    values = [number >> 5 * place & 31 for place in reversed(range(count))]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    checksum = _polymod(expanded + values + [0] * 6) ^ 1
    values += [checksum >> 5 * place & 31 for place in reversed(range(6))]
    return prefix + "1" + "".join(BECH32[value] for value in values)


def _polymod(values: Sequence[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(BECH32_GENERATORS):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum
