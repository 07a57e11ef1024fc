"""Processes: one of each kind at a time, and in an exercise nothing leaves this machine."""

import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from appeal import processes, supervisor, training
from appeal.config import ROOT, Config
from appeal.db import writing
from appeal.models.force import ForceSetting
from appeal.rules.errors import ConfigurationWrong

# Prints what became of each try to reach something, in a process that may reach this machine only.
TRIES = """
import socket, sys
from appeal.wire.loopback import only_loopback
only_loopback()
def tell(name, act):
    try:
        act()
        print(name, "reached")
    except Exception as error:
        print(name, type(error).__name__)
here = socket.create_server(("127.0.0.1", 0))
import requests
session = requests.Session(); session.trust_env = False
tell("here", lambda: socket.create_connection(here.getsockname(), 5).close())
tell("address", lambda: socket.create_connection(("192.0.2.1", 443), 5))
tell("sixth", lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 443)))
tell("name", lambda: socket.getaddrinfo("api.twitter.com", 443))
tell("old", lambda: socket.gethostbyname("api.twilio.com"))
tell("datagram", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
tell("client", lambda: session.get("https://api.twitter.com/2/tweets", timeout=5))
"""


def test_an_exercise_reaches_nothing_but_this_machine() -> None:
    done = subprocess.run([sys.executable, "-c", TRIES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert dict(line.split() for line in done.stdout.splitlines()) == {
        "here": "reached",
        "address": "NotInAnExercise",
        "sixth": "NotInAnExercise",
        "name": "NotInAnExercise",
        "old": "NotInAnExercise",
        "datagram": "NotInAnExercise",
        "client": "ConnectionError",
    }


def test_a_process_holds_its_place_alone(config: Config) -> None:
    with supervisor.lock(config, "desk"):
        with pytest.raises(ConfigurationWrong):
            supervisor.lock(config, "desk")
        supervisor.lock(config, "web").close()
    supervisor.lock(config, "desk").close()


def test_another_process_cannot_take_a_place_either(config: Config, environ: dict[str, str]) -> None:
    code = "import os; from appeal.supervisor import lock; from appeal.config import load_config; "
    code += "lock(load_config(os.environ), 'desk')"
    command = [sys.executable, "-c", code]
    with supervisor.lock(config, "desk"):
        refused = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    taken = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (refused.returncode, "ConfigurationWrong" in refused.stderr, taken.returncode) == (1, True, 0)


def test_the_exercise_platforms_do_not_run_in_a_live_installation(config: Config) -> None:
    from dataclasses import replace

    with pytest.raises(ConfigurationWrong):
        training.exercise(replace(config, mode="live"))


def test_workers_of_their_own_need_a_broker(config: Config) -> None:
    with pytest.raises(ConfigurationWrong):
        processes.worker(config)
    with pytest.raises(ConfigurationWrong):
        processes.clock(config)


def test_the_log_says_where_something_failed_and_never_what_it_was_about() -> None:
    try:
        int("he lives at 5 Mill Lane")
    except ValueError as error:
        lines = [supervisor.say_where(None, "error", {"event": "job failed", "exc_info": one}) for one in (True, error)]
    for line in lines:
        assert (line["event"], line["kind"]) == ("job failed", "ValueError")
        assert line["where"].startswith("test_processes.py:")
        assert "Mill Lane" not in str(line)


def test_an_error_of_the_database_quotes_no_value(core: Flask) -> None:
    with core.app_context(), pytest.raises(IntegrityError) as refused, writing() as session:
        session.add_all(ForceSetting(name="same", value="Mill Lane") for _ in range(2))
    assert "Mill Lane" not in str(refused.value)
