"""The acts of the story, in their order; each ends when what it began is done."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from appeal.rules.clock import now
from appeal.rules.errors import AppealError
from appeal.story.browser import Browser
from appeal.story.cast import ALTS, DECISIONS, ENDING, FIELDS, KIND, TAKE_DOWN_REASON
from appeal.story.crowd import Answer, Crowd, Said
from appeal.story.forms import Upload
from appeal.story.people import Draft, Officer
from appeal.story.platforms import AT_RELEASE, AT_TAKE_DOWN, Platforms, x_post
from appeal.story.progress import Progress, tell
from appeal.story.questions import answer_questions
from appeal.story.reader import Reader
from appeal.story.running import Running, until
from appeal.story.stored import CopyRow, Stored, database_of
from appeal.story.trouble import Trouble

OUT_SECONDS, QUEUE_SECONDS, GONE_SECONDS = 300.0, 900.0, 300.0
SOON = timedelta(seconds=3)
MOVING = {"pending", "held", "queued", "sending", "unknown", "asked"}
ON_LISTS = {"sms", "email"}
LEDGER = "ledger.jsonl"


@dataclass
class Scene:
    """What the acts share and write down as they go on."""

    running: Running
    has_faults: bool
    appeal_id: int = 0
    released_at: datetime = field(default_factory=now)
    down_at: datetime = field(default_factory=now)
    queue_seconds: float = 0.0
    assessed: int = 0
    to_assess: int = 0
    ledger_entries: int = 0
    calls_failed: int = 0
    asked: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    _browsers: list[Browser] = field(default_factory=list)

    @cached_property
    def stored(self) -> Stored:
        """The installation's database, for reading."""
        return Stored(database_of(self.running.config.database_url), self.running.recovery)

    @cached_property
    def platforms(self) -> Platforms:
        """The exercise world."""
        return Platforms(self.running.config.exercise_url)

    @cached_property
    def trouble(self) -> Trouble:
        """What kills processes."""
        return Trouble(self.running)

    @cached_property
    def author(self) -> Officer:
        """The author, signed in once."""
        return self.officer("author")

    @cached_property
    def reader(self) -> Reader:
        """Somebody of the public."""
        browser = Browser(self.running.config.public_url)
        self._browsers.append(browser)
        return Reader(browser)

    def officer(self, role: str) -> Officer:
        """An officer who has just signed in."""
        officer = Officer(self.running.config.desk_url, role)
        self._browsers.append(officer.browser)
        officer.sign_in()
        return officer

    def close(self) -> None:
        """Let go of all connections."""
        for browser in self._browsers:
            browser.close()

    def copies(self) -> list[CopyRow]:
        """All copies of the appeal as they stand."""
        return self.stored.copies(self.appeal_id)


def draft(scene: Scene, pictures: Sequence[Upload]) -> None:
    """The author drafts and submits."""
    scene.appeal_id, refused = scene.author.begin(Draft(KIND, FIELDS, pictures, ALTS))
    for name, words in refused:
        tell(f"  {name} was refused: {words}")
    scene.author.submit(scene.appeal_id)
    tell(f"Drafted with {len(pictures) - len(refused)} pictures and submitted.")


def release(scene: Scene) -> None:
    """A second person signs; it ends when everything is out, whatever went wrong on the way."""
    approver = scene.officer("approver")
    if scene.has_faults:
        scene.platforms.arm(AT_RELEASE)
        scene.trouble.when(
            "desk", lambda: any(one.state == "sending" and one.publisher == "x" for one in scene.copies())
        )
    approver.approve(scene.appeal_id)
    scene.released_at = now()
    if any(one.due_at and one.due_at > now() + SOON for one in scene.copies()):
        tell("Nobody is on duty: the approver overrides the hours.")
        approver.override(scene.appeal_id)
        scene.officer("triager").read_now(scene.appeal_id)
        scene.released_at = now()
    seconds = until("everything is out", lambda: _is_settled(scene), OUT_SECONDS)
    _count_faults(scene)
    tell(f"Out on every channel after {seconds:.1f} s.")


def answer(scene: Scene, answers: Sequence[Answer]) -> None:
    """The public answers; it ends when every message is stored and read by the machine."""
    page = scene.reader.find(str(scene.stored.standing(scene.appeal_id)["public_id"]))
    post = x_post(scene.platforms.state(), [one.key for one in scene.copies()])
    crowd = Crowd(scene.running.config.public_url, page, scene.platforms, post)
    progress = Progress("Answers of the public", len(answers))
    if scene.has_faults:
        scene.trouble.along(progress)
    scene.said = crowd.send(answers, progress)
    sent = sum(one.is_confirmed for one in scene.said)
    scene.trouble.settle()
    with suppress(AppealError):
        scene.queue_seconds = until("the queue is complete", lambda: _is_complete(scene, sent), QUEUE_SECONDS)
    tell(f"{sent} messages were sent; the queue was complete after {scene.queue_seconds:.1f} s.")


def triage(scene: Scene) -> None:
    """A triager reads what the queue hands out and decides."""
    scene.to_assess = min(len(DECISIONS), len(scene.said))
    scene.assessed = scene.officer("triager").triage(DECISIONS)
    tell(f"{scene.assessed} tips were read and assessed.")


def take_down(scene: Scene) -> None:
    """One press; it ends when everything is known to be gone or was followed up."""
    if scene.has_faults:
        scene.platforms.arm(AT_TAKE_DOWN)
    scene.down_at = now()
    scene.author.take_down(scene.appeal_id, TAKE_DOWN_REASON)
    if scene.has_faults:
        scene.trouble.when("desk", lambda: any(not one.is_outing for one in scene.copies()))
    with suppress(AppealError):
        seconds = until("everything is gone", lambda: _is_settled(scene) and _is_gone(scene), GONE_SECONDS)
        tell(f"Taken down everywhere after {seconds:.1f} s.")
    scene.trouble.settle()
    _count_faults(scene)


def account(scene: Scene) -> None:
    """The approver sets the ending, the auditor takes the ledger along and checks it offline."""
    scene.officer("approver").end(scene.appeal_id, ENDING)
    exported = scene.running.folder / LEDGER
    exported.write_bytes(scene.officer("auditor").export_ledger())
    done = scene.running.command("ledger", "verify", str(exported))
    tell((done.stdout or done.stderr).strip())
    scene.ledger_entries = len(exported.read_bytes().splitlines()) - 1 if done.returncode == 0 else 0


def _is_settled(scene: Scene) -> bool:
    """Whether nothing moves any more; what waits for a person is answered on the way."""
    copies = scene.copies()
    if any(one.state == "asked" for one in copies):
        scene.asked += answer_questions(scene.author, scene.platforms, scene.appeal_id, copies)
        return False
    return bool(copies) and not any(one.state in MOVING for one in copies)


def _is_gone(scene: Scene) -> bool:
    removals = [one for one in scene.copies() if not one.is_outing]
    return bool(removals) and all(one.gone_at or one.publisher in ON_LISTS for one in removals)


def _is_complete(scene: Scene, sent: int) -> bool:
    return scene.stored.message_count() >= sent and scene.stored.unread_by_machine() == 0


def _count_faults(scene: Scene) -> None:
    if scene.has_faults:
        scene.trouble.settle()
        scene.calls_failed = scene.platforms.struck()
        scene.platforms.disarm()
