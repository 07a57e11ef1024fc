"""Twenty triagers at work while 25 messages a second come in: no claim lost, none doubled, and pages stay quick.

usage: python -m bench.triagers [--seconds 300] [--triagers 20] [--a-second 25] [--think 3]

The public side, the desk and the machine's reading are processes of their own, everything goes over HTTP. First one
triager works alone, then all of them. Exit 1 where a claim was lost or doubled, a message was thanked and lost, or the
95th percentile of a page is more than 3 times what it was alone.
"""

import argparse
import http.client
import random
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import requests
from sqlalchemy import func, select
from waitress import serve

from appeal import keys, schema, sealing
from appeal.app import create_desk_app, create_public_app
from appeal.config import load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines, reading
from appeal.models.people import User
from appeal.models.tip import Assessment, Tip
from appeal.rules.permissions import SYSTEM
from appeal.services import exercises, officers
from appeal.tips import arrivals, triage
from bench import many_tips
from bench.triage import HIDDEN
from tests import servers

SLOWER, ALONE_SECONDS, THERE = 3.0, 20, 2_000
PASSWORD = "twenty people and a desk"
TIP = re.compile(r"/tips/(\d+)")
SAID = ("I saw somebody like him near the old mill", "Un hombre parecido compró pan en la plaza", "she took the bus")


@dataclass
class Told:
    """What the triagers saw: times of pages (s), who held which tip from when to when, and what went wrong."""

    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    held: list[tuple[int, int, float, float]] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    tokens: list[str] = field(default_factory=list)


class Triager:
    """One officer in a browser: takes what is handed out, thinks, decides, and is handed the next."""

    def __init__(self, base: str, number: int, told: Told) -> None:
        self._base, self._told, self.number = base, told, number
        self._session = requests.Session()
        self._session.trust_env = False
        shown = dict(HIDDEN.findall(self._session.get(f"{base}/login", timeout=60).text))
        self._session.post(f"{base}/login", data={**shown, "email": mail(number), "password": PASSWORD}, timeout=60)
        self._csrf = dict(HIDDEN.findall(self._session.get(f"{base}/tips", timeout=60).text))["csrf_token"]

    def work(self, until: float, think: float) -> None:
        """Until the time is over; one claim is held at the end."""
        chance, tip_id, since = random.Random(self.number), 0, 0.0
        while time.monotonic() < until:
            if not tip_id:
                self._page("queue", "/tips")
                tip_id, since = self._taken("/tips/next", {})
            time.sleep(think * chance.uniform(0.5, 1.5))
            self._page("what is new", "/tips/live?mark=0")
            if tip_id:
                given = {"reason": "too_vague", "words": "Nothing in it.", "seen": "1"}
                following = self._taken(f"/tips/{tip_id}/assess", given)
                self._told.held.append((tip_id, self.number, since, time.monotonic()))
                tip_id, since = following

    def _taken(self, address: str, given: dict[str, str]) -> tuple[int, float]:
        """Press a button; the tip that was handed out, opened, and when."""
        hidden = {"csrf_token": self._csrf, "request_id": secrets.token_urlsafe(16), "expected_version": "0"}
        began = time.monotonic()
        answer = self._session.post(
            f"{self._base}{address}", data={**hidden, **given}, timeout=120, allow_redirects=False
        )
        self._told.pages["decide"].append(time.monotonic() - began)
        led = TIP.search(answer.headers.get("Location", ""))
        if answer.status_code != http.client.FOUND:
            self._told.wrong[f"{address.rsplit('/', 1)[-1]}: {answer.status_code}"] += 1
            return 0, 0.0
        if led is None or (given and f"/tips/{led[1]}/" in address):
            return 0, 0.0
        self._page("one tip", f"/tips/{led[1]}")
        return int(led[1]), time.monotonic()

    def _page(self, name: str, address: str) -> None:
        began = time.monotonic()
        answer = self._session.get(f"{self._base}{address}", timeout=120)
        self._told.pages[name].append(time.monotonic() - began)
        if answer.status_code not in {http.client.OK, http.client.NO_CONTENT}:
            self._told.wrong[f"{name}: {answer.status_code}"] += 1


def main() -> int:
    """Print how long pages took, alone and together, and what became of every claim."""
    wanted = argparse.ArgumentParser()
    for name, usual in (("seconds", 300), ("triagers", 20), ("a-second", 25), ("think", 3)):
        wanted.add_argument(f"--{name}", type=int, default=usual)
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-triagers-") as name, ExitStack() as stack:
        folder = Path(name)
        _prepare(folder, given.triagers)
        web, desk = servers.free_ports(2)
        for kind, port in (("web", web), ("desk", desk), ("reader", 0)):
            stack.enter_context(_running(folder, kind, port))
        base = f"http://127.0.0.1:{desk}"
        alone, together = Told(), Told()
        _work(base, 1, ALONE_SECONDS, 0, alone)
        line = threading.Thread(target=_people, args=(folder, web, given.a_second, given.seconds, together))
        line.start()
        _work(base, given.triagers, given.seconds, given.think, together)
        line.join()
        time.sleep(2)
        stack.close()
        return 0 if _report(alone, together) & _claims(folder, together) else 1


def _work(base: str, count: int, seconds: float, think: float, told: Told) -> None:
    people = [Triager(base, number, told) for number in range(count)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=one.work, args=(until, think)) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def _people(folder: Path, port: int, a_second: int, seconds: float, told: Told) -> None:
    """So many people a second send the form, each once; whoever was thanked is remembered."""
    key, began = (folder / "keys" / keys.FORM).read_bytes(), time.monotonic()
    session, chance = requests.Session(), random.Random(7)
    session.trust_env = False
    for number in range(int(a_second * seconds)):
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        token = sealing.new_token(key, datetime.now(UTC))
        body = urlencode({"token": token, "words": f"{chance.choice(SAID)} {secrets.token_hex(4)}"})
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        address = f"http://127.0.0.1:{port}/en/tell/words"
        answer = session.post(address, data=body, headers=head, timeout=60)
        if answer.status_code == http.client.OK:
            told.tokens.append(token)
        else:
            told.wrong[f"form: {answer.status_code}"] += 1


def _report(alone: Told, together: Told) -> bool:
    print(f"{'page':14}{'alone, p95 ms':>14}{'together':>10}{'ratio':>7}{'count':>8}")
    is_good = True
    for name, taken in sorted(together.pages.items()):
        one, all_of_them = (1000 * _percentile(found) for found in (alone.pages[name], taken))
        is_good &= all_of_them <= SLOWER * one
        mark = "" if all_of_them <= SLOWER * one else "  MISSED"
        print(f"{name:14}{one:14.0f}{all_of_them:10.0f}{all_of_them / one:7.2f}{len(taken):8,}{mark}")
    print(f"went wrong: {dict(together.wrong) or 'nothing'}")
    return is_good and not together.wrong


def _percentile(found: list[float]) -> float:
    return sorted(found)[int(0.95 * (len(found) - 1))] if found else float("nan")


def _claims(folder: Path, told: Told) -> bool:
    """Whether each tip was held by one person at a time, decided by that person, and every thanked message is there."""
    held: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for tip_id, number, since, until in told.held:
        held[tip_id].append((since, until, number))
    doubled = sum(any(a[1] > b[0] for a, b in pairwise(own)) for own in map(sorted, held.values()))
    with _opened(folder), reading() as session:
        ids = dict(session.execute(select(User.email, User.id)).all())  # type: ignore[arg-type]
        decided: dict[int, list[int]] = defaultdict(list)
        for tip_id, officer_id in session.execute(select(Assessment.tip_id, Assessment.officer_id)):
            decided[tip_id].append(officer_id)
        lost = sum(decided.get(tip_id, []) != [ids[mail(own[0][2])]] for tip_id, own in held.items())
        there = set(session.scalars(select(Tip.id)))
        waiting = session.scalar(select(func.count()).select_from(Tip).where(Tip.read_at.is_(None)))
    gone = sum(sealing.tip_id(token) not in there for token in told.tokens)
    print(f"{len(held):,} tips held and decided: {doubled} held by two at once, {lost} lost or decided by another")
    print(f"{len(told.tokens):,} messages thanked, {gone} lost; {waiting} not read by the machine yet")
    return not (doubled or lost or gone)


def mail(number: int) -> str:
    """The address of a triager."""
    return f"triager{number}@bench.example"


def _prepare(folder: Path, count: int) -> None:
    keys.create(folder / "keys")
    config = load_config({"APPEAL_INSTANCE": str(folder)})
    schema.upgrade(config.database_url)
    now = datetime.now(UTC).replace(microsecond=0)
    with _opened(folder):
        exercises.prepare(now=now)
        for number in range(max(1, count)):
            about = {"name": f"Triager {number}", "email": mail(number), "roles": ["triager"], "password": PASSWORD}
            officers.create(SYSTEM, **about, now=now)  # type: ignore[arg-type]
        many_tips.fill(config.database_url, THERE, 1, now)


@contextmanager
def _opened(folder: Path) -> Iterator[None]:
    config = load_config({"APPEAL_INSTANCE": str(folder)})
    with create_core_app(config, keys.load_desk(config.keys)).app_context():
        yield
    dispose_engines()


@contextmanager
def _running(folder: Path, kind: str, port: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "bench.triagers", "--run", kind, str(folder), str(port)])
    try:
        until = time.monotonic() + 60
        while port and time.monotonic() < until and not _listens(port):
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        line.request("GET", "/health")
        return line.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except OSError:
        return False


def _run(kind: str, folder: str, port: int) -> None:
    config = load_config({"APPEAL_INSTANCE": folder})
    if kind == "reader":
        _read(Path(folder))
    app = create_public_app(config) if kind == "web" else create_desk_app(config)
    serve(app.wsgi_app, host="127.0.0.1", port=port, threads=8, _quiet=True)


def _read(folder: Path) -> None:
    """What the desk's clock does twice a second."""
    with _opened(folder):
        while True:
            now = datetime.now(UTC)
            triage.read_tips(now)
            arrivals.take_in(now)
            time.sleep(0.5)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        _run(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    sys.exit(main())
