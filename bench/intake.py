"""The web form against a bare Flask view that commits one row, and against one that only parses the same form.

Run with `python -m bench.intake`. All three under waitress with the same threads, turn by turn in one run. Then: 1 to
256 clients, a kill in the middle, a database that does not go on, and a disk that takes nothing either. Ends with
status 1 if a goal is missed.
"""

import logging
import os
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from flask import Flask, request

from appeal import keys, sealing, serving, spare
from appeal.app import create_public_app
from appeal.config import load_config
from appeal.db import Base, dispose_engines, writing
from appeal.processes import share_the_interpreter
from appeal.tips import spool
from bench.load import Seen, post, run

ROOT = Path(__file__).resolve().parent.parent
GOAL_BARE, GOAL_PARSE, PASSES, SECONDS, CLIENTS = 0.4, 0.2, 3, 5.0, 64
THREADS = int(os.environ.get("BENCH_THREADS", "16"))
KINDS = ("ours", "bare", "parse")
PATHS = {"ours": "/en/tell/words", "bare": "/words", "parse": "/words"}
WORDS = "I think that I saw him on the morning bus number 27, he got off at the old bridge and went towards the mill. "
MADE = 20_000


def main() -> int:
    """Measure everything, print tables, answer 0 when all goals are met."""
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as name:
        folder = Path(name)
        _prepare(folder)
        is_good = _compare(folder)
        is_good &= _growing(folder)
        is_good &= _killed(folder)
        is_good &= _stuck(folder)
        is_good &= _full(folder)
    return 0 if is_good else 1


def _compare(folder: Path) -> bool:
    print(f"{CLIENTS} clients, {THREADS} threads, {SECONDS:g} s a pass; messages stored a second, p99 in ms")
    print(f"{'pass':6}" + "".join(f"{kind:>10} {'p99':>6}" for kind in KINDS))
    seen: dict[str, list[Seen]] = {kind: [] for kind in KINDS}
    for number in range(1, PASSES + 1):
        for kind in KINDS:
            with _served(kind, folder) as port:
                run(port, CLIENTS, 1.0, _requests(folder, kind))
                seen[kind].append(run(port, CLIENTS, SECONDS, _requests(folder, kind)))
        last = [seen[kind][-1] for kind in KINDS]
        print(f"{number:<6}" + "".join(f"{one.rate:10,.0f} {one.percentile(0.99):6.0f}" for one in last))
    rates = {kind: statistics.median(one.rate for one in seen[kind]) for kind in KINDS}
    tails = {kind: statistics.median(one.percentile(0.99) for one in seen[kind]) for kind in KINDS}
    to_bare, to_parse = rates["ours"] / rates["bare"], rates["ours"] / rates["parse"]
    print(f"ours / bare  {to_bare:.2f}, goal {GOAL_BARE}    ours / parse {to_parse:.2f}, goal {GOAL_PARSE}")
    print(f"p99 ours {tails['ours']:.0f} ms, bare {tails['bare']:.0f} ms")
    return to_bare >= GOAL_BARE and to_parse >= GOAL_PARSE and tails["ours"] <= tails["bare"]


def _growing(folder: Path) -> bool:
    print(f"\n{'clients':>8} {'a second':>9} {'p50':>6} {'p99':>6}  answers")
    is_good = True
    with _served("ours", folder) as port:
        for clients in (1, 8, 64, 256):
            seen = run(port, clients, 3.0, _requests(folder, "ours"))
            tails = f"{seen.percentile(0.5):6.0f} {seen.percentile(0.99):6.0f}"
            print(f"{clients:>8} {seen.rate:9,.0f} {tails}  {_shown(seen)}")
            is_good &= not seen.broken and set(seen.statuses) <= {200, 503}
    return is_good


def _killed(folder: Path) -> bool:
    """Kill the process in the middle of the load: every code that was shown must find its tip afterwards."""
    requests = _requests(folder, "ours")
    with _served("ours", folder) as port:
        killer = threading.Timer(2.5, os.kill, (_pids[port], signal.SIGKILL))
        killer.start()
        seen = run(port, CLIENTS, 4.0, requests, keep=_code)
        killer.join()
    lost, sound = _lost(folder, seen.kept)
    print(f"\nkilled: {len(seen.kept):,} acknowledged, {lost} lost, database {sound}")
    return not lost and sound == "ok" and bool(seen.kept)


def _stuck(folder: Path) -> bool:
    """Somebody holds the database: what is thanked for waits on the disk and is there when it goes on."""
    requests = _requests(folder, "ours")
    with _served("ours", folder) as port, _held(folder):
        seen = run(port, CLIENTS, 12.0, requests, keep=_code)
    app = _ours(folder)
    with app.app_context():
        waited, taken = spool.waiting(), _take_in()
    dispose_engines()
    lost, sound = _lost(folder, seen.kept)
    print(f"held database: {_shown(seen)}, slowest {max(seen.seconds, default=0):.1f} s")
    print(
        f"then {waited:,} on disk, {taken:,} taken in; {len(seen.kept):,} acknowledged, {lost} lost, database {sound}"
    )
    return not lost and sound == "ok" and set(seen.statuses) == {200} and bool(seen.kept)


def _full(folder: Path) -> bool:
    """Neither the database nor the disk takes anything: all are told so, with Retry-After, and nobody is thanked."""
    requests, spooled = _requests(folder, "ours"), folder / "spool"
    spooled.rename(folder / "spool-before")
    spooled.write_text("no folder")
    with _served("ours", folder) as port:
        with _held(folder):
            seen = run(port, CLIENTS, 10.0, requests)
        spooled.unlink()
        time.sleep(3)
        after = run(port, CLIENTS, 2.0, requests)
    refused = seen.statuses.get(503, 0)
    print(f"nothing takes anything: {_shown(seen)}, Retry-After on {seen.retry_after}; afterwards {_shown(after)}")
    return set(seen.statuses) == {503} and seen.retry_after == refused and after.statuses.get(200, 0) > 0


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the write lock of the database from outside."""
    with closing(sqlite3.connect(folder / "appeal.sqlite3", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def _take_in() -> int:
    """Everything that waits on the disk, as the desk's clock does it."""
    total = 0
    while count := spool.take_in():
        total += count
    return total


def _lost(folder: Path, codes: Sequence[str]) -> tuple[int, str]:
    """How many of these codes find no tip, and what the database says of itself."""
    with closing(sqlite3.connect(folder / "appeal.sqlite3")) as database:
        stored = {row[0] for row in database.execute("SELECT code_hash FROM tips")}
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    return sum(sealing.code_hash(code) not in stored for code in codes), str(sound)


def _shown(seen: Seen) -> str:
    broken = f", {seen.broken} broken" if seen.broken else ""
    return " ".join(f"{status}: {count:,}" for status, count in sorted(seen.statuses.items())) + broken


def _code(answer: bytes) -> str:
    start = answer.index(b'class="code">') + 13
    return answer[start : answer.index(b"<", start)].decode()


def _prepare(folder: Path) -> None:
    keys.create(folder / "keys")
    app = _app("ours", folder)
    with app.app_context(), writing() as session:
        Base.metadata.create_all(session.connection())
    dispose_engines()
    with sqlite3.connect(folder / "bare.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, words TEXT, received_at TEXT)")


def _requests(folder: Path, kind: str) -> Iterator[bytes]:
    """Each with a token of its own; made before the clock runs."""
    key, now = (folder / "keys" / keys.FORM).read_bytes(), datetime.now(UTC)
    made = [
        post(PATHS[kind], urlencode({"token": sealing.new_token(key, now), "words": f"{WORDS * 3}{number}"}).encode())
        for number in range(MADE)
    ]
    return cycle(made)


_pids: dict[int, int] = {}


@contextmanager
def _served(kind: str, folder: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.intake", "serve", kind, str(folder), str(port)]
    environ = os.environ | {"TMPDIR": "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()}
    process = subprocess.Popen(command, cwd=ROOT, env=environ)
    _pids[port] = process.pid
    _wait(port)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def _serve(kind: str, folder: Path, port: int) -> None:
    share_the_interpreter()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app, door = _app(kind, folder), spare.open_door("127.0.0.1", port)
    serving.serve(app.wsgi_app, door=door, threads=THREADS)


def _app(kind: str, folder: Path) -> Flask:
    return _ours(folder) if kind == "ours" else _bare(folder, is_storing=kind == "bare")


def _ours(folder: Path) -> Flask:
    """The public side itself, on its own process's keys."""
    return create_public_app(load_config({"APPEAL_INSTANCE": str(folder)}))


def _bare(folder: Path, *, is_storing: bool) -> Flask:
    """What a form costs at the least: parsed, and with one row committed by the thread that took it."""
    app, held = Flask("bare"), threading.local()

    @app.post("/words")
    def words() -> str:
        said = request.form["words"]
        if is_storing:
            if not hasattr(held, "database"):
                held.database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None, timeout=60)
                held.database.execute("PRAGMA synchronous=FULL")
            held.database.execute("INSERT INTO rows (words, received_at) VALUES (?, ?)", (said, secrets.token_hex(8)))
        return f"thanks for {len(said)}"

    @app.get("/health")
    def health() -> str:
        return "ok"

    return app


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _serve(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(main())
