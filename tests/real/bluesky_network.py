"""A whole Bluesky network on this machine: the npm package @atproto/dev-env with PostgreSQL and Redis of our own."""

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.servers import free_ports, postgres_folder, running_postgres, running_redis

SCRIPT = Path(__file__).with_suffix(".cjs")
START_SECONDS, ANSWER_SECONDS = 120, 60


@dataclass
class Network:
    """The running network. `pds` is the server of all accounts."""

    pds: str
    process: "subprocess.Popen[bytes]"
    lines: "queue.Queue[bytes]"
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def show(self) -> None:
        """Wait until the public application shows everything that was written."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"process\n")
        self.process.stdin.flush()
        assert answered(self.process, self.lines, ANSWER_SECONDS) == {"processed": True}

    def account(self, name: str) -> "Account":
        """A new account with an app password."""
        handle = f"{name}{next(self.numbers)}.test"
        body = {"handle": handle, "email": f"{handle}@people.example", "password": "a-long-password"}
        made = self.call("com.atproto.server.createAccount", body)
        password = self.call("com.atproto.server.createAppPassword", {"name": "desk"}, made["accessJwt"])
        return Account(self, handle, made["did"], password["password"], made["accessJwt"])

    def call(self, name: str, body: dict[str, Any], token: str = "") -> Any:
        """Call a procedure as anybody's own program would."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self.pds}/xrpc/{name}", json=body, headers=headers, timeout=ANSWER_SECONDS)
        assert answer.ok, answer.text
        return answer.json()

    def blob(self, did: str, cid: str) -> bytes:
        """A picture as the network keeps it."""
        with requests.Session() as session:
            session.trust_env = False
            wanted = {"did": did, "cid": cid}
            answer = session.get(f"{self.pds}/xrpc/com.atproto.sync.getBlob", params=wanted, timeout=ANSWER_SECONDS)
        assert answer.ok, answer.text
        return answer.content


@dataclass(frozen=True)
class Account:
    """Somebody on the network."""

    network: Network
    handle: str
    did: str
    app_password: str
    token: str

    def say(self, text: str, parent: dict[str, str] | None = None) -> dict[str, str]:
        """Post, as an answer where a parent is named; returns address and content id."""
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": "2026-03-01T12:00:00.000Z",
        }
        if parent:
            record["reply"] = {"root": parent, "parent": parent}
        body = {"repo": self.did, "collection": "app.bsky.feed.post", "record": record}
        made = self.network.call("com.atproto.repo.createRecord", body, self.token)
        return {"uri": made["uri"], "cid": made["cid"]}


def folder() -> Path:
    """Where `make test-real` installs the network."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "appeal" / "bluesky-network"
    return Path(os.environ.get("APPEAL_REAL_NETWORK") or usual)


def missing() -> str:
    """Why the network cannot be started here; empty if it can."""
    if not (folder() / "node_modules" / "@atproto" / "dev-env").is_dir():
        return "@atproto/dev-env is not installed"
    if postgres_folder() is None or shutil.which("redis-server") is None or shutil.which("node") is None:
        return "node, PostgreSQL or Redis is not installed"
    return ""


@contextmanager
def running() -> Iterator[Network]:
    """Start everything and stop it afterwards."""
    with running_postgres() as postgres, running_redis() as redis:
        database = postgres.url("postgres").replace("+psycopg", "")
        host = redis.removeprefix("redis://").removesuffix("/0")
        environment = {**os.environ, "DB_POSTGRES_URL": database, "REDIS_HOST": host, "NODE_ENV": "development"}
        command = ["node", str(SCRIPT), *map(str, free_ports(4))]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, cwd=folder(), env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=_read, args=(process, lines), daemon=True).start()
        try:
            yield Network(str(answered(process, lines, START_SECONDS)["pds"]), process, lines)
        finally:
            _stop(process)


def answered(process: "subprocess.Popen[bytes]", lines: "queue.Queue[bytes]", seconds: int) -> dict[str, Any]:
    """The next line that is ours; the network itself writes others."""
    while True:
        line = lines.get(timeout=seconds)
        assert line or process.poll() is None, "the network ended"
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and {"pds", "processed"} & found.keys():
                return found


def _read(process: "subprocess.Popen[bytes]", lines: "queue.Queue[bytes]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
