"""A program of this machine that takes a text and gives one back: no shell, nothing of ours in its surroundings."""

import os
import shlex
import signal
import subprocess

from appeal.rules.errors import WrongState
from appeal.rules.words import _

SECONDS = 20.0
MOST_BYTES = 400_000
# The program gets nothing of our environment: no key, no address, no folder.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
NOT_STARTED = _("The program that translates could not be started. Tell an administrator.")
TOO_SLOW = _("The program that translates took too long. Try again, or ask a colleague.")
FAILED = _("The program that translates gave no text. Ask a colleague.")


def text_through(command: str, text: str, *, seconds: float = SECONDS) -> str:
    """What the program writes when it reads the text; raises `WrongState` with a sentence for whoever asked.

    The program and everything that it started is ended when its time is over.
    """
    try:
        words = shlex.split(command)
        if not words:
            raise WrongState(NOT_STARTED)
        # The administrator of the machine has chosen the program; nothing that a person sent is part of the order.
        process = subprocess.Popen(  # noqa: S603
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    except (OSError, ValueError):
        raise WrongState(NOT_STARTED) from None
    try:
        written, _errors = process.communicate(text.encode("utf-8", "replace"), timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise WrongState(TOO_SLOW) from None
    answer = written[:MOST_BYTES].decode("utf-8", "replace").strip()
    if process.returncode != 0 or not answer:
        raise WrongState(FAILED)
    return answer
