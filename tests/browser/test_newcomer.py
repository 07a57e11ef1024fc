"""From the first sign-in to the page that is gone, as a newcomer would try it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appeal.story.running import Running, until
from tests import live
from tests.browser.conftest import NARROW, sign_in

DRAFTED = 1  # the exercise comes with one appeal already drafted
TITLE = "Wanted after an escape from custody"
WORDS = "I saw him at the mill with a grey backpack."


@pytest.mark.timeout(300)
def test_a_newcomer_carries_an_appeal_from_draft_to_gone(force: Running, window: Callable[..., Page]) -> None:
    author, approver, triager = (sign_in(window(), force, role) for role in ("author", "approver", "triager"))
    _submit(author)
    _approve(approver, force)
    triager.goto(f"{force.config.desk_url}/tips")
    public = window(viewport=NARROW, java_script_enabled=False)
    address = _read_and_tell(public, force)
    _triage(triager)
    _take_down(author, force)
    later = window(viewport=NARROW)  # the first one may keep the page for a minute
    gone = later.goto(address)
    assert gone is not None
    assert gone.status == 410
    expect(later.locator("body")).not_to_contain_text("Marcos")


def _submit(author: Page) -> None:
    author.get_by_role("link", name=TITLE).first.click()
    author.get_by_role("link", name="Go on writing").click()
    author.get_by_role("button", name="Submit for approval").click()
    expect(author.locator("main")).to_contain_text("The approvers were told by mail.")


def _approve(approver: Page, force: Running) -> None:
    """At night the hours are overridden too, and somebody accepts to read."""
    approver.goto(f"{force.config.desk_url}/appeals/{DRAFTED}/approval")
    approver.get_by_label("Legal basis").select_option(index=1)
    approver.get_by_label("Last four characters of the record of picture 1").fill("0001")
    approver.get_by_label("One sentence of your own").fill("I compared every text with the case file.")
    approver.get_by_role("button", name="Approve for").click()
    expect(approver.locator("main")).to_contain_text("Approved.")
    live.cover_at_night(force, DRAFTED)
    until("it is out", lambda: all(one.state == "sent" for one in live.stored(force).copies(DRAFTED)), 60)


def _read_and_tell(public: Page, force: Running) -> str:
    public.goto(f"{force.config.public_url}/en/")
    public.get_by_role("link", name=TITLE).first.click()
    address = public.url
    expect(public.get_by_role("heading", name=TITLE)).to_be_visible()
    assert public.locator("article img").first.get_attribute("alt")
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not public.evaluate(wider)
    public.get_by_role("button", name="Tell us what you know").click()
    public.get_by_label("What do you know?").fill(WORDS)
    public.get_by_role("button", name="Send").click()
    expect(public.locator(".code")).to_have_count(1)
    assert len(public.locator(".code").inner_text().replace("-", "")) == 21
    public.get_by_role("button", name="Where was it?").click()
    public.get_by_label("The place in your own words").fill("At the mill")
    public.get_by_role("button", name="Save and finish").click()
    expect(public.locator("main")).to_contain_text("What you added was stored too.")
    return address


def _triage(triager: Page) -> None:
    """The page was open before the tip came; nothing is loaded again by hand."""
    expect(triager.locator("#live-words")).to_contain_text("new tip", timeout=30_000)
    triager.get_by_role("link", name="Show new").click()
    triager.locator(".tip-row", has_text=TITLE).locator("a").first.click()
    triager.get_by_role("button", name="Claim and read").click()
    expect(triager.locator("main")).to_contain_text(WORDS)
    expect(triager.locator("main")).to_contain_text("At the mill")
    triager.get_by_label("Passed to officers").check()
    triager.get_by_role("button", name="Decide and go to the next tip").click()
    expect(triager.locator("main")).to_contain_text("Your decision is kept.")


def _take_down(author: Page, force: Running) -> None:
    author.goto(f"{force.config.desk_url}/appeals/{DRAFTED}")
    author.get_by_label("The person was found").check()
    author.get_by_role("button", name="Take down from").click()
    expect(author.locator("main")).to_contain_text("It is coming down")
    until("it is gone", lambda: _is_gone(force), 60)


def _is_gone(force: Running) -> bool:
    down = [one for one in live.stored(force).copies(DRAFTED) if not one.is_outing]
    return bool(down) and all(one.gone_at or one.publisher in {"sms", "email"} for one in down)
