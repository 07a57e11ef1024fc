"""What goes wrong at the edges: nothing is lost, nothing is done twice, nothing is kept in clear."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from appeal.config import ROOT
from appeal.rules.exercise import TWILIO
from appeal.story.browser import Browser
from appeal.story.forms import Page, Upload
from appeal.story.people import Draft, Officer
from appeal.story.platforms import Platforms, x_post
from appeal.story.running import Running, until
from tests import live
from tests.journeys.clear import found_in
from tests.journeys.conftest import DRAFTED

PHOTO = Path(__file__).parent / "data" / "photo.jpg"
SECRET = "quiet-harbour-lantern-7"
NAMES = (
    "form",
    "where",
    "when",
    "who",
    "relation",
    "whereabouts",
    "recognised",
    "doubts",
    "name",
    "phone",
    "mail",
    "safe",
    "file",
    "content",
    "again",
    "text",
    "reply",
    "decided",
    "why",
)
pytestmark = pytest.mark.journey


@pytest.fixture
def visitor(force: Running) -> Iterator[Browser]:
    browser = Browser(force.config.public_url)
    yield browser
    browser.close()


def tell(visitor: Browser, words: str) -> Page:
    """Send words by the form and return the page with the code."""
    return visitor.press(visitor.get("/en/tell").form("words").fill(words=words))


def code_on(page: Page) -> str:
    (code,) = page.select("//*[@class='code']")
    return code


def webhook(force: Running) -> str:
    (found,) = {one.channel_id for one in live.stored(force).copies(DRAFTED) if one.publisher == "sms"}
    return f"{force.config.public_url}/webhooks/sms/{found}"


@pytest.mark.parametrize("signature", ["", "bm90IGEgc2lnbmF0dXJl", "ä"])
def test_a_wrong_signature_leaves_no_row(force: Running, public_id: str, signature: str) -> None:
    before = live.stored(force).message_count()
    said = {"MessageSid": "SM" + "1" * 32, "From": "+34600000001", "Body": "forged", "To": TWILIO["from_number"]}

    answer = requests.post(
        webhook(force), data=said, headers={"X-Twilio-Signature": signature.encode().decode("latin-1")}, timeout=10
    )

    assert answer.status_code == 403
    assert live.stored(force).message_count() == before


def test_a_file_that_is_no_picture_loses_no_words(force: Running, visitor: Browser) -> None:
    before = live.stored(force).message_count()
    shown = tell(visitor, "The words before the broken picture")
    form = shown.form("where", "files").fill(where="At the mill")
    refused = visitor.press(form.attach("files", Upload("broken.jpg", b"this is no picture", "image/jpeg")))

    assert refused.status == 400
    assert "no photo, video, sound or PDF" in refused.words
    assert refused.form("where").value("where") == "At the mill"
    assert code_on(refused) == code_on(shown)
    marks = live.stored(force).marks()
    assert marks["webform", "The words before the broken picture||"] == 1
    assert marks["webform", "|At the mill|"] == 1
    assert live.stored(force).message_count() == before + 2


def test_an_empty_tip_is_refused_at_its_field(visitor: Browser) -> None:
    page = tell(visitor, "   ")
    assert page.status == 400
    assert page.select("//*[@id='words-error']") == ["Error: Write what you know, in your own words."]


def test_pressing_twice_is_one_message_with_one_code(force: Running, visitor: Browser) -> None:
    form = visitor.get("/en/tell").form("words").fill(words="Pressed twice, said once")
    first, second = visitor.press(form), visitor.press(form)
    assert code_on(first) == code_on(second)
    assert live.stored(force).marks()["webform", "Pressed twice, said once||"] == 1


def test_pressing_twice_at_the_desk_is_one_act(force: Running) -> None:
    with live.officer(force, "author") as author:
        form = author.browser.get("/").form(button="kind=witness")
        first, second = (author.browser.press(form, "kind=witness") for _ in range(2))
    assert first.status == second.status == 200
    assert first.address == second.address


def test_two_officers_on_one_draft_see_both_texts(force: Running) -> None:
    with live.officer(force, "author") as one, _second_author(force) as other:
        number, _ = one.begin(Draft("witness", {"title_en": "Witnesses wanted"}))
        mine = one.browser.get(f"/appeals/{number}/draft").form("title_en").fill(title_en="What the first one wrote")
        theirs = other.browser.get(f"/appeals/{number}/draft").form("title_en").fill(title_en="What the second wrote")
        assert one.browser.press(mine, "do=save").status == 200

        shown = other.browser.press(theirs, "do=save")

        assert shown.status == 409
        assert "What the first one wrote" in shown.words
        assert shown.form("title_en").value("title_en") == "What the second wrote"
        stored = one.browser.get(f"/appeals/{number}/draft").form("title_en")
        assert stored.value("title_en") == "What the first one wrote"
        again = other.browser.press(shown.form("title_en").fill(title_en="Both together"), "do=save")
        assert again.status == 200
        assert again.form("title_en").value("title_en") == "Both together"


@pytest.mark.parametrize(("name", "words"), [("bomb.jpg", b"\xff\xd8\xff" + b"\0" * 300), ("text.jpg", b"no picture")])
def test_a_picture_that_is_none_is_refused_in_words(force: Running, name: str, words: bytes) -> None:
    with live.officer(force, "author") as author:
        _, refused = author.begin(Draft("witness", {}, [Upload(name, words, "image/jpeg")], {"en": "Nothing"}))
    ((refused_name, sentence),) = refused
    assert refused_name == name
    assert len(sentence) > 20


def test_a_wrong_configuration_lists_every_mistake(tmp_path: Path) -> None:
    wrong = {
        "APPEAL_INSTANCE": str(tmp_path),
        "APPEAL_MODE": "practice",
        "APPEAL_PUBLIC_PORT": "http",
        "APPEAL_SETTLE_SCALE": "none",
        "APPEAL_DESK_URL": "desk",
        "APPEAL_COLOUR": "blue",
    }
    done = subprocess.run(
        [sys.executable, "-m", "appeal", "run"],
        cwd=ROOT,
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    listed = [line for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert {re.findall(r"APPEAL_[A-Z_]+", line)[0] for line in listed} >= set(wrong) - {"APPEAL_INSTANCE"}
    assert list(tmp_path.iterdir()) == []


def test_no_word_that_was_submitted_stands_in_clear(force: Running, public_id: str, visitor: Browser) -> None:
    words = {name: f"canary{secrets.token_hex(6)}" for name in NAMES}
    _submit_everywhere(force, public_id, visitor, words)
    with live.officer(force, "triager") as triager:
        _triage_all(triager, words)
    processes = [pid for name in ("web", "desk") for pid in force.processes(name)]
    seen_by_machine = live.stored(force).marks()

    assert any(words["form"] in mark for _, mark in seen_by_machine), "the words were stored at all"
    assert found_in(force.folder, processes, list(words.values())) == []


def _submit_everywhere(force: Running, public_id: str, visitor: Browser, words: dict[str, str]) -> None:
    """Each way in carries words of its own; everything is read by the machine when this returns."""
    shown = visitor.press(visitor.get(f"/en/appeals/{public_id}/").form(button="Tell us"), "Tell us")
    shown = visitor.press(shown.form("words").fill(words=f"I saw {words['form']} there"))
    more = shown.form("where", "when", "files").fill(where=words["where"], when=words["when"])
    picture = PHOTO.read_bytes() + words["content"].encode()
    assert visitor.press(more.attach("files", Upload(f"{words['file']}.jpg", picture, "image/jpeg"))).status == 200
    _say_further(visitor, shown, words)
    back = visitor.press(visitor.get("/en/code").form("code").fill(code=code_on(shown)))
    added = visitor.press(back.form("code", "words").fill(words=f"And {words['again']} too"))
    assert "was stored too" in added.words
    platforms = Platforms(force.config.exercise_url)
    assert platforms.text("+34600777111", f"It was {words['text']}")[1]
    copies = live.stored(force).copies(DRAFTED)
    platforms.reply("somebody", f"Look at {words['reply']}", x_post(platforms.state(), [one.key for one in copies]))
    held = live.stored(force)
    until("the reply is collected", lambda: any(way == "x" for way, _ in held.marks()), 30, 0.5)
    until("the machine has read", lambda: held.unread_by_machine() == 0, 30)


def _say_further(visitor: Browser, shown: Page, words: dict[str, str]) -> None:
    """Who it is, how the sender knows, and how the sender can be reached."""
    further = {
        "who": {"who": words["who"], "relation": words["relation"], "whereabouts": words["whereabouts"]},
        "seen": {"recognised_by": words["recognised"], "doubts": words["doubts"]},
        "you": {
            "standing": "named",
            "name": words["name"],
            "phone": words["phone"],
            "email": f"{words['mail']}@example.org",
            "safe": words["safe"],
        },
    }
    for step, said in further.items():
        asked = visitor.press(shown.form(button=f"step={step}"), f"step={step}")
        assert visitor.press(asked.form(*said).fill(**said), "act=finish").status == 200


def _triage_all(triager: Officer, words: dict[str, str]) -> None:
    """Read every tip, show who sent it, look at its files, and decide with words."""
    page = triager.browser.press(triager.browser.get("/tips").form(action="/tips/next"))
    while "/tips/" in page.address:
        for file in page.links("/files/"):
            triager.browser.download(file)
        if any(form.has("why") for form in page.forms):
            page = triager.browser.press(page.form("why").fill(why=f"Because of {words['why']}"))
        decided = page.form("reason", "words").fill(reason="in_case", words=f"It says {words['decided']}")
        page = triager.browser.press(decided)


@contextmanager
def _second_author(force: Running) -> Iterator[Officer]:
    """Another officer, invited by the command and signed in with a password of their own."""
    invited = force.command("officer", "Bea Zweitautor", "second@exercise.example", "author")
    address = next(line for line in invited.stdout.splitlines() if "/invitation/" in line)
    second = Officer(force.config.desk_url, "author")
    form = second.browser.get(address).form("password", "again")
    second.browser.press(form.fill(password=SECRET, again=SECRET))
    signing = second.browser.get("/login").form("email", "password")
    second.browser.press(signing.fill(email="second@exercise.example", password=SECRET))
    try:
        yield second
    finally:
        second.browser.close()
