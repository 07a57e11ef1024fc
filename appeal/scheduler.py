"""The clock: it only ticks. Jobs live in this table; nothing else knows APScheduler."""

from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from appeal import jobs

# name, seconds between ticks, function
JOBS: tuple[tuple[str, float, Callable[[], None]], ...] = (
    ("queue what is due", 0.5, jobs.queue_due),
    ("plan again", 2.0, jobs.plan_again),
    ("follow the site", 0.5, jobs.open_after_site),
    ("ask platforms", 0.5, jobs.ask_platforms),
    ("read tips", 0.5, jobs.read_tips),
    ("prepare pictures", 0.5, jobs.prepare_pictures),
    ("keep kits", 1.0, jobs.keep_kits),
    ("index tips", 0.5, jobs.index_tips),
    ("take files", 1.0, jobs.take_files),
    ("try ways in", 60.0, jobs.try_ways_in),
    ("set legal holds", 5.0, jobs.set_holds),
    ("erase tips", 60.0, jobs.erase_tips),
    ("sweep uploads", 60.0, jobs.sweep_uploads),
    ("forget who was thanked", 60.0, jobs.forget_thanked),
    ("empty the spool", 2.0, jobs.empty_spool),
    ("chain the ledger", 1.0, jobs.chain_ledger),
    ("poll sources", 5.0, jobs.poll_sources),
    ("ask the next", 2.0, jobs.ask_next),
    ("remind", 10.0, jobs.remind),
    ("send notices", 2.0, jobs.send_notices),
    ("beat", 2.0, jobs.beat),
    ("recover", 5.0, jobs.recover),
    ("hand over tokens", 10.0, jobs.hand_over_tokens),
    ("restrict mistaken", 5.0, jobs.restrict_mistaken),
    ("expire claims", 10.0, jobs.expire_claims),
    ("ask reviews", 60.0, jobs.ask_reviews),
    ("ask what is owed", 20.0, jobs.ask_owed),
    ("check channels", 20.0, jobs.check_channels),
)

_running: list[BackgroundScheduler] = []


def start(app: Flask) -> None:
    """Tick every job in threads of this process until `stop`."""
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(len(JOBS))})
    for name, seconds, job in JOBS:
        scheduler.add_job(
            jobs.in_context(app, job),
            "interval",
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    _running.append(scheduler)


def stop() -> None:
    """Stop ticking and wait for the jobs that run."""
    while _running:
        _running.pop().shutdown(wait=True)
