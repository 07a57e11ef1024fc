"""A throw-away installation as real processes: started, watched, hurt and stopped."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import requests

from appeal.config import ROOT, Config, load_config
from appeal.rules.errors import AppealError

PORTS = range(20_000, 32_000)  # below those that the system hands out
START_SECONDS, STOP_SECONDS, STEP_SECONDS = 90.0, 40.0, 0.1
RECOVERY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")
LOG = "log.txt"


class NotInTime(AppealError):
    """Something that had to happen did not happen in time."""


def until(what: str, is_so: Callable[[], object], seconds: float, step_seconds: float = STEP_SECONDS) -> float:
    """Wait for something; returns the seconds that it took, raises `NotInTime` with its name."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise NotInTime(f"Not within {seconds:.0f} seconds: {what}.")
        time.sleep(step_seconds)
    return time.monotonic() - began


def free_ports(count: int) -> list[int]:
    """Different ports at which nobody listens now."""
    found: list[int] = []
    while len(found) < count:
        port = random.choice(PORTS)  # noqa: S311 any free one will do
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            found += [port] if port not in found else []
    return found


class Running:
    """One installation in a folder of its own; `recovery` is the identity that its making showed once."""

    def __init__(self, folder: Path, environ: Mapping[str, str], **settings: str) -> None:
        public, desk, exercise, mail = free_ports(4)
        own = {
            "APPEAL_INSTANCE": str(folder),
            "APPEAL_PUBLIC_PORT": str(public),
            "APPEAL_DESK_PORT": str(desk),
            "APPEAL_EXERCISE_PORT": str(exercise),
            "APPEAL_EXERCISE_SMTP_PORT": str(mail),
        }
        outer = {name: value for name, value in environ.items() if not name.startswith("APPEAL_")}
        self.environ = {**outer, **own, **settings}
        self.config: Config = load_config(self.environ)
        self.folder = folder
        self.recovery = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What all processes wrote."""
        return self.folder / LOG

    def troubles(self, most: int = 5) -> str:
        """The last lines of the log that tell of a mistake."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join([line for line in lines if "level=error" in line or " ERROR " in line][-most:])

    def command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of the software's commands on this installation and return how it ended."""
        whole = [sys.executable, "-m", "appeal", *arguments]
        return subprocess.run(  # noqa: S603 our own module
            whole, cwd=ROOT, env=dict(self.environ), input=typed, capture_output=True, text=True, check=False
        )

    def make(self) -> None:
        """Make keys, tables and the exercise force; what stands in the way is raised in words."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        done = self.command("setup")
        if done.returncode != 0:
            raise AppealError(f"The installation could not be made: {done.stderr.strip()[-500:]}")
        found = RECOVERY.search(done.stdout)
        self.recovery = found.group() if found else ""

    def start(self) -> float:
        """Start all processes and wait until they answer; returns the seconds that it took."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "appeal", "run"]
            self._process = subprocess.Popen(  # noqa: S603 our own module
                command, cwd=ROOT, env=dict(self.environ), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        addresses = [self.config.public_url, self.config.desk_url, self.config.exercise_url]
        return until("all processes answer", lambda: self._lives() and all(map(answers, addresses)), START_SECONDS)

    def stop(self) -> None:
        """Stop all processes as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self, name: str) -> int:
        """End web, desk or exercise with -9, in the middle of whatever it does; returns its process id."""
        # The one that started first serves; another one of the public side only waits for its turn.
        pid = min(self.processes(name))
        os.kill(pid, signal.SIGKILL)
        return pid

    def is_back(self, name: str, killed: int) -> bool:
        """Whether the process that was killed has a successor that answers."""
        address = {"web": self.config.public_url, "desk": self.config.desk_url}[name]
        found = self.processes(name)
        return bool(found) and killed not in found and answers(address)

    def processes(self, name: str) -> Sequence[int]:
        """The ids of the running processes of this name."""
        mine = str(self._process.pid if self._process else 0)
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                words = (folder / "cmdline").read_bytes().split(b"\0")
                found += [int(folder.name)] if parent == mine and name.encode() in words else []
        return found

    def _lives(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise AppealError(f"The processes ended: {self.log.read_text(errors='replace').strip()[-600:]}")
        return True


def answers(address: str) -> bool:
    """Whether a process answers well at this address."""
    with requests.Session() as session, suppress(requests.RequestException):
        session.trust_env = False
        return session.get(f"{address}/health", timeout=2).status_code in {200, 404}
    return False
