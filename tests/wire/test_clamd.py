"""The virus scanner is asked over a socket and answers with a verdict, or it is silent."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appeal.wire.clamd import ScannerSilent, scan

Start = Callable[[bytes], str]


class Scanner(threading.Thread):
    """Takes one stream as clamd does, and gives one answer."""

    def __init__(self, listening: socket.socket, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.listening, self.answer, self.got = listening, answer, b""

    def run(self) -> None:
        line, _ = self.listening.accept()
        with line, line.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", stream.read(4))[0]:
                self.got += stream.read(size)
            line.sendall(self.answer)


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Callable[[bytes], tuple[str, Scanner]]]:
    opened: list[socket.socket] = []

    def start(answer: bytes) -> tuple[str, Scanner]:
        listening = socket.socket(socket.AF_UNIX)
        path = str(tmp_path / f"clamd{len(opened)}")
        listening.bind(path)
        listening.listen()
        opened.append(listening)
        made = Scanner(listening, answer)
        made.start()
        return path, made

    yield start
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("answer", "found"), [(b"stream: OK\0", ""), (b"stream: Eicar-Signature FOUND\0", "Eicar-Signature")]
)
def test_verdict_is_told(scanner: Callable[[bytes], tuple[str, Scanner]], answer: bytes, found: str) -> None:
    path, made = scanner(answer)
    data = bytes(range(256)) * 1000
    assert scan(path, data) == found
    made.join(10)
    assert made.got == data


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: nonsense"])
def test_anything_else_is_no_verdict(scanner: Callable[[bytes], tuple[str, Scanner]], answer: bytes) -> None:
    path, _made = scanner(answer)
    with pytest.raises(ScannerSilent):
        scan(path, b"x")


def test_scanner_that_is_not_there_is_silent(tmp_path: Path) -> None:
    with pytest.raises(ScannerSilent):
        scan(str(tmp_path / "nobody"), b"x")
    with pytest.raises(ScannerSilent):
        scan("127.0.0.1:1", b"x")
