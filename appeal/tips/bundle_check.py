"""Checks a disclosure bundle offline: every file is what the signed manifest says, every ledger entry is signed."""

import hashlib
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appeal.ledger import CONTENT, canonical
from appeal.rules.errors import LedgerBroken

FORMAT = "appeal disclosure 1"
MANIFEST, SIGNATURE, LEDGER = "manifest.json", "manifest.signature", "ledger.jsonl"


@dataclass(frozen=True)
class Checked:
    """How many tips, files and ledger entries were found in order."""

    tips: int
    files: int
    entries: int


def check(path: Path, public_key: str = "") -> Checked:
    """Check the file at `path` against the key (in hex), or against the key it names itself when none is given.

    Raises `LedgerBroken` with what is wrong first.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _check(archive, public_key)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise LedgerBroken(f"this is no whole bundle: {error}") from None


def _check(archive: zipfile.ZipFile, public_key: str) -> Checked:
    written = archive.read(MANIFEST)
    manifest: dict[str, Any] = json.loads(written)
    if manifest.get("format") != FORMAT:
        raise LedgerBroken("the manifest does not say that this is a disclosure bundle")
    if public_key and manifest["public_key"] != public_key:
        raise LedgerBroken("the bundle was signed with another key than the one to check against")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest["public_key"]))
    if not _is_signed(key, archive.read(SIGNATURE).decode(), written):
        raise LedgerBroken("the manifest's signature does not match")
    _check_files(archive, manifest["files"])
    entries = [json.loads(line) for line in archive.read(LEDGER).splitlines()]
    for number, entry in enumerate(entries, start=1):
        digest = hashlib.sha256(canonical({name: entry[name] for name in (*CONTENT, "at")})).hexdigest()
        if digest != entry["sha256"] or not _is_signed(key, entry["signature"], bytes.fromhex(digest)):
            raise LedgerBroken(f"ledger entry {number} of the bundle is not what was signed")
    return Checked(int(manifest["tips"]), len(manifest["files"]), len(entries))


def _check_files(archive: zipfile.ZipFile, wanted: dict[str, str]) -> None:
    there = set(archive.namelist()) - {MANIFEST, SIGNATURE}
    if there != set(wanted):
        odd = sorted(there ^ set(wanted))[0]
        raise LedgerBroken(f"{odd} is missing or does not belong to the bundle")
    for name, sha256 in wanted.items():
        if hashlib.sha256(archive.read(name)).hexdigest() != sha256:
            raise LedgerBroken(f"{name} was changed")


def _is_signed(key: Ed25519PublicKey, signature: str, data: bytes) -> bool:
    try:
        key.verify(bytes.fromhex(signature), data)
    except (ValueError, InvalidSignature):
        return False
    return True


def main() -> int:
    """`python -m appeal.tips.bundle_check FILE [PUBLIC KEY]`: needs no installation, no database and no key of ours."""
    if len(sys.argv) not in {2, 3}:
        sys.stdout.write(f"{main.__doc__}\n")
        return 2
    try:
        found = check(Path(sys.argv[1]), *sys.argv[2:])
    except LedgerBroken as error:
        sys.stdout.write(f"NOT IN ORDER: {error.words}\n")
        return 1
    sys.stdout.write(f"In order: {found.tips} tips, {found.files} files, {found.entries} ledger entries.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
