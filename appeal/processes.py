"""The processes of an installation: web, desk, worker and clock."""

import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import structlog
from flask import Flask

from appeal import engine, jobs, scheduler, serving, spare
from appeal.app import create_desk_app, create_public_app
from appeal.config import Config
from appeal.core import create_core_app
from appeal.rules.clock import now
from appeal.rules.errors import ConfigurationWrong
from appeal.services import beats, channels, deliveries, force
from appeal.supervisor import DESK, lock, log_plainly, stop_with_parent
from appeal.tips import webhook_token
from appeal.wire.loopback import only_loopback

log = structlog.get_logger()

MEMORY = Path("/dev/shm")  # noqa: S108 uploads stay in memory instead of on a disk
SWITCH_SECONDS = 0.0001


def web(config: Config, door: int | None = None) -> None:
    """Serve the public side until told to stop; with the number of an open door only when it is this one's turn."""
    _prepare(config)
    app = create_public_app(config)
    with app.app_context():
        force.bind_mode(config.mode)
    if door is None:
        listening = spare.open_door(config.host, config.public_port)
    else:
        listening = socket.socket(fileno=door)
        _warm(app)
        spare.wait_for_turn()
        stop_with_parent()
    _serve(app.wsgi_app, listening, config.web_threads)


def desk(config: Config, *, only_pages: bool = False) -> None:
    """Serve the desk, with workers and clock unless other processes have them, until told to stop."""
    _prepare(config)
    with lock(config, DESK):
        app = create_desk_app(config)
        if not only_pages:
            _start_work(config, DESK, ticks=True, works=True)
        try:
            _serve(app.wsgi_app, spare.open_door(config.host, config.desk_port), config.desk_threads)
        finally:
            scheduler.stop()
            engine.stop()


def worker(config: Config, *, name: str = "worker") -> None:
    """Only work: for a machine that helps others, which needs a broker and a database that they share."""
    _work_alone(config, name, ticks=False, works=True)


def clock(config: Config) -> None:
    """Only tick: it wakes the workers of all machines through the broker."""
    _work_alone(config, "clock", ticks=True, works=False)


def _work_alone(config: Config, name: str, *, ticks: bool, works: bool) -> None:
    if not config.broker_url:
        raise ConfigurationWrong(
            ["APPEAL_BROKER_URL is needed: without a broker, work stays inside the desk's process."]
        )
    _prepare(config)
    is_stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_stopping.set())
    with lock(config, name):
        _start_work(config, name, ticks=ticks, works=works)
        is_stopping.wait()
        scheduler.stop()
        engine.stop()


def _start_work(config: Config, role: str, *, ticks: bool, works: bool) -> None:
    """Give up what a dead process of this place was sending, then start its threads and its clock."""
    core = create_core_app(config, role=role)
    with core.app_context():
        force.bind_mode(config.mode)
        dead = deliveries.give_up_dead(now=now(), machine=beats.place())
        if not config.broker_url:
            deliveries.unqueue_lost(now=now(), at_once=True)
        webhook_token.hand_over()
        channels.prepare_places()
        count = sum(one.is_active for one in channels.every())
    log.info("work starts", role=role, unknown=dead, channels=count)
    engine.start(config, jobs.works(core, count), with_workers=works)
    if ticks:
        scheduler.start(core)


def share_the_interpreter() -> None:
    """Let busy threads hand the interpreter on after a tenth of a millisecond instead of five.

    The thread that commits for all lets go of it at every statement; among sixteen busy ones it would get it back
    only after milliseconds, each time: with 64 people at once, half as many messages a second and less.
    """
    sys.setswitchinterval(SWITCH_SECONDS)


def _prepare(config: Config) -> None:
    log_plainly()
    share_the_interpreter()
    if _keeps_in_memory():
        tempfile.tempdir = str(MEMORY)
    if config.is_exercise:
        only_loopback()


def _keeps_in_memory() -> bool:
    """Whether temporary files can live in memory; else bodies are kept in the process itself."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK)


def _warm(app: Flask) -> None:
    """Make the first person's way as short as the second's: what is loaded at the first request is loaded now."""
    client = app.test_client()
    for address in ("/health", "/en/tell"):
        client.get(address)


def _serve(app: Any, door: socket.socket, threads: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    serving.serve(app, door=door, threads=threads)


def _leave(*_: object) -> None:
    raise SystemExit(0)
