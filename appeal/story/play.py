"""The story: an appeal is drafted, signed, released, answered by a crowd, triaged, taken down and accounted for."""

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from appeal.rules.errors import AppealError, BadInput
from appeal.story import acts
from appeal.story.acts import Scene
from appeal.story.cast import ANSWERS, drawings, pictures_in
from appeal.story.crowd import Answer, read_answers
from appeal.story.forms import Upload
from appeal.story.platforms import still_in_rooms, still_on_x
from appeal.story.progress import tell
from appeal.story.running import Running
from appeal.story.stored import tally
from appeal.story.verdict import Verdict, channel_lines, left_up, posted_wrongly, removed_at

# Settle times of 300 s become 9 s, still longer than the 5 s after which a late publication appears.
SETTINGS_WITH_FAULTS = {"APPEAL_SETTLE_SCALE": "0.03"}


@dataclass(frozen=True)
class Options:
    """How the story is played; without files the exercise's own answers and drawings are sent."""

    tips: Path | None = None
    photos: Path | None = None
    has_faults: bool = False
    keep: Path | None = None
    is_json: bool = False


def play(environ: Mapping[str, str], options: Options) -> int:
    """Play the whole story and print what came of it; 0 only if nothing was lost, doubled or left up."""
    began = time.monotonic()
    answers = read_answers(options.tips or ANSWERS, drawings())
    pictures = pictures_in(options.photos) if options.photos else drawings()
    with _folder(options.keep) as folder:
        running = Running(Path(folder).resolve(), environ, **(SETTINGS_WITH_FAULTS if options.has_faults else {}))
        running.make()
        scene = Scene(running, options.has_faults)
        try:
            tell(f"An exercise force in {folder} answers after {running.start():.1f} s.")
            verdict = perform(scene, pictures, answers, began)
        except AppealError:
            tell("The last troubles of the processes:\n" + running.troubles())
            raise
        finally:
            scene.close()
            running.stop()
    sys.stdout.write((verdict.as_json() if options.is_json else verdict.as_table()) + "\n")
    return 0 if verdict.is_good else 1


def perform(scene: Scene, pictures: Sequence[Upload], answers: Sequence[Answer], began: float) -> Verdict:
    """Play all acts on a running installation; `began` is the monotonic moment from which the whole is counted."""
    acts.draft(scene, pictures)
    acts.release(scene)
    acts.answer(scene, answers)
    acts.triage(scene)
    acts.take_down(scene)
    acts.account(scene)
    return _verdict(scene, began)


def _verdict(scene: Scene, began: float) -> Verdict:
    copies, state = scene.copies(), scene.platforms.state()
    twice, never = posted_wrongly(copies, state)
    gone_at = removed_at(copies)
    return Verdict(
        channels=channel_lines(copies, scene.asked, scene.released_at),
        messages=tally(scene.said, scene.stored.marks()),
        queue_complete_seconds=scene.queue_seconds,
        removal_seconds=(gone_at - scene.down_at).total_seconds() if gone_at else 0.0,
        ledger_entries=scene.ledger_entries,
        posted_twice=twice,
        never_posted=never,
        left_up=left_up(copies, still_on_x(state), scene.reader.statuses(), still_in_rooms(state)),
        assessed=scene.assessed,
        to_assess=scene.to_assess,
        kills=scene.trouble.kills,
        calls_failed=scene.calls_failed,
        whole_seconds=time.monotonic() - began,
    )


def _folder(keep: Path | None) -> AbstractContextManager[str]:
    """A folder that stays, or one that goes."""
    if keep is None:
        return tempfile.TemporaryDirectory(prefix="appeal-story-")
    if keep.exists() and any(keep.iterdir()):
        raise BadInput(f"{keep} is not empty: name a new folder.")
    keep.mkdir(parents=True, exist_ok=True, mode=0o700)
    return nullcontext(str(keep))
