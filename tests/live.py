"""One running installation for a whole test session, and the acts that tests of it share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from appeal.rules.clock import now
from appeal.story.people import Officer
from appeal.story.running import Running, until
from appeal.story.stored import Stored, database_of

SOON = timedelta(minutes=1)


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Running]:
    """An exercise force as real processes, stopped at the end; settle times are short, temporary files stay in it."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, mode=0o700)
    environ = {**os.environ, "TMPDIR": str(temporary)}
    running = Running(folder, environ, **({"APPEAL_SETTLE_SCALE": "0.03"} | settings))
    running.make()
    running.start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def officer(running: Running, role: str) -> Iterator[Officer]:
    """An officer who is signed in."""
    found = Officer(running.config.desk_url, role)
    found.sign_in()
    try:
        yield found
    finally:
        found.browser.close()


def stored(running: Running) -> Stored:
    """The installation's database, read only."""
    return Stored(database_of(running.config.database_url), running.recovery)


def put_out(running: Running, appeal_id: int) -> str:
    """Approve what was submitted and wait until its page is up, hours overridden at night; returns its public id."""
    held = stored(running)
    with officer(running, "approver") as approver:
        approver.approve(appeal_id)
    cover_at_night(running, appeal_id)
    until("everything is out", lambda: _is_out(held, appeal_id), 90)
    return str(held.standing(appeal_id)["public_id"])


def cover_at_night(running: Running, appeal_id: int) -> None:
    """Override the hours and accept to read, where what was approved waits for the morning."""
    if not any(one.due_at and one.due_at > now() + SOON for one in stored(running).copies(appeal_id)):
        return
    with officer(running, "approver") as approver:
        approver.override(appeal_id)
    with officer(running, "triager") as triager:
        triager.read_now(appeal_id)


def _is_out(held: Stored, appeal_id: int) -> bool:
    copies = held.copies(appeal_id)
    return bool(copies) and all(one.state == "sent" for one in copies)
