"""Ask a virus scanner (clamd) over its socket; the bytes go through memory only."""

import socket
import struct
from contextlib import closing

PART_BYTES = 64 * 1024
TIMEOUT_SECONDS = 60.0
MOST_ANSWER = 4096


class ScannerSilent(Exception):
    """The scanner did not answer, or not with a verdict."""


def scan(address: str, data: bytes) -> str:
    """What the scanner calls what it found, empty when it found nothing; raises `ScannerSilent`.

    `address` is a path, or host:port.
    """
    try:
        with closing(_connect(address)) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), PART_BYTES):
                part = data[start : start + PART_BYTES]
                line.sendall(struct.pack("!L", len(part)) + part)
            line.sendall(struct.pack("!L", 0))
            said = _answer(line)
    except OSError as error:
        raise ScannerSilent(type(error).__name__) from None
    verdict = said.removeprefix("stream: ").strip()
    if verdict == "OK":
        return ""
    if not verdict.endswith(" FOUND"):
        raise ScannerSilent("no verdict")
    return verdict.removesuffix(" FOUND")


def _connect(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if host and port.isdigit():
        return socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(TIMEOUT_SECONDS)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    got = b""
    while not got.endswith(b"\0") and len(got) < MOST_ANSWER:
        read = line.recv(MOST_ANSWER)
        if not read:
            break
        got += read
    return got.rstrip(b"\0\n").decode("utf-8", "replace")
