"""A list of 100,000 planned and drained to a publisher that does nothing, against Dramatiq with one message per job.

Dramatiq alone runs over Redis, which keeps messages as our database keeps copies, and without it for comparison.

Run with `python -m bench.drain [--copies 100000]`. The engine is the real one: claims, leases, attempts and results in
SQLite with `synchronous=FULL`. Ends with status 1 if planning takes 2 s, if it drains less than 5 times as fast as
Dramatiq alone, or if memory grows with the list.
"""

import argparse
import logging
import resource
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import dramatiq
import structlog
from dramatiq import Broker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from flask import Flask
from sqlalchemy import Table, func, insert, select

from appeal import engine, installation, jobs, keys, publishers, schema
from appeal.config import Config, load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines, reading, writing
from appeal.models.release import ChannelAddress, Copy
from appeal.publishers.base import Capabilities, Find, Found, Health, LookUp, Receipt, Removal, Settings
from appeal.rules.clock import now
from appeal.rules.content import Content, Post
from appeal.rules.permissions import SYSTEM
from appeal.services import channels, exercises
from appeal.story.running import until
from bench import seeding

PLAN_SECONDS, TIMES, MOST_MB = 2.0, 5.0, 200
JOBS = 20_000
ADDRESSES = cast(Table, ChannelAddress.__table__)


class Null:
    """A list that takes everything at once and forgets it."""

    name = "null"
    capabilities = Capabilities(
        label="Null", text_limit=1_000, counts="characters", is_list=True, removal=Removal.FOLLOWS_UP, find=Find.SURE
    )

    def __init__(self, settings: Settings) -> None:
        del settings

    def compose(self, content: Content) -> Post:
        """The title and the copy's own link."""
        return Post(f"{content.title} {content.link}", language=content.language)

    def send(self, post: Post, address: str, key: str) -> Receipt:
        """Nothing."""
        del post, address
        return Receipt(key)

    def find(self, key: str, address: str, post: Post, since: Any) -> LookUp:
        """It forgot."""
        del key, address, post, since
        return LookUp(Found.CANNOT_TELL)

    def check(self) -> Health:
        """Always well."""
        return Health(True, "well")


@dataclass(frozen=True)
class Drained:
    """Seconds for planning and for draining, and how many megabytes the process grew while it drained."""

    planned: float
    seconds: float
    grown: float


def main() -> int:
    """Measure, print, answer 0 when all goals are met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--copies", type=int, default=100_000)
    count = options.parse_args().copies
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(prefix="bench-drain-") as name, _force(Path(name)) as (app, config):
        in_process = _dramatiq_alone(StubBroker(middleware=[]))
        with _redis() as broker:
            alone = _dramatiq_alone(broker)
        small = _measure(app, config, count // 10, is_sealed=False)
        whole = _measure(app, config, count, is_sealed=False)
        opened = _measure(app, config, count // 10, is_sealed=True)
    print("Dramatiq alone, one message per job that does nothing:")
    print(f"over Redis {alone:,.0f} a second; in process, where a crash loses all, {in_process:,.0f}")
    print(f"planned: {count:,} copies in {whole.planned:.2f} s, {count // 10:,} in {small.planned:.2f} s")
    print(f"drained: {count / whole.seconds:,.0f} a second ({count / whole.seconds / alone:.1f} times Dramatiq)")
    print(f"the same where each address is opened for the platform: {count / 10 / opened.seconds:,.0f} a second")
    print(f"memory grew by {small.grown:.0f} MB at {count // 10:,} and {whole.grown:.0f} MB at {count:,}")
    goals = (
        (f"planned in {whole.planned:.2f} s, under {PLAN_SECONDS}", whole.planned < PLAN_SECONDS),
        (
            f"{count / whole.seconds / alone:.1f} times Dramatiq, at least {TIMES}",
            count / whole.seconds >= TIMES * alone,
        ),
        (f"grew by {whole.grown:.0f} MB, under {MOST_MB}", whole.grown < MOST_MB),
    )
    for words, is_met in goals:
        print(f"{'met   ' if is_met else 'MISSED'} {words}")
    return int(not all(is_met for _words, is_met in goals))


@contextmanager
def _force(folder: Path) -> Iterator[tuple[Flask, Config]]:
    """An exercise force without processes; its only channels are lists on the null publisher."""
    cast(dict[str, type[Any]], publishers.PUBLISHERS)["null"] = Null
    config = load_config({"APPEAL_INSTANCE": str(folder / "instance")})
    keys.create(config.keys)
    schema.upgrade(config.database_url)
    app = create_core_app(config)
    with app.app_context():
        exercises.prepare(now=now())
        seeding.open_always()
        yield app, config
    dispose_engines()


def _dramatiq_alone(broker: Broker) -> float:
    """Messages a second with as many threads as ours: all are sent first, then workers drain them."""
    done, left = threading.Event(), iter(range(JOBS - 1))

    def work(number: int) -> None:
        del number
        if next(left, None) is None:
            done.set()

    actor = dramatiq.actor(broker=broker, actor_name="alone", queue_name="alone")(work)
    for number in range(JOBS):
        actor.send(number)
    worker = dramatiq.Worker(broker, queues={"alone"}, worker_threads=10, worker_timeout=200)
    began = time.monotonic()
    worker.start()
    done.wait()
    seconds = time.monotonic() - began
    worker.stop()
    broker.close()
    return JOBS / seconds


@contextmanager
def _redis() -> Iterator[Broker]:
    """A server of this run's own that keeps nothing on disk."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until("Redis answers", lambda: _answers(port), 10, 0.05)
        yield RedisBroker(url=f"redis://127.0.0.1:{port}/0", middleware=[])  # type: ignore[no-untyped-call]
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _measure(app: Flask, config: Config, count: int, *, is_sealed: bool) -> Drained:
    channel_id = _list(count, is_sealed=is_sealed)
    planned = _planned(channel_id, f"list of {count}, sealed: {is_sealed}")
    before = _memory()
    engine.start(config, {name: work for name, work in jobs.works(app, 2).items() if name == jobs.DELIVER})
    began = time.monotonic()
    while _left(channel_id):
        jobs.in_context(app, jobs.queue_due)()
        time.sleep(0.1)
    seconds = time.monotonic() - began
    engine.stop()
    with reading() as session:
        sent = session.scalar(select(func.count()).where(Copy.channel_id == channel_id, Copy.state == "sent"))
    assert sent == count, f"{sent} of {count}"
    return Drained(planned, seconds, _memory() - before)


def _planned(channel_id: int, title: str) -> float:
    """Approve an appeal for this list; returns the seconds of the processor that the approval with its plan took."""
    began = time.process_time()
    seeding.launch(title, on=[channel_id])
    return time.process_time() - began


def _list(count: int, *, is_sealed: bool) -> int:
    """A list of so many; sealing each is not what is measured, so all are the same sealed address."""
    channel_id = channels.connect(
        SYSTEM, publisher="null", name=f"{count} {is_sealed}", language="en", settings={}, secrets={}, now=now()
    )
    sealed = installation.current().keys.seal(b"+34600555000") if is_sealed else b""
    common = {"channel_id": channel_id, "sealed_address": sealed, "added_at": now()}
    with writing() as session:
        rows = [{**common, "address_hash": f"{number:064x}"} for number in range(count)]
        session.connection().execute(insert(ADDRESSES), rows)
    return channel_id


def _left(channel_id: int) -> bool:
    with reading() as session:
        open_ = (Copy.channel_id == channel_id) & Copy.state.in_(["pending", "queued", "sending"])
        return session.scalar(select(Copy.id).where(open_).limit(1)) is not None


def _memory() -> float:
    """The most megabytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
