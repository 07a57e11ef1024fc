"""The desk's day in a real browser: tips read by keyboard, gathered, undone, found again and handed to a court."""

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from appeal.story.browser import Browser
from appeal.story.running import Running, until
from appeal.tips import bundle_check
from tests import live
from tests.browser.conftest import NARROW, sign_in, violations

KEPT = Path(__file__).parent / "snapshots"
NEW: list[str] = []
SAID = (
    "I see him now, he is here at the fountain on Plaza de Quillfeather.",
    "The man of your photo repairs clocks in the old arcade, he is my neighbour.",
    "A tall man with a green parrot bought two tickets to Utrera.",
    "A tall man carrying a green parrot got on the train to Utrera.",
    "I think I saw somebody like that years ago, I am not sure at all.",
)


@pytest.fixture(scope="module")
def told(force: Running, shown: tuple[int, str]) -> None:
    """Five people have told something, and the machine has read it."""
    for words in SAID:
        browser = Browser(force.config.public_url)
        form = browser.press(browser.get(f"/en/appeals/{shown[1]}/").form(button="Tell us"), "Tell us").form("words")
        browser.press(form.fill(words=words))
        browser.close()
    until("the machine has read", lambda: live.stored(force).unread_by_machine() == 0, 30)
    with live.officer(force, "triager") as triager:
        until("they can be searched for", lambda: bool(triager.browser.get("/leads").links("/leads/")), 30)


@pytest.mark.timeout(180)
def test_a_triagers_day_by_keyboard(force: Running, told: None, window: Callable[..., Page], tmp_path: Path) -> None:
    page = sign_in(window(bypass_csp=True, accept_downloads=True), force, "triager")
    desk = force.config.desk_url
    _switch_keys_on(page, desk)

    (live,) = _found(page, desk, "Quillfeather fountain")
    page.goto(f"{desk}/tips")
    row = page.locator("li.tip-row").filter(has_text=live)
    _compare(page, "queue", row)
    row.get_by_role("link", name=f"Tip {live}").press("Enter")
    page.get_by_role("button", name="Claim and read").press("Enter")
    expect(page.locator("h1")).to_contain_text("Live sighting")
    assert violations(page) == []
    _compare(page, "tip", page.locator("section.message, form.assess"))

    page.keyboard.press("p")
    expect(page.get_by_label("Passed to officers")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your decision is kept.")).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    page.get_by_role("button", name="Give it back").press("Enter")

    parrots = _found(page, desk, "parrot")
    _compare(page, "search", page.locator("ol.tip-rows"))
    assert len(parrots) == 2
    written = " ".join(parrots)
    _gather_and_undo(page, desk, written)

    page.goto(f"{desk}/tips/bundle")
    page.get_by_label("References of the tips").fill(written)
    page.get_by_label("For whom and why").fill("The defence has asked")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Make the bundle").press("Enter")
    made = tmp_path / "disclosure.zip"
    waiting.value.save_as(made)
    assert bundle_check.check(made).tips == 2
    assert sum(name.endswith(".pdf") for name in zipfile.ZipFile(made).namelist()) == 2
    assert NEW == []


@pytest.mark.timeout(120)
def test_a_person_shown_by_mistake_is_heard_by_two_and_needs_no_name(
    force: Running, shown: tuple[int, str], told: None, window: Callable[..., Page]
) -> None:
    person = window(viewport=NARROW)
    person.goto(f"{force.config.public_url}/en/appeals/{shown[1]}/")
    person.get_by_role("button", name="This is about me").click()
    person.locator("textarea").fill(
        "I am Pedro Gomez, that is my photo. I was at the Zither fair, ring +34 600 111 222."
    )
    person.get_by_role("button", name="Send").click()
    person.locator(".code").wait_for()
    until("the machine has read", lambda: live.stored(force).unread_by_machine() == 0, 30)

    desk = force.config.desk_url
    page = sign_in(window(bypass_csp=True), force, "triager")
    page.goto(f"{desk}/tips?lane=about_me")
    page.locator("a.tip-row__reference").first.press("Enter")
    page.get_by_role("button", name="Claim and read").press("Enter")
    expect(page.locator("h1")).to_contain_text("About me or wrong person")
    page.get_by_role("link", name="Information without the person").press("Enter")
    _write_out(page)

    page.get_by_label("Too vague to act on").check()
    page.get_by_label("Points away from the person sought").check()
    page.get_by_label("In your own words").fill("Alibi to be checked.")
    page.get_by_role("button", name="Decide and go to the next tip").press("Enter")
    page.goto(f"{desk}/tips?lane=about_me")
    expect(page.locator("li.tip-row").first).to_contain_text("points away")
    expect(page.locator("li.tip-row").first).to_contain_text("escalated")

    author = sign_in(window(), force, "author")
    author.goto(f"{desk}/information")
    author.locator("main a").first.click()
    expect(author.locator("main")).to_contain_text("at the Zither fair")
    expect(author.locator("main")).not_to_contain_text("600 111 222")


def _write_out(page: Page) -> None:
    words = page.get_by_label("What they need to know")
    expect(words).to_have_value(re.compile("at the Zither fair"))
    assert not [secret for secret in ("Gomez", "600 111") if secret in words.input_value()]
    assert violations(page) == []
    page.get_by_label("Who needs it").select_option(label="Ana Autora")
    page.get_by_label("Why do they need it?").fill("The alibi must be checked")
    page.get_by_role("button", name="Write it out for this officer").press("Enter")
    expect(page.get_by_text("It is written out, and the officer is told.")).to_be_visible()


@pytest.mark.timeout(120)
def test_the_desks_pages_fit_a_telephone_in_spanish(force: Running, told: None, window: Callable[..., Page]) -> None:
    page = sign_in(window(viewport=NARROW, bypass_csp=True), force, "triager")
    wrong = {}
    _speak(page, force.config.desk_url, "es")
    try:
        for path in ("/tips", "/leads", "/tips/search", "/tips/bundle", "/tips/second", "/tips/keys"):
            page.goto(f"{force.config.desk_url}{path}")
            expect(page.locator("html")).to_have_attribute("lang", "es")
            _look(page, f"es{path.replace('/', '-')}")
            too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            wrong[path] = [*violations(page), *([("too wide", "")] if too_wide else [])]
    finally:
        _speak(page, force.config.desk_url, "en")
    assert {path: found for path, found in wrong.items() if found} == {}


def _speak(page: Page, desk: str, language: str) -> None:
    page.goto(f"{desk}/account")
    form = page.locator("form").filter(has=page.locator("#language"))
    form.locator("#language").select_option(language)
    form.get_by_role("button").click()


def _switch_keys_on(page: Page, desk: str) -> None:
    page.goto(f"{desk}/tips/keys")
    page.get_by_label("Single keys work for me").check()
    page.get_by_role("button", name="Keep my keys").press("Enter")
    expect(page.get_by_text("Your keys are kept.")).to_be_visible()


def _found(page: Page, desk: str, words: str) -> list[str]:
    """The references of the tips that hold these words."""
    page.goto(f"{desk}/tips/search")
    page.locator("#words").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    shown = page.locator("a.tip-row__reference").all_inner_texts()
    return [one.removeprefix("Tip").strip() for one in shown]


def _gather_and_undo(page: Page, desk: str, written: str) -> None:
    page.goto(f"{desk}/leads")
    page.get_by_text("Gather tips into a new lead").click()
    page.get_by_label("References of the tips").fill(written)
    page.get_by_label("Name of the lead").fill("The parrot")
    page.get_by_role("button", name="Gather them").press("Enter")
    expect(page.locator("h1")).to_contain_text("The parrot")
    assert violations(page) == []
    _compare(page, "lead", page.locator("main"))
    page.get_by_role("button", name="Undo the lead").press("Enter")
    expect(page.get_by_text("2 tips stand alone again.")).to_be_visible()
    page.get_by_role("button", name="Bring the lead back").press("Enter")
    expect(page.get_by_text("2 tips are in again")).to_be_visible()


def _look(page: Page, name: str) -> None:
    """Keeps a picture of the page where somebody wants to look at it."""
    folder = os.environ.get("APPEAL_LOOK")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _compare(page: Page, name: str, part: Locator) -> None:
    """The accessibility tree is the one that was read and kept, whatever comes first; what changes is left out."""
    _look(page, name)
    tree = "\n".join(one.aria_snapshot() for one in part.all())
    for pattern, stand_in in (
        (r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "REFERENCE"),
        (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} \w{3} \d{4}, \d\d:\d\d", "MOMENT"),
        (r"\d\d\.\d\d\. \d\d:\d\d", "MOMENT"),
        (r"(Lead |leads/|lead=|tips/)\d+", r"\1NUMBER"),
        (r"Sender [0-9A-Z]{6}", "Sender ALIAS"),
        (r"(Tip) ?REFERENCE", r"\1 REFERENCE"),
    ):
        tree = re.sub(pattern, stand_in, tree)
    kept = KEPT / f"{name}.yaml"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(tree + "\n")
        NEW.append(f"{kept.name} was not kept: read it, then run again")
    assert sorted(tree.splitlines()) == sorted(kept.read_text().splitlines())


def test_arrivals_are_read_out_once_a_minute(force: Running, window: Callable[..., Page]) -> None:
    page = sign_in(window(), force, "triager")
    page.clock.install()
    page.goto(f"{force.config.desk_url}/tips")
    for count in (1, 2, 3):
        page.evaluate(f"document.querySelector('#live-words').textContent = '{count} new'")
        page.clock.run_for(1_000)
    expect(page.locator("[data-arrivals]")).to_have_text("1 new")
    page.clock.run_for(60_000)
    expect(page.locator("[data-arrivals]")).to_have_text("3 new")
