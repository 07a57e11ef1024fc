"""Units of many callers are committed together, and each learns only of its own."""

import threading
from collections.abc import Sequence

import pytest

from appeal import writer as module
from appeal.rules.errors import Overloaded
from appeal.writer import MOST_TOGETHER, MOST_WAITING, Writer


class Slow:
    """Commits nothing until it is let go; numbers below zero are wrong."""

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()
        self.batches: list[list[int]] = []

    def __call__(self, units: Sequence[int]) -> list[Exception | None]:
        self.began.set()
        assert self.go.wait(30)
        self.batches.append(list(units))
        return [ValueError(str(unit)) if unit < 0 else None for unit in units]


def spawn(writer: Writer[int], units: Sequence[int]) -> tuple[list[threading.Thread], list[Exception]]:
    errors: list[Exception] = []

    def write(unit: int) -> None:
        try:
            writer.write(unit)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(unit,)) for unit in units]
    for thread in threads:
        thread.start()
    return threads, errors


def wait_for(writer: Writer[int], waiting: int) -> None:
    until = threading.Event()
    while writer.waiting < waiting:
        until.wait(0.005)


def test_what_waits_is_committed_together_and_errors_stay_apart() -> None:
    slow = Slow()
    writer = Writer(slow)
    first, errors = spawn(writer, [0])
    assert slow.began.wait(30)
    rest, more = spawn(writer, [1, 2, -3, 4])
    wait_for(writer, 4)
    slow.go.set()
    for thread in [*first, *rest]:
        thread.join()
    writer.stop()
    assert slow.batches[0] == [0]
    assert sorted(slow.batches[1]) == [-3, 1, 2, 4]
    assert (errors, [str(error) for error in more]) == ([], ["-3"])


def test_full_queue_is_refused_at_once_and_nothing_else_is_lost() -> None:
    slow = Slow()
    writer = Writer(slow)
    first, errors = spawn(writer, [0])
    assert slow.began.wait(30)
    rest, more = spawn(writer, range(1, MOST_WAITING + 1))
    wait_for(writer, MOST_WAITING)
    with pytest.raises(Overloaded) as caught:
        writer.write(999)
    slow.go.set()
    for thread in [*first, *rest]:
        thread.join()
    writer.stop()
    assert caught.value.after == 2
    assert (errors, more) == ([], [])
    assert sorted(unit for batch in slow.batches for unit in batch) == list(range(MOST_WAITING + 1))
    assert max(len(batch) for batch in slow.batches) == MOST_TOGETHER


def test_commit_that_fails_is_told_to_everybody() -> None:
    def fails(units: Sequence[int]) -> list[Exception | None]:
        raise OSError("disk full")

    writer = Writer(fails)
    with pytest.raises(OSError, match="disk full"):
        writer.write(1)
    with pytest.raises(OSError, match="disk full"):
        writer.write(2)
    writer.stop()


def test_stopped_writer_takes_nothing() -> None:
    writer = Writer[int](lambda units: [None] * len(units))
    writer.write(1)
    writer.stop()
    assert not writer.is_alive
    with pytest.raises(Overloaded):
        writer.write(2)


def test_database_that_does_not_go_on_is_told_to_who_waits_and_who_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.05)
    slow = Slow()
    writer = Writer(slow)
    first, errors = spawn(writer, [0])
    assert slow.began.wait(30)
    with pytest.raises(Overloaded):
        writer.write(1)
    monkeypatch.setattr(module, "STUCK_SECONDS", 0.0)
    with pytest.raises(Overloaded):
        writer.write(2)
    assert writer.waiting == 1
    slow.go.set()
    for thread in first:
        thread.join()
    writer.stop()
    assert (errors, [batch for batch in slow.batches if batch]) == ([], [[0]])
