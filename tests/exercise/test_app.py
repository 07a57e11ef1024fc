"""The servers, started the way the command line starts them."""

import signal
import socket
import subprocess
import sys
import textwrap

import requests

from appeal.exercise.app import Exercise
from tests.exercise.conftest import until

START = """
    from appeal.exercise.app import serve
    from appeal.exercise.settings import Settings
    serve("127.0.0.1", {port}, {smtp_port}, Settings("Force", *"abcdefghijk", None))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_world_is_served_until_it_is_interrupted() -> None:
    port, smtp_port = free_port(), free_port()
    command = textwrap.dedent(START).format(port=port, smtp_port=smtp_port)
    with subprocess.Popen([sys.executable, "-c", command], stderr=subprocess.PIPE, text=True) as process:
        assert until(lambda: answers(port), seconds=30)
        with socket.create_connection(("127.0.0.1", smtp_port), timeout=5) as mail:
            assert mail.recv(100).startswith(b"220 exercise.invalid")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_unknown_address_is_answered_in_the_words_of_its_platform(exercise: Exercise) -> None:
    x, twilio, page = (requests.get(exercise.address + path, timeout=10) for path in ("/x/2/no", "/twilio/no", "/no"))

    assert (x.status_code, x.json()["title"]) == (404, "Not Found")
    assert (twilio.status_code, twilio.json()["code"]) == (404, 20404)
    assert page.status_code == 404
    assert '<p class="exercise">EXERCISE</p>' in page.text
