"""The key of a copy: it stands in the copy's short link, finds the copy on a platform and counts its visits."""

import secrets
import string

from appeal.rules.content import LINK_KEY_LENGTH

LETTERS = string.ascii_letters + string.digits
# Every byte below the largest multiple of the letters' number stands for one of them; the others are thrown away.
LIMIT = 256 - 256 % len(LETTERS)
TABLE = bytes(ord(LETTERS[byte % len(LETTERS)]) for byte in range(256))
TOO_LARGE = bytes(range(LIMIT, 256))


def new_key() -> str:
    """Eight random letters and digits."""
    return new_letters(1)


def new_letters(count: int) -> str:
    """The letters of so many keys in one row, each as likely as any other."""
    wanted, letters = count * LINK_KEY_LENGTH, b""
    while len(letters) < wanted:
        missing = wanted - len(letters)
        letters += secrets.token_bytes(missing + missing // 16 + 8).translate(TABLE, TOO_LARGE)
    return letters[:wanted].decode()
