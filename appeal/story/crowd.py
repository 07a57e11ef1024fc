"""The public's answers: from a file of reports to messages by form, by text message and as replies on X."""

import csv
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from appeal.rules.errors import AppealError, BadInput
from appeal.story.browser import Browser
from appeal.story.forms import Page, Upload
from appeal.story.platforms import Platforms
from appeal.story.progress import Progress

COLUMNS = ("when", "city", "state", "lat", "lon", "text")
FORM, TEXT, REPLY = "webform", "sms", "x"
TURNS = (FORM, TEXT, FORM, REPLY)
EVERY_SECOND_STEP, EVERY_PICTURE = 3, 20
LONGEST_REPLY, LONGEST_TEXT = 240, 1600
WIDE_FROM = 0x1100
THREADS = 16


@dataclass(frozen=True)
class Answer:
    """What one person sends and how; `where` and `when` are given in the second step of the form, if at all."""

    number: int
    way: str
    words: str = field(repr=False)
    where: str = ""
    when: str = ""
    picture: Upload | None = None


@dataclass(frozen=True)
class Said:
    """One message that was sent: `mark` finds it among what was stored; unconfirmed ones may be stored or not."""

    way: str
    mark: str = field(repr=False)
    is_confirmed: bool = True


def read_answers(file: Path, pictures: Sequence[Upload]) -> list[Answer]:
    """The answers in a CSV file; raises `BadInput` naming the columns that are missing."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInput(f"{file.name} has no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}.")
        rows = [row for row in reader if (row["text"] or "").strip()]
    return [_answer(number, row, pictures) for number, row in enumerate(rows)]


def mark(text: str, where: str = "", when: str = "") -> str:
    """How a message of the form is known again: its words without regard to spaces, and what was added."""
    return "|".join(" ".join(part.split()) for part in (text, where, when))


class Crowd:
    """Sends answers from many threads, as a crowd does; nothing is given up before it is confirmed."""

    def __init__(self, public_url: str, page: str, platforms: Platforms, post_id: str) -> None:
        self._public_url = public_url
        self._page = page
        self._platforms = platforms
        self._post_id = post_id
        self._own = threading.local()
        self._browsers: list[Browser] = []
        self._ways: Mapping[str, Callable[[Answer], list[Said]]] = {
            FORM: self._by_form,
            TEXT: self._by_text,
            REPLY: self._by_reply,
        }

    def send(self, answers: Sequence[Answer], progress: Progress, threads: int = THREADS) -> list[Said]:
        """Send everything and return what was sent; the first answer that could not be given is raised."""

        def one(answer: Answer) -> list[Said]:
            said = self._ways[answer.way](answer)
            progress.step()
            return said

        try:
            with ThreadPoolExecutor(threads) as pool:
                return [said for found in pool.map(one, answers) for said in found]
        finally:
            for browser in self._browsers:
                browser.close()

    def _by_form(self, answer: Answer) -> list[Said]:
        """Like a browser: the appeal's page, the form, the words; some go on to the second step."""
        browser = self._browser()
        form = browser.press(browser.get(self._page).form(button="Tell us")).form("words", "token")
        shown = browser.press(form.fill(words=answer.words))
        if not shown.select("//*[@class='code']"):
            raise AppealError(f"The form showed no code ({shown.status}): {shown.brief}")
        said = [Said(FORM, mark(answer.words))]
        return said + self._more(browser, shown, answer) if answer.where or answer.picture else said

    def _more(self, browser: Browser, shown: Page, answer: Answer) -> list[Said]:
        """Further pages, each a message of its own: the picture, then the place and the moment."""
        said: list[Said] = []
        if answer.picture:
            _taken(browser.press(shown.form("files").attach("files", answer.picture)))
            said.append(Said(FORM, mark("")))
        if answer.where or answer.when:
            place = _taken(browser.press(shown.form(button="step=where"), "step=where"))
            moment = _taken(browser.press(place.form("where").fill(where=answer.where), "act=save"))
            _taken(browser.press(moment.form("when").fill(when=answer.when), "act=finish"))
            said += [Said(FORM, mark("", answer.where))] if answer.where else []
            said += [Said(FORM, mark("", "", answer.when))] if answer.when else []
        return said

    def _by_text(self, answer: Answer) -> list[Said]:
        """A platform that gave up on the webhook shows the person nothing: they send it once more."""
        said: list[Said] = []
        for _try in range(5):
            number, is_taken = self._platforms.text(f"+3461{answer.number:07d}", answer.words[:LONGEST_TEXT])
            said.append(Said(TEXT, number, is_taken))
            if is_taken:
                return said
            time.sleep(1.0)
        raise AppealError("The webhook took no text message in five tries.")

    def _by_reply(self, answer: Answer) -> list[Said]:
        number = self._platforms.reply(f"witness_{answer.number}", shortened(answer.words), self._post_id)
        return [Said(REPLY, number)]

    def _browser(self) -> Browser:
        if not hasattr(self._own, "browser"):
            self._own.browser = Browser(self._public_url)
            self._browsers.append(self._own.browser)
        browser: Browser = self._own.browser
        return browser


def shortened(text: str) -> str:
    """The beginning of a text that fits into a post on X, where wide letters count twice."""
    length, kept = 0, []
    for letter in text:
        length += 2 if ord(letter) >= WIDE_FROM else 1
        if length > LONGEST_REPLY:
            break
        kept.append(letter)
    return "".join(kept)


def _answer(number: int, row: Mapping[str, str], pictures: Sequence[Upload]) -> Answer:
    way = TURNS[number % len(TURNS)]
    if way != FORM or number % (2 * EVERY_SECOND_STEP):
        return Answer(number, way, row["text"])
    place = ", ".join(part for part in (row["city"], row["state"], row["lat"], row["lon"]) if part)
    picture = pictures[number % len(pictures)] if pictures and number % (2 * EVERY_PICTURE) == 0 else None
    return Answer(number, way, row["text"], place or "not said", row["when"] or "not said", picture)


def _taken(page: Page) -> Page:
    """The page, if the step before it was not refused."""
    if page.status != 200:
        raise AppealError(f"A further step was refused ({page.status}): {page.brief}")
    return page
