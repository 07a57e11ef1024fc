"""Chromium, and one installation for all tests in a browser."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from appeal.rules.exercise import OFFICERS
from appeal.story.cast import ALTS, FIELDS, KIND, drawings
from appeal.story.people import Draft
from appeal.story.running import Running
from tests import live

CHROMIUM = shutil.which("chromium")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORDS = {role: (email, password) for role, _, email, password in OFFICERS}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser and runs in one process."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(
                pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: as root, apt-get install chromium")
            )


@pytest.fixture(scope="session")
def force(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with live.installation(tmp_path_factory.mktemp("browser") / "instance") as running:
        yield running


@pytest.fixture(scope="session")
def shown(force: Running) -> tuple[int, str]:
    """Number and public id of an appeal with pictures that is out."""
    with live.officer(force, "author") as author:
        number, _ = author.begin(Draft(KIND, FIELDS, drawings(), ALTS))
        author.submit(number)
    return number, live.put_out(force, number)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window of its own, like another person's browser."""
    opened: list[BrowserContext] = []

    def open_window(**settings: object) -> Page:
        context = chromium.new_context(**({"viewport": WIDE, "locale": "en-GB"} | settings))  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        opened.append(context)
        return context.new_page()

    yield open_window
    for context in opened:
        context.close()


def sign_in(page: Page, force: Running, role: str) -> Page:
    """Sign in at the desk as the exercise's officer of this role."""
    email, password = PASSWORDS[role]
    page.goto(f"{force.config.desk_url}/login")
    page.get_by_label("address").first.fill(email)
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds on a page: rule and element. The page's context must bypass the policy."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
