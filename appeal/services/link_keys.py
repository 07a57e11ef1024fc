"""The key of a copy: it stands in the copy's short link, finds the copy on a platform and counts its visits."""

import secrets
import string

from appeal.rules.content import LINK_KEY_LENGTH

LETTERS = string.ascii_letters + string.digits


def new_key() -> str:
    """Eight random letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(LINK_KEY_LENGTH))
