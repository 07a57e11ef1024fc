"""Staffed hours as a supervisor lives them: the week, Christmas, a strike, a night with a child missing, a desk closed.

The desk and the public side run in this process by a clock that is set by hand; the browser is a real one.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from appeal.db import reading
from appeal.models.release import Copy, Delivery
from tests import factories, fakes, in_time
from tests.browser.conftest import NARROW
from tests.in_time import PASSWORD, Town

MADRID = ZoneInfo("Europe/Madrid")
PLACES, REVIEW = ("site", "x"), date(2027, 1, 15)


def madrid(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 by the clock on the wall."""
    return datetime(2026, 12, day, hour, minute, tzinfo=MADRID).astimezone(UTC)


@pytest.fixture
def town(
    instance: Path, database_url: str, platforms: fakes.Platforms, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    assert database_url.startswith("sqlite")
    with in_time.running(instance, platforms, monkeypatch, madrid(17, 10)) as made:
        yield made


def sign_in(page: Page, town: Town, role: str) -> Page:
    """Sign in, or again after hours have passed."""
    page.goto(f"{town.config.desk_url}/login")
    page.get_by_label("address").first.fill(f"{role}@force.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def launched(town: Town, moment: datetime) -> int:
    """An appeal that was approved at this moment for the site and one place."""
    return factories.launched(town.people, now=moment, on=[town.channels[one] for one in PLACES], review_on=REVIEW)


def due() -> list[tuple[str, datetime]]:
    """State and moment of everything that is planned to go out."""
    with reading() as session:
        rows = session.query(Copy).join(Delivery).filter(Delivery.kind == "publish").order_by(Copy.id)
        return [(one.state, one.due_at.astimezone(MADRID)) for one in rows]


@pytest.mark.timeout(120)
def test_the_week_christmas_and_a_strike(town: Town, window: Callable[..., Page]) -> None:
    page = sign_in(window(), town, "administrator")
    page.goto(f"{town.config.desk_url}/rota")
    expect(page.locator("main")).to_contain_text("Somebody is here to read your message until 01:00.")
    assert (
        page.locator("input[type=time][name$=opens]").evaluate_all("all => all.map(one => one.value)") == ["08:00"] * 7
    )

    page.get_by_text("Public holidays of the next year").click()
    page.get_by_label("25 December 2026").check()
    page.get_by_role("button", name="Close on the ticked days").click()
    expect(page.get_by_role("listitem").filter(has_text="25 December 2026: closed")).to_have_count(1)
    for name, value in {"on": "2026-12-18", "reason": "Strike", "opens_1": "10:00", "closes_1": "14:00"}.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name="Keep the day").click()
    expect(page.get_by_role("listitem").filter(has_text="Strike")).to_contain_text("10:00–14:00")

    # Half an hour is left: too little to read what comes in, so that it waits for the next morning's strike hours.
    town.at(madrid(18, 0, 30))
    launched(town, madrid(18, 0, 30))
    assert {at for _state, at in due() if _state == "pending"} == {madrid(18, 10)}
    town.at(madrid(18, 10))
    factories.tick(now=madrid(18, 10, 1))
    assert len(town.platforms.texts("x")) == 1

    # Christmas Eve's window lasts until one o'clock; then nobody reads until the day after.
    town.at(madrid(25, 12))
    number = launched(town, madrid(25, 12))
    page = sign_in(page, town, "administrator")
    page.goto(f"{town.config.desk_url}/appeals/{number}")
    expect(page.locator("main")).to_contain_text("26 Dec 2026, 08:00")
    page.goto(f"{town.config.desk_url}/calendar")
    expect(page.get_by_role("listitem").filter(has_text="today")).to_contain_text("Christmas Day")
    phone = window(viewport=NARROW)
    phone.goto(f"{town.config.public_url}/en/tell")
    expect(phone.locator("main")).to_contain_text("Nobody reads now. Your message is read from Sat, Dec 26, 08:00")
    town.at(madrid(26, 8))
    factories.tick(now=madrid(26, 8, 1))
    assert len(town.platforms.texts("x")) == 2


@pytest.mark.timeout(120)
def test_a_child_is_missing_at_two_at_night(town: Town, window: Callable[..., Page]) -> None:
    night = madrid(18, 2)
    town.at(night)
    number = launched(town, night)
    town.at(night)
    assert town.platforms.texts("x") == []
    approver = sign_in(window(viewport=NARROW), town, "approver")
    approver.goto(f"{town.config.desk_url}/appeals/{number}")
    approver.get_by_text("Override the hours").click()
    approver.get_by_label("Who reads the answers until then").select_option(label="Triager")
    approver.get_by_label("Why this cannot wait").fill("A child is missing.")
    approver.get_by_role("button", name="Override for this appeal").click()
    expect(approver.locator("main")).to_contain_text("nobody has accepted to read")

    town.at(night + timedelta(minutes=1))
    [asked] = town.platforms.texts("email")
    assert "Man wanted" not in asked
    reader = window(viewport=NARROW)
    reader.goto(asked.split("\n")[-1])
    reader.get_by_role("main").get_by_role("button").click()
    expect(reader.locator("main")).to_contain_text("Triager")
    approver.reload()
    expect(approver.locator("main")).to_contain_text("Triager reads until")
    town.at(night + timedelta(minutes=2))
    factories.tick(now=night + timedelta(minutes=3))
    assert len(town.platforms.texts("x")) == 1

    # 02:12: a mother texts, and is told that somebody reads.
    town.at(night + timedelta(minutes=12))
    said = town.text("I saw him at the fountain, he is cold.", "+34600999888", 1)
    assert "Nobody reads" not in said
    assert "Man" not in said
    town.at(night + timedelta(minutes=13))
    triager = sign_in(window(), town, "triager")
    triager.goto(f"{town.config.desk_url}/tips")
    triager.get_by_role("button", name="Next tip").click()
    expect(triager.locator("main")).to_contain_text("fountain")

    # 02:20: a word was wrong; it is put right at once, at night as well.
    factories.corrected(town.people, number, now=night + timedelta(minutes=20), review_on=REVIEW)
    town.at(night + timedelta(minutes=20))
    factories.tick(now=night + timedelta(minutes=20, seconds=1))
    assert any("corrected" in one for one in town.platforms.texts("x"))

    # 03:05: found. One press takes everything down.
    town.at(night + timedelta(minutes=65))
    author = sign_in(window(), town, "author")
    author.goto(f"{town.config.desk_url}/appeals/{number}")
    author.locator("#take-down").get_by_role("radio").first.check()
    author.locator("#take-down").get_by_role("button").click()
    expect(author.locator("main")).to_contain_text("Taken down")
    town.at(night + timedelta(minutes=65, seconds=1))
    assert town.platforms.texts("x") == []


@pytest.mark.timeout(120)
def test_a_desk_that_closes_early_holds_what_is_queued_and_says_what(town: Town, window: Callable[..., Page]) -> None:
    evening = madrid(17, 20)
    town.at(evening)
    for _number in range(5):
        launched(town, evening)
    assert len(due()) == 10
    page = sign_in(window(), town, "triager")
    page.goto(f"{town.config.desk_url}/rota")
    page.get_by_text("Close the desk now").click()
    page.get_by_role("button", name="Yes, close it now").click()
    expect(page.locator("main")).to_contain_text("closed early")
    town.at(evening + timedelta(minutes=1))
    assert town.platforms.out == []
    page.goto(f"{town.config.desk_url}/rota")
    expect(page.get_by_role("listitem").filter(has_text="Man wanted")).to_have_count(10)
    page.get_by_role("button", name="Open the desk again").click()
    expect(page.locator("main")).not_to_contain_text("closed early")
    town.at(evening + timedelta(minutes=3))
    factories.tick(now=evening + timedelta(minutes=4))
    assert len(town.platforms.texts("x")) == 5
