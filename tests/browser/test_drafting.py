"""A press officer in a hurry, an approver on a telephone, a person wrongly shown; the author runs no script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appeal.story.running import Running
from tests.browser.conftest import NARROW, sign_in, violations

LETTERS_A_MINUTE = 40 * 5
TYPED = {
    "title_en": "Wanted after a theft at the market",
    "happened_en": "A man took a bag from a stall and ran towards the river. Nobody was hurt.",
    "place_en": "Market Square, Riverside",
    "s1_name": "Andrés Inventado",
    "case_reference": "EX-2026-0901",
    "necessity": "Nobody on the force knows him.",
    "proportionality": "Only what is needed to know him again.",
    "risk": "Somebody alike may be stopped.",
}
CHOSEN = {"level": "warrant", "danger": "do_not_approach"}
SIGNED = "I compared every text with the file."


@pytest.mark.timeout(240)
def test_from_a_blank_page_to_a_signature_and_a_mistake_taken_back(force: Running, window: Callable[..., Page]) -> None:
    author = sign_in(window(java_script_enabled=False), force, "author")
    draft = _written(author, force)
    _returned_and_mended(author, draft, force, window)
    approver = sign_in(window(viewport=NARROW, bypass_csp=True), force, "approver")
    approver.goto(draft.replace("/draft", "/approval"))
    assert violations(approver) == []
    assert not approver.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    approver.get_by_label("Legal basis").first.select_option(index=1)
    approver.get_by_label("One sentence of your own").first.fill(SIGNED)
    approver.get_by_role("button", name="Approve for").click()
    expect(approver.locator("main")).to_contain_text("What is out")
    _taken_back(approver, draft.removesuffix("/draft"))


def test_the_quick_path_is_typed_in_four_minutes_and_signed_in_two() -> None:
    assert sum(map(len, TYPED.values())) / LETTERS_A_MINUTE < 4
    assert len(SIGNED) / LETTERS_A_MINUTE < 2
    assert len(TYPED) + len(CHOSEN) + 2 <= 12


def _written(author: Page, force: Running) -> str:
    author.goto(force.config.desk_url)
    author.get_by_role("button", name="Wanted", exact=True).click()
    for name, words in TYPED.items():
        author.locator(f"#{name}").fill(words)
    for name, code in CHOSEN.items():
        author.locator(f"#{name}").select_option(code)
    author.locator("#when_at").fill("2026-11-22T19:15")
    address = author.url
    author.get_by_role("button", name="Submit for approval").click()
    expect(author.locator("main")).to_contain_text("waits for a second officer")
    return address


def _returned_and_mended(author: Page, draft: str, force: Running, window: Callable[..., Page]) -> None:
    approver = sign_in(window(java_script_enabled=False), force, "approver")
    approver.goto(draft.replace("/draft", "/approval"))
    approver.get_by_label("What has to change").fill("One word.")
    approver.get_by_text("Comments at fields").click()
    approver.get_by_label("At which field").first.select_option("title_en")
    approver.get_by_label("Comment", exact=True).first.fill("Which market?")
    approver.get_by_role("button", name="Return to the author").click()
    author.goto(draft)
    expect(author.locator("main")).to_contain_text("Which market?")
    author.locator("#title_en").fill(TYPED["title_en"] + " in Riverside")
    author.get_by_role("button", name="Submit for approval").click()
    expect(author.locator("main")).to_contain_text("waits for a second officer")


def _taken_back(approver: Page, appeal: str) -> None:
    approver.goto(appeal)
    approver.get_by_label("It shows the wrong person").check()
    approver.locator("#take-down button").click()
    expect(approver.locator("main")).to_contain_text("It shows the wrong person")
    approver.get_by_role("link", name="It shows the wrong person: what to do, in order").click()
    assert violations(approver) == []
    approver.get_by_label("Who was told in the control room").fill("Somebody, by telephone")
    approver.get_by_role("button", name="It was a mistake").click()
    approver.locator("#told-person").fill("Somebody, by telephone")
    approver.locator("form:has(#told-person) button").click()
    expect(approver.locator("main")).to_contain_text("Somebody was shown by mistake.")
    with approver.expect_download() as letter:
        approver.get_by_role("link", name="Letter for the person concerned").click()
    assert letter.value.suggested_filename == "letter.pdf"
