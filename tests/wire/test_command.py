"""A local program: text in, text out, in time, without a shell and without our surroundings."""

import sys
import time

import pytest

from appeal.rules.errors import WrongState
from appeal.wire import command


def script(code: str) -> str:
    return f'{sys.executable} -S -c "{code}"'


def test_text_goes_in_and_comes_out() -> None:
    upper = script("import sys; sys.stdout.write(sys.stdin.read().upper())")
    assert command.text_through(upper, "aquí está; $(reboot) `x`") == "AQUÍ ESTÁ; $(REBOOT) `X`"


def test_no_shell_reads_the_command() -> None:
    assert command.text_through("/bin/echo a;b $HOME", "") == "a;b $HOME"


def test_nothing_of_our_environment_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEAL_MAIL_URL", "smtp://user:secret@mail.example")
    assert "secret" not in command.text_through("/usr/bin/env", "")


def test_what_takes_too_long_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(WrongState, match="too long"):
        command.text_through("/bin/sleep 30", "", seconds=0.2)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("wrong", ["/bin/false", "/no/such/program", "", "'", "/bin/true"])
def test_a_program_that_gives_nothing_says_so(wrong: str) -> None:
    with pytest.raises(WrongState):
        command.text_through(wrong, "words")
