"""Real PostgreSQL and Redis servers for tests: in a temporary folder, on a free port, gone afterwards."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from appeal import schema
from appeal.db import dispose_engines

FIRST_PORT, LAST_PORT = 20_000, 32_000
USER = "postgres"
START_SECONDS = 30
_names = itertools.count(1)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, below those that the kernel gives to connections that leave."""
    found: list[int] = []
    start = FIRST_PORT + (os.getpid() * 37 + next(_names) * 101) % (LAST_PORT - FIRST_PORT)
    for port in itertools.chain(range(start, LAST_PORT), range(FIRST_PORT, start)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no port is free")


def postgres_folder() -> Path | None:
    """Where Debian keeps the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Postgres:
    """A running server."""

    def __init__(self, port: int) -> None:
        self._port = port

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}/{name}"

    def create(self) -> str:
        """A new database with all tables."""
        name = f"test_{next(_names)}"
        self._do(f'CREATE DATABASE "{name}" TEMPLATE migrated')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def prepare(self) -> None:
        """Make the template."""
        self._do("CREATE DATABASE migrated")
        schema.upgrade(self.url("migrated"))
        dispose_engines()

    def _do(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(f"host=127.0.0.1 port={self._port} user={USER}", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server; durability is switched off, because nothing in a test outlives it."""
    programs = postgres_folder()
    assert programs is not None
    folder, [port] = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp")), free_ports(1)
    as_user = _other_user(folder)
    _run([*as_user, str(programs / "initdb"), "-D", str(folder / "db"), "-U", USER, "-A", "trust", "-N", "-E", "UTF8"])
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    options += " -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(folder / "db"), "-w"]
    _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
    try:
        server = Postgres(port)
        server.prepare()
        yield server
    finally:
        dispose_engines()
        _run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_redis() -> Iterator[str]:
    """Start a server that keeps nothing on disk."""
    [port] = free_ports(1)
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def empty_redis(url: str) -> None:
    """Forget everything that an earlier test left there."""
    from redis import Redis

    with Redis.from_url(url) as connection:
        connection.flushall()


def _other_user(folder: Path) -> Sequence[str]:
    """PostgreSQL does not run as root: give the folder to its own user and run as that one."""
    if os.geteuid() != 0:
        return ()
    shutil.chown(folder, USER, USER)
    return ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd="/", timeout=60)
    if done.returncode:
        raise RuntimeError(f"{command[-1]} failed: {done.stdout.decode(errors='replace')}")


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise RuntimeError("the server did not start")
