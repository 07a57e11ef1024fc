"""One appeal over site, feeds, X and two lists of ten, every call answered after 300 ms; again while one channel hangs.

Run with `python -m bench.fanout [--channels 14]`. Real processes and client libraries. Ends with status 1 if a goal is
missed: all out within 1.3 times the slowest channel's own calls one after another, first byte 1.5 s after due, nobody
waits for it. With `--channels` one appeal goes out over so many channels beside the site, every platform that there is
and further accounts on X, and all must be out within 1.5 times the slowest channel's own calls.
"""

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from appeal.db import reading
from appeal.exercise.faults import PLATFORMS as EVERY_PLATFORM
from appeal.models.release import Attempt, Channel, Copy, Delivery, Release
from appeal.services import channels
from appeal.story.running import Running, until
from bench import seeding
from bench.seeding import Kept

LATENCY, RATIO, FIRST_BYTE, HANGS, PASSES = 0.3, 1.3, 1.5, 25.0, 3
ADDRESSES = 10
MANY_RATIO = 1.5
NOT_CALLED = ("site", "feeds", "assisted")
PLATFORMS = {"x": "x", "twilio": "sms", "smtp": "email"}


@dataclass(frozen=True)
class Run:
    """One appeal: seconds from due to the first byte and to the last answer, and of all calls one after another."""

    first: Mapping[str, float]
    last: Mapping[str, float]
    alone: Mapping[str, float]
    site: float

    @property
    def ratio(self) -> float:
        """How long all took against the slowest channel's own calls."""
        return max(self.last.values()) / max(self.alone.values())


def main() -> int:
    """Measure, print, answer 0 when all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=0, help="one appeal over so many channels")
    many = parser.parse_args().channels
    with tempfile.TemporaryDirectory(prefix="bench-fanout-") as name:
        running = Running(Path(name) / "instance", os.environ, APPEAL_SETTLE_SCALE="0.1")
        running.make()
        try:
            running.start()
            with seeding.opened(running.config), requests.Session() as session:
                session.trust_env = False
                return _over_many(running, session, many) if many else _play(running, session)
        finally:
            running.stop()


def _play(running: Running, session: requests.Session) -> int:
    control = f"{running.config.exercise_url}/control"
    seeding.open_always()
    seeding.longer_lists(ADDRESSES, ADDRESSES)
    session.post(f"{control}/settings", json={"latency_seconds": dict.fromkeys(PLATFORMS, LATENCY)}, timeout=10)
    seeding.launch("to warm up")
    until("the first is out", seeding.is_settled, 60)
    runs = [_measure(session, control, f"number {number}") for number in range(PASSES)]
    for run in runs:
        _print("all answer", run)
    hangs = {"platform": "twilio", "kind": "slow", "when": "every", "number": 1, "seconds": HANGS}
    session.post(f"{control}/faults", json=hangs, timeout=10)
    beside = _measure(session, control, "beside one that hangs", leaving="sms")
    _print("texts hang", beside)
    best = sorted(runs, key=lambda run: run.ratio)[PASSES // 2]
    return _verdict(best, beside)


def _over_many(running: Running, session: requests.Session, count: int) -> int:
    """One appeal over so many channels with 300 ms a call: what the tries of each took, and when all were out."""
    seeding.open_always()
    known = [one for one in channels.active() if one.publisher not in NOT_CALLED]
    seeding.more_walls(running.config, max(0, count - len(known)))
    control = f"{running.config.exercise_url}/control"
    slow = {"latency_seconds": dict.fromkeys(EVERY_PLATFORM, LATENCY)}
    session.post(f"{control}/settings", json=slow, timeout=10).raise_for_status()
    seeding.launch("to warm up")
    until("the first is out", _is_out, 120)
    appeal_id = seeding.launch("over many", with_picture=True)
    until("it is out", _is_out, 120, 0.05)
    alone, last = _tries(appeal_id)
    ratio = max(last.values()) / max(alone.values())
    print(f"{len(alone)} channels, {LATENCY * 1000:.0f} ms a call, from the moment at which the site's page answered")
    for name, seconds in sorted(alone.items(), key=lambda one: one[1]):
        print(f"{name:<24}own tries one after another {seconds:>7.2f} s, last ended after {last[name]:>7.2f} s")
    print(f"{'met   ' if ratio <= MANY_RATIO else 'MISSED'} ratio {ratio:.2f}, at most {MANY_RATIO}")
    return int(ratio > MANY_RATIO)


def _is_out() -> bool:
    """Whether nothing is on its way any more; what a person has to post does not count."""
    return seeding.is_settled()


def _tries(appeal_id: int) -> tuple[dict[str, float], dict[str, float]]:
    """For each channel the seconds of its tries together, and from due to the end of its last one."""
    with reading() as db_session:
        release = db_session.query(Release).filter(Release.appeal_id == appeal_id).one()
        assert release.site_up_at is not None
        due = release.site_up_at
        rows = db_session.query(Channel.name, Attempt.began_at, Attempt.ended_at).select_from(Attempt)
        rows = rows.join(Copy, Attempt.copy_id == Copy.id).join(Delivery, Copy.delivery_id == Delivery.id)
        rows = rows.join(Channel, Copy.channel_id == Channel.id)
        rows = rows.filter(Delivery.release_id == release.id, Channel.publisher.not_in(NOT_CALLED))
        alone: dict[str, float] = {}
        last: dict[str, float] = {}
        for name, began, ended in rows:
            alone[name] = alone.get(name, 0.0) + (ended - began).total_seconds()
            last[name] = max(last.get(name, 0.0), (ended - due).total_seconds())
        return alone, last


def _measure(session: requests.Session, control: str, title: str, *, leaving: str = "") -> Run:
    appeal_id = seeding.launch(title, with_picture=True)
    until(
        "it is out", lambda: all(one.state == "sent" for one in _own(appeal_id) if one.publisher != leaving), 60, 0.05
    )
    with reading() as db_session:
        release = db_session.query(Release).filter(Release.appeal_id == appeal_id).one()
    assert release.site_up_at is not None
    due, planned = release.site_up_at.timestamp(), release.created_at.timestamp()
    calls = session.get(f"{control}/calls", params={"since": planned}, timeout=10).json()["calls"]
    names = {platform: name for platform, name in PLATFORMS.items() if name != leaving}
    own = {name: _calls(calls, platform) for platform, name in names.items()}
    mails = session.get(f"{control}/state?by=force", timeout=10).json()["mails"]
    own["email"] = _of_the_list(own["email"], [one for one in mails if _is_of_the_list(one, planned)])
    return Run(
        first={name: min(call["began_at"] for call in found) - due for name, found in own.items()},
        last={name: max(call["ended_at"] for call in found) - due for name, found in own.items()},
        alone={name: sum(call["ended_at"] - call["began_at"] for call in found) for name, found in own.items()},
        site=due - planned,
    )


def _own(appeal_id: int) -> Sequence[Kept]:
    return [one for one in seeding.copies() if one.appeal_id == appeal_id]


def _calls(calls: Sequence[Mapping[str, Any]], platform: str) -> Sequence[Mapping[str, Any]]:
    """What was called to publish; the answers of the public are polled by another job."""
    wanted = {"upload", "describe", "publish"}
    return [call for call in calls if call["platform"] == platform and call["operation"] in wanted]


def _of_the_list(calls: Sequence[Mapping[str, Any]], mails: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The calls that brought these mails; officers get mail over the same server."""
    left = sorted(calls, key=lambda call: call["ended_at"])
    found = []
    for mail in mails:
        call = next((one for one in left if one["ended_at"] >= mail["received_at"]), None)
        if call is not None:
            left.remove(call)
            found.append(call)
    return found


def _is_of_the_list(mail: Mapping[str, Any], since: float) -> bool:
    return "List-Unsubscribe" in mail["headers"] and bool(mail["received_at"] >= since)


def _print(title: str, run: Run) -> None:
    print(f"\n{title}: the site's page answered {run.site:.2f} s after the approval; from then on")
    print(f"{'':<8}{'first byte':>12}{'all out':>12}{'calls alone':>14}{'ratio':>8}")
    for name in run.first:
        first, last, alone = run.first[name], run.last[name], run.alone[name]
        print(f"{name:<8}{first:>10.2f} s{last:>10.2f} s{alone:>12.2f} s{last / alone:>8.2f}")
    print(f"{'all':<8}{max(run.first.values()):>10.2f} s{max(run.last.values()):>10.2f} s{'':>14}{run.ratio:>8.2f}")


def _verdict(median: Run, beside: Run) -> int:
    slower = max(beside.last.values()) / max(median.last[name] for name in beside.last)
    goals = (
        (f"median ratio {median.ratio:.2f}, at most {RATIO}", median.ratio <= RATIO),
        (f"first byte {max(median.first.values()):.2f} s, under {FIRST_BYTE}", max(median.first.values()) < FIRST_BYTE),
        (f"beside one that hangs {slower:.2f} times as long, at most {RATIO}", slower <= RATIO),
    )
    print()
    for words, is_met in goals:
        print(f"{'met   ' if is_met else 'MISSED'} {words}")
    return int(not all(is_met for _words, is_met in goals))


if __name__ == "__main__":
    raise SystemExit(main())
