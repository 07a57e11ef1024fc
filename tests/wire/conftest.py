"""A platform on this machine that gives the answers it was told to give and remembers what it was asked."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

PAYLOADS = Path(__file__).resolve().parent.parent / "payloads"


@dataclass
class Told:
    """Answers in the order in which they were told; the last one is given again and again."""

    address: str = ""
    answers: list[Response] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def tell(self, status: int, body: str | bytes = b"", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Response(body, status, named, content_type="application/json"))

    def tell_file(self, status: int, name: str, **headers: str) -> None:
        self.tell(status, (PAYLOADS / name).read_bytes(), **headers)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        call = Request(environ)
        call.get_data(cache=True, parse_form_data=True)
        self.asked.append(call)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def told() -> Iterator[Told]:
    platform = Told()
    server = make_server("127.0.0.1", 0, platform, threaded=True, request_handler=_Quiet)
    platform.address = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield platform
    server.shutdown()
    thread.join()
    for call in platform.asked:
        call.close()
    server.server_close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


class Given(dict[str, str]):
    """Settings as a channel has them; empty for what it has not."""

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(name, default)
