"""One function per tick or message: call one service, wake what it made due, log one line with counts.

Each runs inside the application context that `in_context` opens around it.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

import structlog
from flask import Flask

from appeal import engine, ledger
from appeal.db import db, writing
from appeal.installation import current
from appeal.rules.clock import now
from appeal.rules.errors import AppealError
from appeal.services import (
    attempts,
    batches,
    beats,
    channels,
    deliveries,
    health,
    interlocks,
    kits,
    lookups,
    notices,
    owed,
    paging,
    releases,
    reminders,
    removals,
    renditions,
    results,
    retention,
    reviews,
    thanks,
)
from appeal.services import captures as kept_posts
from appeal.tips import (
    alarms,
    arrivals,
    captures,
    comparing,
    custody,
    erasing,
    heartbeat,
    mistaken,
    pieces,
    polling,
    spool,
    triage,
    trial_ways,
    webhook_token,
)

log = structlog.get_logger()
Given = ParamSpec("Given")

DELIVER, WITHDRAW, LOOK, WATCH, POLL = "deliver", "withdraw", "look", "watch", "poll"
WATCH_AGAIN, KEEP_POST = "watch_again", "keep_post"
CLOCK = "clock"
ABANDONED_AFTER = timedelta(hours=48)
MANY_TAKES = timedelta(seconds=5)


def in_context(app: Flask, job: Callable[Given, None]) -> Callable[Given, None]:
    """The job with the application's context around it and its failure in the log instead of in the air."""

    @wraps(job)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with app.app_context():
            try:
                job(*args, **kwargs)
            except AppealError as error:
                log.warning("job failed", job=job.__name__, error=type(error).__name__, words=error.words)
            except Exception as error:
                log.exception("job failed", job=job.__name__, error=type(error).__name__)
            finally:
                db.session.remove()

    return run


def works(app: Flask, channel_count: int) -> dict[str, engine.Work]:
    """The kinds of work and their threads: at least two for each channel, so that one that hangs delays no other."""
    threads = max(10, 2 * channel_count + 2)
    return {
        DELIVER: engine.Work(in_context(app, deliver), threads),
        WITHDRAW: engine.Work(in_context(app, deliver), threads),
        LOOK: engine.Work(in_context(app, look), 6),
        WATCH: engine.Work(in_context(app, watch), 6),
        WATCH_AGAIN: engine.Work(in_context(app, watch_again), 1),
        KEEP_POST: engine.Work(in_context(app, keep_post), 4),
        POLL: engine.Work(in_context(app, poll), 2),
    }


def queue_due() -> None:
    """Queue every copy whose moment has come and wake a worker for each."""
    _wake(deliveries.queue_due(now=now()))


def plan_again() -> None:
    """Move what waits for staffed hours to where rota, cover and zone put it now."""
    count = interlocks.plan_again(now=now())
    if count:
        log.info("planned again", copies=count)


def ask_reviews() -> None:
    """Ask for the reviews that come near and see to those that lapsed."""
    count = reviews.ask(now=now())
    if count:
        log.info("asked for reviews", appeals=count)


def ask_owed() -> None:
    """Ask for what approvals owe, and tell of what is late."""
    count = owed.ask(now=now())
    if count:
        log.info("asked for what is owed", approvals=count)


def deliver(copy_id: int) -> None:
    """Send or take down one copy, then let the next of its channel follow at once."""
    prepared = deliveries.prepare(copy_id, now=now())
    task = prepared and deliveries.claim(prepared, owner=beats.owner(), now=now())
    if task is None or task.lease_until is None or now() >= task.lease_until:
        return
    if batches.can_be_many(task):
        _deliver_many(task)
    else:
        outcome = attempts.perform(task)
        results.record(task, outcome, now=now())
        log.info("delivered", copy=copy_id, kind=task.kind, state=outcome.state.value)
    if task.publisher.name == releases.SITE:
        open_after_site()
    _wake(deliveries.queue_due(now=now(), channel_id=task.channel_id))


def _deliver_many(task: attempts.Task) -> None:
    """Send this copy and the others of its delivery in batches, for a few seconds; then the next wake goes on."""
    until, tasks = now() + MANY_TAKES, [task]
    while tasks and now() < (tasks[0].lease_until or until):
        done, seconds = batches.perform(tasks)
        size = batches.next_size(task, done, seconds) if now() < until else 0
        tasks = batches.turn(done, owner=beats.owner(), size=size, now=now())
        states = Counter(outcome.state.value for _task, outcome in done)
        log.info("delivered", channel=task.channel_id, kind=task.kind, **states)


def open_after_site() -> None:
    """Let the other channels follow where the site's page answers; ask somebody where it stays silent."""
    for release_id, pages, channel_id in releases.waiting_for_site():
        if releases.site_answers(channel_id, pages):
            with writing() as session:
                count = releases.site_is_up(session, release_id, now=now())
            log.info("site is up", release=release_id, released=count)
            _wake(deliveries.queue_due(now=now()))
    releases.alarm_silent_sites(now=now())


def ask_platforms() -> None:
    """Send workers to look for what is unknown and for what should be gone."""
    for copy_id in lookups.take_unknown(now=now()):
        engine.send(LOOK, copy_id)
    for copy_id in lookups.take_coming_down(now=now()):
        engine.send(WATCH, copy_id)
    for copy_id in removals.take_gone(now=now()):
        engine.send(WATCH_AGAIN, copy_id)
    for channel_id in removals.to_collect(now=now()):
        engine.send(POLL, channel_id)
    for removal_id in kept_posts.to_take(now=now()):
        engine.send(KEEP_POST, removal_id)


def look(copy_id: int) -> None:
    """Ask a platform about one unknown copy."""
    lookups.look(copy_id, now=now())


def watch(copy_id: int) -> None:
    """Look whether one thing that was taken down is gone."""
    lookups.watch(copy_id, now=now())


def watch_again(copy_id: int) -> None:
    """Look once more, a day later, whether what was gone is gone."""
    removals.look_again(copy_id, now=now())


def keep_post(removal_id: int) -> None:
    """Keep what everybody saw of one post, then let it be taken down."""
    if captures.take(removal_id, now=now()):
        _wake(deliveries.queue_due(now=now()))


def recover() -> None:
    """Put back lost wake-ups; what was being sent when its lease ended is unknown."""
    lost, dead = deliveries.unqueue_lost(now=now()), deliveries.give_up_dead(now=now())
    if lost or dead:
        log.info("recovered", lost=lost, dead=dead)


def read_tips() -> None:
    """Let the machine read what has come in: language, urgency with reasons, place in the queue; raise alarms."""
    triage.read_tips(now(), limit=200)
    count = alarms.raise_due(now=now())
    if count:
        log.info("alarms", reports=count)


def empty_spool() -> None:
    """Take in what waited on the disk while the database was away."""
    count = spool.take_in()
    if count:
        log.info("taken in from disk", messages=count)


def take_files() -> None:
    """Put together, hash, scan and clean the files that have come in."""
    count = custody.take(now())
    if count:
        log.info("files taken into custody", files=count)


def set_holds() -> None:
    """Keep everything of appeals that went out, or ended before a court."""
    count = retention.set_due(now=now())
    if count:
        log.info("legal holds set", holds=count)


def erase_tips() -> None:
    """Erase what the force does not keep any longer."""
    count = erasing.erase_due(now=now())
    if count:
        log.info("tips erased by age", tips=count)


def try_ways_in() -> None:
    """Send a trial message through the form now and then, and tell of every way in that is silent."""
    heartbeat.beat_if_due(now())
    trial_ways.beat_if_due(now())
    heartbeat.watch_sources(now())


def sweep_uploads() -> None:
    """Forget files that were begun and never ended."""
    pieces.sweep(older_than=now() - ABANDONED_AFTER)


def forget_thanked() -> None:
    """Forget whom the automatic thank-you went to."""
    thanks.forget(now=now())


def index_tips() -> None:
    """Put what was read into the blind index; those who give one name lift each other."""
    arrivals.take_in(now())


def prepare_pictures() -> None:
    """Make the finished pictures of photos that are new or were cut, one photo after the other."""
    for photo_id in renditions.unprepared():
        count = renditions.prepare(photo_id, now=now())
        log.info("pictures are ready", photo=photo_id, pictures=count)


def keep_kits() -> None:
    """Let the kits of the press follow their appeals."""
    count = kits.keep(now=now())
    if count:
        log.info("kits follow", kits=count)


def restrict_mistaken() -> None:
    """Take tips about somebody who was shown by mistake out of queue, leads and search."""
    count = mistaken.restrict(now())
    if count:
        log.info("tips restricted", tips=count)


def expire_claims() -> None:
    """Give back tips whose claim has run out."""
    triage.expire_claims(now())


def poll_sources() -> None:
    """Wake a worker for each account whose public answers are collected by asking."""
    for channel_id in polling.channels_to_poll():
        engine.send(POLL, channel_id)


def poll(channel_id: int) -> None:
    """Collect the public answers of one account."""
    began = now()
    count = polling.poll(channel_id, now=began)
    count += comparing.compare_if_due(channel_id, now=now())
    if removals.collected(channel_id, since=began, now=now()):
        _wake(deliveries.queue_due(now=now(), channel_id=channel_id))
    if count:
        log.info("collected", channel=channel_id, messages=count)


def hand_over_tokens() -> None:
    """Let the public process check the signatures of channels that were connected or changed."""
    webhook_token.hand_over()


def chain_ledger() -> None:
    """Give places in the chain to new ledger entries."""
    ledger.chain(now())


def ask_next() -> None:
    """Page the next officers where nobody answered in time."""
    count = paging.escalate(now=now())
    if count:
        log.info("paged", officers=count)


def remind() -> None:
    """Ask whether what is due for a reminder is still sought, and let go what was answered."""
    asked, planned = reminders.tick(now=now())
    if asked or planned:
        log.info("reminders", asked=asked, planned=planned)


def send_notices() -> None:
    """Mail to officers what waits for them."""
    if notices.are_due(now=now()):
        notices.send_due(notices.mailer(current().config), now=now())


def check_channels() -> None:
    """Ask channels how they do, a few at a time; a stopped one that is well goes on."""
    for channel in health.due(now=now()):
        wrong = health.note(channel.id, channels.check(channel), now=now())
        if wrong:
            log.warning("channel is not well", channel=channel.id, wrong=wrong)


def beat() -> None:
    """Say that the clock ticks."""
    beats.beat(CLOCK, now=now())


def _wake(wakes: list[deliveries.Wake]) -> None:
    for wake in wakes:
        engine.send(WITHDRAW if wake.is_urgent else DELIVER, wake.copy_id)
