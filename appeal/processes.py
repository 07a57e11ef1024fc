"""The processes of an installation: web, desk and exercise, and `run`, which starts, watches and restarts them."""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import waitress

from appeal import engine, jobs, scheduler
from appeal.app import create_desk_app, create_public_app
from appeal.config import Config
from appeal.core import create_core_app
from appeal.rules import exercise as training
from appeal.rules.clock import now
from appeal.rules.errors import ConfigurationWrong
from appeal.services import beats, channels, deliveries, force
from appeal.tips import webhook_token
from appeal.wire.loopback import only_loopback

log = structlog.get_logger()

MEMORY = Path("/dev/shm")  # noqa: S108 uploads stay in memory instead of on a disk
MEGABYTE = 1024 * 1024
MOST_BODY = 32 * MEGABYTE
INBUF = MEGABYTE // 2
RESTART_SECONDS = 0.3
STOP_SECONDS = 25
WEB, DESK, EXERCISE = "web", "desk", "exercise"


@dataclass
class Child:
    """One watched process."""

    name: str
    process: subprocess.Popen[bytes]


def web(config: Config) -> None:
    """Serve the public side until told to stop."""
    _prepare(config)
    app = create_public_app(config)
    with app.app_context():
        force.bind_mode(config.mode)
    _serve(app.wsgi_app, config.host, config.public_port, config.web_threads)


def desk(config: Config, *, only_pages: bool = False) -> None:
    """Serve the desk, with workers and clock unless other processes have them, until told to stop."""
    _prepare(config)
    with lock(config, DESK):
        app = create_desk_app(config)
        if not only_pages:
            _start_work(config, DESK, ticks=True, works=True)
        try:
            _serve(app.wsgi_app, config.host, config.desk_port, config.desk_threads)
        finally:
            scheduler.stop()
            engine.stop()


def worker(config: Config, *, name: str = "worker") -> None:
    """Only work: for a machine that helps others, which needs a broker and a database that they share."""
    _work_alone(config, name, ticks=False, works=True)


def clock(config: Config) -> None:
    """Only tick: it wakes the workers of all machines through the broker."""
    _work_alone(config, "clock", ticks=True, works=False)


def exercise(config: Config) -> None:
    """Serve the exercise platforms; only in an exercise."""
    if not config.is_exercise:
        raise ConfigurationWrong(["The exercise platforms run only when APPEAL_MODE is exercise."])
    from appeal.exercise.app import serve  # noqa: PLC0415 a live installation never loads them
    from appeal.exercise.settings import Settings  # noqa: PLC0415

    _prepare(config)
    with create_core_app(config).app_context():
        name = force.settings()["force_name"]
        texts = next((one.id for one in channels.every() if one.publisher == "sms"), 0)
    serve(
        "127.0.0.1",
        config.exercise_port,
        config.exercise_smtp_port,
        Settings(
            force_name=name,
            x_consumer_key=training.X["consumer_key"],
            x_consumer_secret=training.X["consumer_secret"],
            x_token=training.X["access_token"],
            x_token_secret=training.X["access_token_secret"],
            x_user_id=training.X["user_id"],
            x_username=training.X["username"],
            twilio_account_sid=training.TWILIO["account_sid"],
            twilio_auth_token=training.TWILIO["auth_token"],
            twilio_number=training.TWILIO["from_number"],
            smtp_user=training.MAIL["username"],
            smtp_password=training.MAIL["password"],
            webhook_url=f"{config.public_url}/webhooks/sms/{texts}",
        ),
    )


def run(config: Config, announce: Callable[[], None]) -> None:
    """Start all processes of this machine, restart what dies, stop them together."""
    hold = lock(config, "run")
    names = [EXERCISE, WEB, DESK] if config.is_exercise else [WEB, DESK]
    children = [Child(name, _start(name)) for name in names]
    is_stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_stopping.set())
    threading.Thread(target=announce, daemon=True).start()
    try:
        while not is_stopping.wait(RESTART_SECONDS):
            _restart_dead(children)
    finally:
        _stop(children)
        hold.close()


def lock(config: Config, name: str) -> Any:
    """Hold a lock of the instance folder until the returned file is closed; only one process can."""
    config.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (config.instance / f"{name}.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        words = (
            f"Another {name} uses {config.instance} already: stop it first, or set APPEAL_INSTANCE to another folder."
        )
        raise ConfigurationWrong([words]) from None
    return file


def log_plainly() -> None:
    """One line per event on standard error: time, level, event, values."""
    for talkative in ("waitress.queue", "apscheduler"):
        logging.getLogger(talkative).setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def stop_with_parent() -> None:
    """End this process when standard input closes, which it does when the one that started it is gone."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(0, 1):
                pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


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
        count = len(channels.active())
    log.info("work starts", role=role, unknown=dead, channels=count)
    engine.start(config, jobs.works(core, count), with_workers=works)
    if ticks:
        scheduler.start(core)


def _prepare(config: Config) -> None:
    log_plainly()
    if _keeps_in_memory():
        tempfile.tempdir = str(MEMORY)
    if config.is_exercise:
        only_loopback()


def _keeps_in_memory() -> bool:
    """Whether temporary files can live in memory; else bodies are kept in the process itself."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK)


def _serve(app: Any, host: str, port: int, threads: int) -> None:
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        connection_limit=2000,
        channel_timeout=20,
        asyncore_use_poll=True,
        backlog=1024,
        max_request_body_size=MOST_BODY,
        inbuf_overflow=INBUF if _keeps_in_memory() else MOST_BODY,
        clear_untrusted_proxy_headers=True,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        server.run()
    except SystemExit:
        log.info("stopping", port=port)
    finally:
        server.close()


def _leave(*_: object) -> None:
    raise SystemExit(0)


def _start(name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "appeal", name, "--with-parent"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 our own module


def _restart_dead(children: Sequence[Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is None:
            continue
        log.warning("process ended, starting it again", name=child.name, code=code)
        time.sleep(RESTART_SECONDS)
        child.process = _start(child.name)


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        child.process.terminate()
    for child in children:
        try:
            child.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        if child.process.stdin:
            child.process.stdin.close()
