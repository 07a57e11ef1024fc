"""`run`: start the processes of this machine, watch them, start again what dies, stop them together."""

import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from appeal import ownership, spare
from appeal.config import Config
from appeal.rules.errors import ConfigurationWrong

log = structlog.get_logger()

RESTART_SECONDS = 0.3
STOP_SECONDS = 25
WEB, DESK, EXERCISE = "web", "desk", "exercise"


@dataclass
class Child:
    """One watched process."""

    name: str
    process: subprocess.Popen[bytes]


def run(config: Config, announce: Callable[[], None]) -> None:
    """Start all processes of this machine, restart what dies, stop them together."""
    hold = lock(config, "run")
    public = spare.Pair(_command(WEB, "--door"), _door(config), **ownership.account(config, WEB))
    names = [EXERCISE, DESK] if config.is_exercise else [DESK]
    children = [Child(name, _start(name, config)) for name in names]
    is_stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_stopping.set())
    threading.Thread(target=announce, daemon=True).start()
    try:
        while not is_stopping.wait(RESTART_SECONDS):
            _restart_dead(children, config)
            for code in public.keep():
                log.warning("process ended, another takes over", name=WEB, code=code)
    finally:
        public.stop(STOP_SECONDS)
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
            say_where,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def say_where(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put kind and place of an exception into the line, never its message: that may quote what a person said."""
    found = event.pop("exc_info", None)
    error = found if isinstance(found, BaseException) else sys.exc_info()[1] if found else None
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["kind"] = type(error).__name__
        event["where"] = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return event


def stop_with_parent() -> None:
    """End this process when standard input closes, which it does when the one that started it is gone."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(0, 1):
                pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def _start(name: str, config: Config) -> subprocess.Popen[bytes]:
    command, own = _command(name, "--with-parent"), ownership.account(config, name)
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, **own)  # noqa: S603 our own module


def _command(name: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "appeal", name, *more]


def _door(config: Config) -> socket.socket:
    try:
        return spare.open_door(config.host, config.public_port)
    except OSError as error:
        words = f"Port {config.public_port} of {config.host} cannot be opened: {error.strerror}."
        raise ConfigurationWrong([words]) from None


def _restart_dead(children: Sequence[Child], config: Config) -> None:
    for child in children:
        code = child.process.poll()
        if code is None:
            continue
        log.warning("process ended, starting it again", name=child.name, code=code)
        time.sleep(RESTART_SECONDS)
        child.process = _start(child.name, config)


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
