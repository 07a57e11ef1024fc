"""The triage desk over HTTP with 1,000 tips and with many: does any page or query feel how many there are?

usage: python -m bench.triage [--tips N] [--only sqlite|postgresql] [--keep FOLDER]

With `--keep` the SQLite databases stay in that folder and are used again. Two desks of each database answer turn by
turn: queue page, next page, filtered view, search and map box. Exit 1 where a page takes more than 1.5 times as long
with many, weighs more than 100 KB, skips rows by number or counts without an end, or where its list takes more than 3
times as long as the same list in plain SQL on the same table.
"""

import argparse
import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Flask
from sqlalchemy import event
from waitress import serve

from appeal import keys, schema
from appeal.app import create_desk_app
from appeal.config import load_config
from appeal.core import create_core_app
from appeal.db import db, dispose_engines
from appeal.rules.exercise import OFFICERS
from appeal.services import exercises
from bench import many_tips
from tests import servers

FEW, MANY, ROUNDS = 1_000, 1_000_000, 40
SLOWER, HEAVIEST, AGAINST_PLAIN = 1.5, 100_000, 3.0
NOW = datetime.now(UTC).replace(microsecond=0)
LOGIN = {role: (mail, password) for role, _name, mail, password in OFFICERS}
HIDDEN = re.compile(r'name="(csrf_token|request_id)" value="([^"]*)"')
NEXT = re.compile(r'href="(/tips\?[^"]*after=[^"]*)"')
# Wide enough that both desks open as many sightings as one map may show.
BOX = {"north": "37.51", "south": "37.27", "west": "-6.12", "east": "-5.84", "hours": "0"}
PLAIN = """SELECT t.*, a.public_id, o.name FROM tips t LEFT JOIN appeals a ON a.id = t.appeal_id
LEFT JOIN officers o ON o.id = t.claimed_by_id WHERE t.state <> 'done' ORDER BY t.rank, t.id LIMIT 26"""


@dataclass(frozen=True)
class Page:
    """What is asked for: an address, and a form that is sent to it."""

    address: str
    form: Mapping[str, str] = field(default_factory=dict)


class Client:
    """An officer over a connection that stands; `ask` says how long an answer took (ms) and how large it was."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies = _signed_in(f"http://127.0.0.1:{port}")
        self._hidden = dict(HIDDEN.findall(self.ask(Page("/tips/search"))[2]))

    def ask(self, page: Page) -> tuple[float, int, str]:
        """One page; whatever is no good answer ends the bench."""
        head = {"Cookie": self._cookies, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({**self._hidden, **page.form}) if page.form else None
        # A connection that was not used for a while is closed by the server.
        self._line.close()
        self._line.connect()
        began = time.perf_counter()
        self._line.request("POST" if body else "GET", page.address, body, head)
        answer = self._line.getresponse()
        content = answer.read()
        taken = 1000 * (time.perf_counter() - began)
        if answer.status != http.client.OK:
            raise SystemExit(f"{page.address}: {answer.status} {answer.getheader('Location')}")
        return taken, len(content), content.decode()


@dataclass(frozen=True)
class Desk:
    """One served desk and the application of the same installation in this process."""

    client: Client
    app: Flask
    pages: Mapping[str, Page]


def main() -> int:
    """Print a table for each database; 0 if every bar is reached on each."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--tips", type=int, default=MANY)
    wanted.add_argument("--only", choices=("sqlite", "postgresql"))
    wanted.add_argument("--keep", type=Path)
    given = wanted.parse_args()
    is_good = True
    with tempfile.TemporaryDirectory(prefix="bench-triage-") as name, ExitStack() as stack:
        if given.only != "postgresql":
            is_good &= _compare("SQLite", given.keep or Path(name) / "sqlite", given.tips, lambda: "")
        if given.only != "sqlite" and servers.postgres_folder() is not None:
            server = stack.enter_context(servers.running_postgres())
            is_good &= _compare("PostgreSQL", Path(name) / "pg", given.tips, lambda: server.url(server.create()))
        dispose_engines()
    return 0 if is_good else 1


def _compare(name: str, folder: Path, tips: int, url: Callable[[], str]) -> bool:
    with ExitStack() as stack:
        desks = [stack.enter_context(_desk(folder / str(size), size, url())) for size in (FEW, tips)]
        print(f"\n{name}: milliseconds, median of {ROUNDS}, turn by turn")
        print(f"{'page':22}{FEW:>10,}{tips:>11,}{'ratio':>7}{'KB':>7}  wrong in its queries", flush=True)
        good = [_page(title, desks) for title in desks[0].pages]
        good += [_against_plain(desks)]
    return all(good)


def _page(title: str, desks: Sequence[Desk]) -> bool:
    taken: list[list[float]] = [[], []]
    largest = 0
    for _round in range(ROUNDS + 3):
        for place, desk in enumerate(desks):
            milliseconds, size, _text = desk.client.ask(desk.pages[title])
            taken[place].append(milliseconds)
            largest = max(largest, size)
    few, many = (statistics.median(one[3:]) for one in taken)
    wrong = _wrong(desks[1], desks[1].pages[title])
    is_good = many <= SLOWER * few and largest <= HEAVIEST and not wrong
    mark = "" if is_good else "  MISSED"
    print(f"{title:22}{few:10.1f}{many:11.1f}{many / few:7.2f}{largest / 1000:7.0f}  {wrong or '-'}{mark}", flush=True)
    return is_good


def _wrong(desk: Desk, page: Page) -> str:
    """What a page's statements do that they may not: skip rows, or count without an end."""
    found = []
    for statement, values in _statements(desk, page):
        flat = " ".join(statement.split())
        if _skips(flat, values):
            found.append(f"OFFSET in {flat[:60]}")
        if "count(" in flat and "LIMIT" not in flat and re.search(r"FROM (tips|messages|tip_indexes)\b", flat):
            found.append(f"count in {flat[:60]}")
    return "; ".join(found)


def _skips(statement: str, values: Any) -> bool:
    """Whether any OFFSET is another than 0, which SQLite's dialect always says."""
    for place in re.finditer(r"OFFSET (\?|\S+)", statement):
        given = values[statement[: place.start()].count("?")] if place[1] == "?" else place[1]
        if str(given).rstrip(")") != "0":
            return True
    return False


def _statements(desk: Desk, page: Page) -> list[tuple[str, Any]]:
    """Everything that the page asks of the database, in this process."""
    seen: list[tuple[str, Any]] = []

    def note(*about: Any) -> None:
        seen.append((about[2], about[3]))

    browser = desk.app.test_client()
    mail, password = LOGIN["triager"]
    shown = dict(HIDDEN.findall(browser.get("/login").text))
    browser.post("/login", data={**shown, "email": mail, "password": password})
    hidden = dict(HIDDEN.findall(browser.get("/tips/search").text))
    with desk.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        asked = browser.post(page.address, data={**hidden, **page.form}) if page.form else browser.get(page.address)
        if asked.status_code != http.client.OK:
            raise SystemExit(f"{page.address}: {asked.status_code} in this process")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def _against_plain(desks: Sequence[Desk]) -> bool:
    """The queue's own statement and plain SQL over one connection, turn by turn, both read to the end."""
    is_list = re.compile(r"FROM tips .*ORDER BY tips\.rank, tips\.id\s+LIMIT", re.DOTALL)
    many = desks[1]
    ours, values = next(one for one in _statements(many, many.pages["queue page"]) if is_list.search(one[0]))
    taken: dict[str, list[float]] = {"ours": [], "plain": []}
    with many.app.app_context():
        line = db.engine.raw_connection()
        for _round in range(200):
            for name, statement, given in (("ours", ours, values), ("plain", PLAIN, ())):
                cursor = line.cursor()
                began = time.perf_counter()
                cursor.execute(statement, given)
                rows = cursor.fetchall()
                taken[name].append(1000 * (time.perf_counter() - began))
                if len(rows) != 26:
                    raise SystemExit("the two lists differ")
        line.close()
    own, plain = (statistics.median(one) for one in taken.values())
    is_good = own <= AGAINST_PLAIN * plain
    mark = "" if is_good else "  MISSED"
    print(f"the list itself {own:.2f} ms, plain SQL {plain:.2f} ms, ratio {own / plain:.2f}{mark}")
    return is_good


@contextmanager
def _desk(folder: Path, size: int, url: str) -> Iterator[Desk]:
    """A desk with so many tips, served by a process of its own."""
    environ = {"APPEAL_INSTANCE": str(folder), **({"APPEAL_DATABASE_URL": url} if url else {})}
    config, is_new = load_config(environ), not (folder / "keys").exists()
    if is_new:
        keys.create(config.keys)
    schema.upgrade(config.database_url)
    began = time.perf_counter()
    with create_core_app(config, keys.load_desk(config.keys)).app_context():
        if is_new:
            exercises.prepare(now=NOW)
            many_tips.fill(config.database_url, size, 1, NOW)
        public_id = _public_id()
    print(f"{size:,} tips there in {time.perf_counter() - began:.0f} s", flush=True)
    (port,) = servers.free_ports(1)
    order = [sys.executable, "-m", "bench.triage", "--serve", str(folder), url, str(port)]
    served = subprocess.Popen(order)
    try:
        _wait(port)
        client = Client(port)
        app = create_desk_app(config)
        app.config["WTF_CSRF_ENABLED"] = False
        yield Desk(client, app, _pages(client, public_id))
    finally:
        served.terminate()
        served.wait()


def _pages(client: Client, public_id: str) -> dict[str, Page]:
    first = client.ask(Page("/tips"))[2]
    following = NEXT.search(first)
    after = following[1].replace("&amp;", "&") if following else "/tips"
    return {
        "queue page": Page("/tips"),
        "next page": Page(after),
        "one source": Page("/tips?source=sms"),
        "one appeal, one lane": Page(f"/tips?appeal={public_id}&lane=urgent"),
        "one language": Page("/tips?language=en"),
        "with pictures": Page("/tips?pictures=1"),
        "done": Page("/tips?which=done"),
        "what is new": Page("/tips/live?mark=0"),
        "search, common word": Page("/tips/search", {"words": many_tips.COMMON_WORD}),
        "search, rare word": Page("/tips/search", {"words": many_tips.RARE_WORD}),
        "search, two words": Page("/tips/search", {"words": f"{many_tips.COMMON_WORD} barba"}),
        "map": Page("/appeals/1/map"),
        "map box": Page("/appeals/1/map", BOX),
    }


def _public_id() -> str:
    with db.engine.connect() as line:
        return str(line.exec_driver_sql("SELECT public_id FROM appeals WHERE id = 1").scalar_one())


def _signed_in(base: str) -> str:
    """The cookies of the exercise's triager."""
    session, (mail, password) = requests.Session(), LOGIN["triager"]
    session.trust_env = False
    shown = dict(HIDDEN.findall(session.get(f"{base}/login", timeout=30).text))
    session.post(f"{base}/login", data={**shown, "email": mail, "password": password}, timeout=30)
    return "; ".join(f"{name}={value}" for name, value in session.cookies.items())


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            line.request("GET", "/health")
            if line.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the desk did not start")


def _serve(folder: str, url: str, port: int) -> None:
    environ = {"APPEAL_INSTANCE": folder, **({"APPEAL_DATABASE_URL": url} if url else {})}
    serve(create_desk_app(load_config(environ)).wsgi_app, host="127.0.0.1", port=port, threads=4, _quiet=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _serve(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    sys.exit(main())
