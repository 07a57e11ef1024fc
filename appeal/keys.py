"""The keys of an installation: made once, loaded whole by the desk and only in part by the public process."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from appeal import sealing
from appeal.rules.errors import ConfigurationWrong

RECIPIENTS = "recipients"
INTAKE, FORM = "intake.key", "form.key"
IDENTITY, SEARCH, CHANNELS, LEDGER, SESSION = (
    "desk.identity",
    "search.key",
    "channels.key",
    "ledger.key",
    "session.key",
)
LEDGER_PUBLIC = "ledger.public"
SAMPLE, SAMPLE_WORDS = "sample.age", b"This sample opens with the desk's identity and with the recovery identity."
PUBLIC_FILES = (RECIPIENTS, INTAKE, FORM)
DESK_FILES = (*PUBLIC_FILES, IDENTITY, SEARCH, CHANNELS, LEDGER, LEDGER_PUBLIC, SESSION)


@dataclass(frozen=True)
class PublicKeys:
    """What the public process holds: it can seal and recognise, it can open nothing."""

    recipients: Sequence[str]
    intake_key: bytes = field(repr=False)
    form_key: bytes = field(repr=False)

    def seal(self, data: bytes) -> bytes:
        """Seal to the desk and to the recovery identity."""
        return sealing.seal(data, self.recipients)


@dataclass(frozen=True)
class DeskKeys(PublicKeys):
    """Everything that the desk needs; the recovery identity is never among it."""

    identities: Sequence[str] = field(repr=False, default=())
    search_key: bytes = field(repr=False, default=b"")
    channel_key: bytes = field(repr=False, default=b"")
    ledger_seed: bytes = field(repr=False, default=b"")
    session_key: bytes = field(repr=False, default=b"")

    def open(self, sealed: bytes) -> bytes:
        """Open what was sealed to the desk; `CannotOpen` if that is not possible."""
        return sealing.open_sealed(sealed, self.identities)


def exist(folder: Path) -> bool:
    """Whether keys were made here, even incompletely."""
    return (folder / RECIPIENTS).exists() or (folder / IDENTITY).exists()


def create(folder: Path) -> str:
    """Make all keys and return the recovery identity, which is stored nowhere: print it and lock it away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    identity, recipient = sealing.make_identity()
    recovery, recovery_recipient = sealing.make_identity()
    ledger = Ed25519PrivateKey.generate()
    public = ledger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    recipients = [recipient, recovery_recipient]
    _write(folder / INTAKE, secrets.token_bytes(32))
    _write(folder / FORM, secrets.token_bytes(32))
    _write(folder / IDENTITY, f"{identity}\n".encode())
    _write(folder / SEARCH, secrets.token_bytes(32))
    _write(folder / CHANNELS, Fernet.generate_key())
    _write(folder / LEDGER, ledger.private_bytes_raw())
    _write(folder / LEDGER_PUBLIC, f"{public.hex()}\n".encode())
    _write(folder / SESSION, secrets.token_bytes(48))
    _write(folder / SAMPLE, sealing.seal(SAMPLE_WORDS, recipients))
    _write(folder / RECIPIENTS, "".join(f"{one}\n" for one in recipients).encode())
    return recovery


def load_public(folder: Path) -> PublicKeys:
    """The keys of the public process; no private identity is read."""
    _complain(folder, PUBLIC_FILES)
    return PublicKeys(
        recipients=_lines(folder / RECIPIENTS),
        intake_key=(folder / INTAKE).read_bytes(),
        form_key=(folder / FORM).read_bytes(),
    )


def load_desk(folder: Path) -> DeskKeys:
    """The keys of the desk; `ConfigurationWrong` names every file that is missing."""
    _complain(folder, DESK_FILES)
    public = load_public(folder)
    return DeskKeys(
        recipients=public.recipients,
        intake_key=public.intake_key,
        form_key=public.form_key,
        identities=_lines(folder / IDENTITY),
        search_key=(folder / SEARCH).read_bytes(),
        channel_key=(folder / CHANNELS).read_bytes(),
        ledger_seed=(folder / LEDGER).read_bytes(),
        session_key=(folder / SESSION).read_bytes(),
    )


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))


def _complain(folder: Path, names: Sequence[str]) -> None:
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ConfigurationWrong([f"The key {folder / name} is missing: run `make setup`." for name in missing])
