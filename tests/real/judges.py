"""Judges that others wrote: run only where a folder with the platforms' published descriptions is given as SPECS."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from appeal.exercise.app import Exercise
from appeal.wire.http import Session
from tests.contracts.platforms import WORLD
from tests.servers import free_ports

START_SECONDS = 90.0
# The descriptions know what a token looks like.
JUDGED = replace(WORLD, telegram_token="1001:" + "Abcde_-" * 5)


@pytest.fixture(scope="session")
def specs() -> Path:
    """The folder with the descriptions."""
    given = os.environ.get("SPECS")
    if not given or not Path(given).is_dir():
        pytest.skip("no folder with the platforms' descriptions: SPECS=folder")
    return Path(given).resolve()


@pytest.fixture(scope="session")
def prism() -> str:
    """The judge's command."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "appeal" / "prism"
    folder = Path(os.environ.get("APPEAL_REAL_JUDGE") or usual)
    found = shutil.which("prism", path=str(folder / "node_modules" / ".bin")) or shutil.which("prism")
    if not found:
        pytest.skip("prism is not installed: SPECS=folder make test-real")
    return found


@pytest.fixture(scope="session")
def judged_world() -> Iterator[Exercise]:
    """An exercise world whose credentials look like real ones."""
    exercise = Exercise("127.0.0.1", 0, 0, JUDGED)
    exercise.start()
    yield exercise
    exercise.stop()


@pytest.fixture
def judged(specs: Path, prism: str, judged_world: Exercise) -> Iterator[Callable[[str, str], str]]:
    """Put a judge between us and a platform: (file, name of the platform) to the address to call."""
    judged_world.world.reset()
    with ExitStack() as opened:
        yield lambda file, name: opened.enter_context(_judging(prism, specs / file, f"{judged_world.address}/{name}"))


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that the judge found fault with, in the order of the calls: "request|response place: words"."""
    found: list[str] = []
    send = Session.send

    def recorded(self: Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        answer = send(self, request, **kwargs)
        path = urlsplit(str(request.url)).path.rpartition("/")[2]
        for one in json.loads(answer.headers.get("sl-violations", "[]")):
            found.append(f"{request.method} {path} {'.'.join(one['location'])}: {one['message']}")
        if b"stoplight.io/prism" in answer.content:
            found.append(f"{request.method} {path}: {answer.text[:300]}")
        return answer

    monkeypatch.setattr(Session, "send", recorded)
    return found


@contextmanager
def _judging(prism: str, description: Path, upstream: str) -> Iterator[str]:
    """Run the judge as a proxy; what breaks the description in either direction is named in a header of the answer."""
    if not description.is_file():
        pytest.skip(f"{description.name} is not there")
    [port] = free_ports(1)
    command = [prism, "proxy", "-h", "127.0.0.1", "-p", str(port), str(description), upstream]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the judge did not start")
