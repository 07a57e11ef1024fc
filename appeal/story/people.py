"""What officers do at the desk: each act finds its form on the page, fills it and presses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appeal.rules import exercise as training
from appeal.rules.errors import AppealError
from appeal.rules.pictures import last_of
from appeal.story.browser import Browser
from appeal.story.forms import NotOnThePage, Page, Upload

PASSWORDS = {role: (email, password) for role, _, email, password in training.OFFICERS}
APPEAL_ADDRESS = re.compile(r"/appeals/(\d+)")
TIP_ADDRESS = re.compile(r"/tips/\d+(\?|$)")
ANSWERS = {"yes": "Yes", "no": "leave it", "again": "send it again"}
DONE, REFUSED = 200, 400
# The record that the drawings come from, as the author names it and the approver reads it there.
RECORD = "EX-0001"


class DidNotWork(AppealError):
    """A page did not do what was pressed; the words hold what it said instead."""


@dataclass(frozen=True)
class Draft:
    """What the author types: values by field, pictures, and what a picture shows by language."""

    kind: str
    fields: Mapping[str, str] = field(repr=False)
    pictures: Sequence[Upload] = ()
    alts: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(
        default_factory=lambda: {
            "picture_kind": "artist",
            "source_system": "Exercise drawings",
            "source_record": RECORD,
        }
    )


@dataclass(frozen=True)
class Decision:
    """How a triager decides: the code of a reason, and words where they are needed."""

    reason: str
    words: str = ""


class Officer:
    """One officer of the exercise force in a browser of their own."""

    def __init__(self, desk_url: str, role: str) -> None:
        self.browser = Browser(desk_url)
        self.role = role

    def sign_in(self) -> Page:
        """Sign in with the address and password of the exercise."""
        email, password = PASSWORDS[self.role]
        form = self.browser.get("/login").form("email", "password").fill(email=email, password=password)
        page = self.browser.press(form)
        if "/login" in page.address:
            raise DidNotWork(f"The {self.role} could not sign in: {page.brief}")
        return page

    def begin(self, draft: Draft) -> tuple[int, list[tuple[str, str]]]:
        """Draft an appeal on one page, picture by picture; its number, and each refused picture with the reason."""
        button = f"kind={draft.kind}"
        page = self._pressed(self.browser.get("/"), button=button)
        form = page.form("title_en").fill(**draft.fields).tick("channels")
        page = self._good(self.browser.press(form, "do=save"))
        refused = [(one.name, words) for one in draft.pictures if (words := self._add_picture(draft, one, page))]
        return self._number(page), refused

    def _add_picture(self, draft: Draft, picture: Upload, page: Page) -> str:
        """Empty when the picture was taken, else the sentence at its field."""
        form = self.browser.get(page.address).form("picture").fill(**draft.source)
        form.fill(**{f"alt_{language}": words for language, words in draft.alts.items()}).attach("picture", picture)
        shown = self.browser.press(form, "do=picture")
        if shown.status == REFUSED:
            return " ".join(shown.select("//*[@id='picture-error']"))
        self._good(shown)
        return ""

    def submit(self, appeal_id: int) -> None:
        """Submit the draft as it stands."""
        page = self.browser.get(f"/appeals/{appeal_id}/draft")
        self._good(self.browser.press(page.form("title_en"), "do=submit"))

    def approve(self, appeal_id: int) -> None:
        """Sign as the second person, with the author's necessity and proportionality adopted."""
        page = self.browser.get(f"/appeals/{appeal_id}/approval")
        form = page.form("content_sha256", "legal_basis")
        form.fill(
            legal_basis=next(filter(None, form.choices("legal_basis"))),
            statement="I compared every text with the case file.",
        )
        form.fill(**{name: last_of(RECORD) for name in form.names if name.startswith("record_")})
        self._good(self.browser.press(form))

    def override(self, appeal_id: int) -> None:
        """Ask somebody to read outside the staffed hours, so that it may go out at once."""
        form = self.browser.get(f"/appeals/{appeal_id}").form("reader", "hours", "reason")
        form.fill(reader=form.choices("reader")[0], hours="4", reason="Somebody may be in danger tonight.")
        self._good(self.browser.press(form))

    def read_now(self, appeal_id: int) -> None:
        """Accept to read for this appeal, at the desk."""
        form = self.browser.get(f"/appeals/{appeal_id}").form(action="/take")
        self._good(self.browser.press(form))

    def answer(self, appeal_id: int, copy_id: int, answer: str) -> None:
        """Say what was seen of a copy that a platform could not tell: yes, no or again."""
        page = self.browser.get(f"/appeals/{appeal_id}/deliveries")
        form = page.form(action=f"/copies/{copy_id}/answer")
        self._good(self.browser.press(form, ANSWERS[answer]))

    def removed(self, appeal_id: int, copy_id: int) -> None:
        """Say that something was removed by hand."""
        page = self.browser.get(f"/appeals/{appeal_id}/deliveries")
        self._good(self.browser.press(page.form(action=f"/copies/{copy_id}/removed")))

    def triage(self, decisions: Sequence[Decision]) -> int:
        """Take the next tip, read it and decide, as often as there are decisions; returns how many were decided."""
        page = self._pressed(self.browser.get("/tips"), action="/tips/next")
        for number, decision in enumerate(decisions):
            if not TIP_ADDRESS.search(page.address):
                return number
            form = page.form("reason", "words").fill(reason=decision.reason, words=decision.words)
            page = self._good(self.browser.press(form))
        if TIP_ADDRESS.search(page.address):
            self._pressed(page, action="/release")
        return len(decisions)

    def take_down(self, appeal_id: int, reason: str) -> None:
        """Take everything down with one press and one reason."""
        form = self.browser.get(f"/appeals/{appeal_id}").form("reason", action="/take-down").fill(reason=reason)
        self._good(self.browser.press(form))

    def end(self, appeal_id: int, ending: str) -> None:
        """Set the ending."""
        form = self.browser.get(f"/appeals/{appeal_id}").form("ending", action="/end").fill(ending=ending)
        self._good(self.browser.press(form))

    def export_ledger(self) -> bytes:
        """The ledger as an auditor takes it along."""
        page = self.browser.get("/ledger")
        return self.browser.download(page.links("/ledger/export")[0])

    def _pressed(self, page: Page, *, button: str = "", action: str = "") -> Page:
        return self._good(self.browser.press(page.form(button=button, action=action), button))

    def _number(self, page: Page) -> int:
        found = APPEAL_ADDRESS.search(page.address)
        if not found:
            raise NotOnThePage(f"{page.address} names no appeal")
        return int(found.group(1))

    def _good(self, page: Page) -> Page:
        if page.status != DONE:
            raise DidNotWork(f"{self.role}: {page.address} answered {page.status}: {page.brief}")
        return page
