"""How text messages are counted, and what a number may look like."""

import re

NUMBER = re.compile(r"\+[1-9]\d{6,14}")

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")


def is_number(number: str) -> bool:
    """Whether this is a whole international number."""
    return NUMBER.fullmatch(number) is not None


def segments(body: str) -> int:
    """Return the number of parts that a text is sent in."""
    if all(char in GSM_BASIC or char in GSM_DOUBLE for char in body):
        units, single, part = sum(2 if char in GSM_DOUBLE else 1 for char in body), 160, 153
    else:
        units, single, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if units <= single else -(-units // part)
