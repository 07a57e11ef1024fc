"""What is owed, what is used again, what is shown by mistake: the pages that hurried people meet, without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appeal.story.cast import FIELDS, KIND
from appeal.story.people import Draft
from appeal.story.running import Running
from tests import live
from tests.browser.conftest import NARROW, sign_in, violations

MOST_TABS, SLOW = 200, 20_000


@pytest.mark.timeout(240)
def test_pages_of_use_again_corrections_and_records_have_no_violation(
    force: Running, shown: tuple[int, str], window: Callable[..., Page]
) -> None:
    desk, number = force.config.desk_url, shown[0]
    author = sign_in(window(bypass_csp=True, viewport=NARROW), force, "author")
    author.goto(f"{desk}/appeals/{number}")
    author.get_by_text("Use it again").click()
    author.get_by_label("Name of the template").fill("Robbery of a chemist's")
    author.get_by_role("button", name="Make a template of it").click()
    assert _wrong(author) == []
    author.goto(f"{desk}/")
    author.get_by_role("button", name="Robbery of a chemist's").click()
    expect(author.locator("main")).to_contain_text("Begun from the template.")
    author.goto(f"{desk}/corrections")
    author.get_by_label("The correction").fill("An appeal of ours showed the wrong person. Please delete it.")
    author.get_by_role("button", name="Keep it for approval").click()
    assert _wrong(author) == []
    auditor = sign_in(window(bypass_csp=True, viewport=NARROW), force, "auditor")
    for path in (f"/appeals/{number}/record", "/ledger/person"):
        auditor.goto(f"{desk}{path}")
        assert _wrong(auditor) == [], path
    observer = sign_in(window(bypass_csp=True), force, "approver")
    observer.goto(f"{desk}/corrections")
    observer.get_by_role("button", name="Approve these words").first.click()
    expect(observer.locator("main")).to_contain_text("Approved. It is said from now on.")


@pytest.mark.timeout(240)
def test_an_appeal_is_found_and_a_mistake_declared_by_keyboard_alone(
    force: Running, window: Callable[..., Page]
) -> None:
    desk = force.config.desk_url
    with live.officer(force, "author") as author:
        number, _ = author.begin(Draft(KIND, FIELDS, (), {}))
        author.submit(number)
    live.put_out(force, number)
    approver = sign_in(window(bypass_csp=True), force, "approver")
    approver.goto(f"{desk}/appeals/find")
    _tab_to(approver, "#words")
    approver.keyboard.type("farmac")
    approver.keyboard.press("Enter")
    expect(approver.locator(f"main a[href='/appeals/{number}']")).to_be_visible()
    assert _wrong(approver) == []
    approver.goto(f"{desk}/appeals/{number}/mistaken")
    assert _wrong(approver) == []
    _tab_to(approver, "#told_name")
    approver.keyboard.type("Control room, sergeant")
    _tab_to(approver, "main button[type=submit]")
    approver.keyboard.press("Enter")
    expect(approver.locator("main")).to_contain_text("Now the person has to be told.", timeout=SLOW)
    _tab_to(approver, "#told-person")
    approver.keyboard.type("By telephone")
    _tab_to(approver, "form:has(#told-person) button")
    approver.keyboard.press("Enter")
    expect(approver.locator("main")).to_contain_text("Ticked, with your name and the time.", timeout=SLOW)
    approver.goto(f"{desk}/appeals/{number}/mistaken")
    expect(approver.locator("main")).to_contain_text("By telephone")
    assert _wrong(approver) == []


def _wrong(page: Page) -> list[tuple[str, str]]:
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*violations(page), *([("too wide", page.url)] if too_wide else [])]


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")
