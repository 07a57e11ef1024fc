"""The clock only ticks: every job at its own pace, one at a time, and what fails does not stop it."""

import threading

import pytest
from flask import Flask, current_app

from appeal import jobs, scheduler
from appeal.rules.errors import WrongState


def test_every_job_has_a_name_of_its_own_and_a_pace() -> None:
    names = [name for name, _seconds, _job in scheduler.JOBS]
    assert len(set(names)) == len(names)
    assert all(0.5 <= seconds <= 60 for _name, seconds, _job in scheduler.JOBS)


def test_what_is_due_is_looked_for_every_half_second() -> None:
    paces = {job: seconds for _name, seconds, job in scheduler.JOBS}
    assert paces[jobs.queue_due] == 0.5


def test_a_job_ticks_inside_the_application_and_goes_on_after_a_failure(
    core: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[str] = []
    enough = threading.Event()

    def job() -> None:
        ticks.append(current_app.name)
        if len(ticks) == 3:
            enough.set()
        raise (WrongState("expected") if len(ticks) == 1 else ValueError("unexpected"))

    monkeypatch.setattr(scheduler, "JOBS", (("job", 0.05, job),))
    scheduler.start(core)
    try:
        assert enough.wait(20)
    finally:
        scheduler.stop()
    assert ticks[:3] == ["appeal"] * 3


def test_a_slow_job_runs_once_at_a_time_and_delays_no_other(core: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go, quick = threading.Event(), threading.Semaphore(0)
    running: list[int] = []

    def slow() -> None:
        running.append(1)
        let_go.wait(20)

    monkeypatch.setattr(scheduler, "JOBS", (("slow", 0.02, slow), ("quick", 0.02, quick.release)))
    scheduler.start(core)
    try:
        assert all(quick.acquire(timeout=20) for _ in range(10))
        assert len(running) == 1
    finally:
        let_go.set()
        scheduler.stop()


def test_stopping_ends_all_ticks(core: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = threading.Semaphore(0)
    monkeypatch.setattr(scheduler, "JOBS", (("job", 0.02, ticks.release),))
    scheduler.start(core)
    assert ticks.acquire(timeout=20)
    scheduler.stop()
    while ticks.acquire(blocking=False):
        pass
    assert not ticks.acquire(timeout=0.2)
