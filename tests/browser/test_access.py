"""Nobody is kept out: axe finds nothing, the pages speak Spanish, the keyboard is enough, nothing is too wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appeal import pages
from appeal.story.browser import Browser
from appeal.story.running import Running, until
from tests import live
from tests.browser.conftest import NARROW, WIDE, sign_in, violations

# Which pages each role looks at; {appeal} and {draft} are numbers, {tip} is a tip's.
DESK = (
    (
        "author",
        ("/", "/appeals/{appeal}", "/appeals/{draft}/draft", "/appeals/{appeal}/deliveries", "/account", "/rota"),
    ),
    ("approver", ("/", "/appeals/{appeal}", "/appeals/{appeal}/approval", "/appeals/{appeal}/deliveries")),
    ("triager", ("/tips", "/tips?which=mine", "/tips?which=done", "/tips/{tip}")),
    ("administrator", ("/officers", "/settings", "/status", "/channels", "/rota")),
    ("auditor", ("/ledger",)),
)
PUBLIC = (
    "/{language}/",
    "/{language}/appeals/{public}/",
    "/{language}/tell",
    "/{language}/code",
    "/{language}/none",
)
KEYS_ENOUGH = 60


@pytest.fixture(scope="module")
def numbers(force: Running, shown: tuple[int, str]) -> dict[str, str]:
    """The numbers in addresses; a tip is there and read by the machine."""
    browser = Browser(force.config.public_url)
    form = browser.press(browser.get(f"/en/appeals/{shown[1]}/").form(button="Tell us"), "Tell us").form("words")
    browser.press(form.fill(words="He is on the ferry now."))
    browser.close()
    until("the machine has read", lambda: live.stored(force).unread_by_machine() == 0, 30)
    with live.officer(force, "triager") as triager:
        address = triager.browser.get("/tips").links("/tips/")
    number = next(one.rsplit("/", 1)[1] for one in address if one.rsplit("/", 1)[1].isdigit())
    return {"appeal": str(shown[0]), "draft": "1", "public": shown[1], "tip": number}


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("role", "paths"), DESK, ids=[role for role, _ in DESK])
def test_desk_pages_have_no_violation_and_fit(
    force: Running, numbers: dict[str, str], window: Callable[..., Page], role: str, paths: tuple[str, ...]
) -> None:
    page = sign_in(window(bypass_csp=True), force, role)
    found = {path: _wrong(page, force.config.desk_url + path.format(**numbers)) for path in paths}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", pages.languages())
def test_public_pages_have_no_violation_and_fit(
    force: Running, numbers: dict[str, str], window: Callable[..., Page], language: str
) -> None:
    page = window(bypass_csp=True)
    where = numbers | {"language": language}
    found = {path: _wrong(page, force.config.public_url + path.format(**where)) for path in PUBLIC}
    page.goto(f"{force.config.public_url}/{language}/tell")
    page.locator("textarea").fill("Something for axe")
    page.get_by_role("button", name=pages.translate(language, "Send")).click()
    page.locator(".code").wait_for()
    found["thanks"] = violations(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_public_pages_speak_spanish(force: Running, numbers: dict[str, str], window: Callable[..., Page]) -> None:
    page = window(viewport=NARROW)
    page.goto(f"{force.config.public_url}/es/appeals/{numbers['public']}/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", name="Se busca al autor de un atraco a una farmacia")).to_be_visible()
    tell = pages.translate("es", "Tell us what you know")
    assert tell != "Tell us what you know"
    page.get_by_role("button", name=tell).click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_label(pages.translate("es", "What do you know?")).fill("Lo vi en el puerto.")
    page.get_by_role("button", name=pages.translate("es", "Send")).click()
    expect(page.get_by_role("heading", name=pages.translate("es", "Received. Thank you."))).to_be_visible()
    assert not set(page.locator("main").inner_text().split()) & {"the", "your", "and"}


def test_the_keyboard_is_enough_to_tell(force: Running, numbers: dict[str, str], window: Callable[..., Page]) -> None:
    page = window()
    page.goto(f"{force.config.public_url}/en/appeals/{numbers['public']}/")
    _tab_to(page, "button[name=appeal]")
    page.keyboard.press("Enter")
    page.locator("textarea").wait_for()
    _tab_to(page, "textarea")
    page.keyboard.type("Told without a mouse")
    _tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".code")).to_be_visible()
    _tab_to(page, "input[name=where]")
    page.keyboard.type("At the quay")
    _tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("What you added was stored too.")
    assert live.stored(force).marks()["webform", "Told without a mouse||"] == 1
    assert live.stored(force).marks()["webform", "|At the quay|"] == 1


def _wrong(page: Page, address: str) -> list[tuple[str, str]]:
    """Axe's violations, an answer that is no page, and what is wider than the window at both widths."""
    answer = page.goto(address)
    status = answer.status if answer else 0
    wrong = [] if status == 200 or "/none" in address else [("status", str(status))]
    for width in (NARROW, WIDE):
        page.set_viewport_size(width)  # type: ignore[arg-type]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(("too wide", str(width["width"])))
    return wrong + violations(page)


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus and shows it."""
    for _ in range(KEYS_ENOUGH):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")
