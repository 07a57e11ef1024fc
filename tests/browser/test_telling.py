"""The way of an answer: telephone, keyboard, no script, Spanish; an alarm that somebody has; question and answer."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appeal import pages
from appeal.story.forms import Upload
from appeal.story.running import Running, until
from tests import live
from tests.browser.conftest import NARROW, sign_in, violations

GROUND = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-0.95, 41.60], [-0.80, 41.61], [-0.79, 41.70], [-0.93, 41.71], [-0.95, 41.60]]],
            },
            "properties": {},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-0.8773, 41.6561]},
            "properties": {"name": "Plaza de España"},
        },
    ],
}
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def es(words: str) -> str:
    return pages.translate("es", words)


@pytest.fixture
def ground(force: Running) -> None:
    """The force gave an outline of its ground."""
    with live.officer(force, "administrator") as admin:
        form = admin.browser.get("/map/outline").form(button="Keep this outline")
        file = Upload("ground.geojson", json.dumps(GROUND).encode(), "application/geo+json")
        admin.browser.press(form.attach("outline", file), "Keep this outline")


def fits(page: Page) -> None:
    """Nothing is wider than the telephone, and axe finds nothing."""
    assert not page.evaluate(WIDER), page.url
    assert violations(page) == []


@pytest.mark.timeout(120)
def test_everything_is_told_on_a_telephone_in_spanish_without_a_script(
    force: Running, window: Callable[..., Page]
) -> None:
    page = window(viewport=NARROW, java_script_enabled=False, locale="es-ES")
    page.goto(f"{force.config.public_url}/es/tell")
    page.get_by_label(es("What do you know?")).fill("Vive en el molino viejo.")
    page.get_by_role("button", name=es("Send")).click()
    code = page.locator(".code").inner_text()
    page.get_by_role("button", name=es("Answer a few questions")).click()
    page.get_by_label(es("The place in your own words")).fill("El molino")
    for step in range(5):
        expect(page.get_by_text(es("Page %(number)d of %(count)d") % {"number": step + 1, "count": 5})).to_be_visible()
        page.locator("button[value=save]").last.click()
    expect(page.get_by_role("heading", name=es("Received. Thank you."))).to_be_visible()
    assert page.locator(".code").inner_text() == code
    with page.expect_download() as download:
        page.get_by_role("button", name=es("Download the code as text")).click()
    assert download.value.suggested_filename == "code.txt"
    assert code in download.value.path().read_text(encoding="utf-8")
    assert not set(page.locator("main").inner_text().split()) & {"the", "your", "and"}


@pytest.mark.timeout(120)
def test_the_point_is_set_by_keys_and_every_page_is_whole(
    force: Running, ground: None, window: Callable[..., Page]
) -> None:
    page = window(viewport=NARROW, bypass_csp=True)
    page.goto(f"{force.config.public_url}/en/tell")
    page.get_by_label("What do you know?").focus()
    page.keyboard.type("He walks by the river.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copy the code")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Answer a few questions").press("Enter")
    for step in ("Where was it?", "When was it?", "Who is it?", "How did you recognise", "May we reach you?"):
        expect(page.get_by_role("heading", name=step, level=1)).to_be_visible()
        fits(page)
        if step == "Where was it?":
            _point(page)
        page.get_by_role("button", name="Go on without this").press("Enter")
    expect(page.locator(".code")).to_have_count(1)


def _point(page: Page) -> None:
    """Two presses move the cross to the east and to the north, and the coordinates follow."""
    cross = page.get_by_role("application")
    cross.focus()
    field = page.get_by_label("The point on the map")
    cross.press("ArrowRight")
    west = field.input_value()
    cross.press("Shift+ArrowUp")
    cross.press("ArrowRight")
    latitude, longitude = (float(part) for part in field.input_value().split(","))
    assert latitude > float(west.split(",")[0])
    assert longitude > float(west.split(",")[1])


@pytest.mark.timeout(120)
def test_an_alarm_stands_over_the_desk_until_somebody_has_it_and_the_person_is_asked(
    force: Running, window: Callable[..., Page]
) -> None:
    desk = sign_in(window(bypass_csp=True), force, "triager")
    desk.goto(f"{force.config.desk_url}/rota")
    public = window(viewport=NARROW, bypass_csp=True)
    public.goto(f"{force.config.public_url}/en/tell")
    public.get_by_role("button", name="I can see this person now").click()
    public.get_by_label("Where is the person?").fill("Café Iruña")
    public.get_by_role("button", name="Send").click()
    code = public.locator(".code").inner_text()
    banner = desk.get_by_role("complementary", name="Alarms")
    expect(banner).to_contain_text("1 report, Café Iruña", timeout=15_000)
    expect(desk.get_by_role("alert")).to_contain_text("Café Iruña")
    assert violations(desk) == []
    banner.locator("li", has_text="Café Iruña").get_by_role("button").click()
    expect(desk.locator("main")).to_contain_text("has it, since")
    assert violations(desk) == []
    expect(desk.locator(".alarms", has_text="Café Iruña")).to_have_count(0)
    _ask(desk)
    _answer(public, force, code)
    desk.reload()
    expect(desk.locator("main")).to_contain_text("A grey coat.")


def _ask(desk: Page) -> None:
    desk.locator("main").get_by_role("link").filter(has_text="-").last.click()
    desk.get_by_role("button", name="Claim and read").click()
    desk.get_by_text("Ask the person, or tell them").click()
    desk.get_by_label("Your question").fill("What was he wearing?")
    desk.get_by_role("button", name="Put the question").click()
    expect(desk.locator("main")).to_contain_text("What was he wearing?")
    assert violations(desk) == []


def _answer(public: Page, force: Running, code: str) -> None:
    public.goto(f"{force.config.public_url}/en/code")
    public.get_by_label("Your tip code").fill(code.lower())
    public.get_by_role("button", name="Continue").click()
    expect(public.get_by_role("heading", name="The desk asks you")).to_be_visible()
    fits(public)
    public.get_by_label("Your answer").fill("A grey coat.")
    public.get_by_role("button", name="Send").click()
    expect(public.locator("main")).to_contain_text("What you added was stored too.")


@pytest.mark.timeout(120)
def test_a_call_is_taken_by_keyboard_and_a_table_is_tried(force: Running, window: Callable[..., Page]) -> None:
    desk = sign_in(window(viewport=NARROW, bypass_csp=True), force, "triager")
    desk.goto(f"{force.config.desk_url}/calls/new")
    expect(desk.get_by_label("What the caller says")).to_be_focused()
    fits(desk)
    desk.keyboard.type("She saw the van.")
    desk.keyboard.press("Tab")
    desk.keyboard.type("At the mill")
    desk.keyboard.press("Enter")
    expect(desk.locator(".code")).to_have_count(1)
    fits(desk)
    desk.goto(f"{force.config.desk_url}/tips/import")
    table = {"name": "t.csv", "mimeType": "text/csv", "buffer": b"text,where\nA van,Mill\n,Mill\n"}
    desk.get_by_label("The table").set_input_files(files=[table])  # type: ignore[list-item]
    desk.get_by_role("button", name="Dry run").click()
    expect(desk.locator("main")).to_contain_text("1 of 2 lines would come in, 1 would not.")
    fits(desk)
    desk.get_by_role("button", name="Import 1 tips now").click()
    expect(desk.locator("main")).to_contain_text("1 tips came in, 1 lines did not.")
    until("the machine has read", lambda: live.stored(force).unread_by_machine() == 0, 30)
