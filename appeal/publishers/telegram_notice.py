"""A neutral grey picture that takes the place of a photo which may not be deleted any more."""

import struct
import zlib

SIDE, GREY = 640, 0xB1


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _plain(side: int, grey: int) -> bytes:
    rows = zlib.compress((b"\0" + bytes([grey]) * side) * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


NOTICE = _plain(SIDE, GREY)
