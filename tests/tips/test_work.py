"""Notes, tasks, passing on and what came of it; the radio block."""

import pytest
from flask import Flask

from appeal.installation import current
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Actor
from appeal.tips import radio, triage, work
from tests.tips.conftest import NOW
from tests.tips.test_triage import entries, tip

Officers = tuple[Actor, Actor]


def test_notes_and_tasks_are_sealed_and_tasks_are_finished_once(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = tip().tip_id
    work.note(ana, tip_id=one, words="Quillfeather called", is_task=False, now=NOW)
    work.note(ana, tip_id=one, words="call back", is_task=True, now=NOW)
    note, task = work.notes(one)
    assert (note.words, note.is_task, task.words, task.done_at) == ("Quillfeather called", False, "call back", None)
    assert work.finish(ana, note_id=task.id, now=NOW) == one
    with pytest.raises(WrongState):
        work.finish(ana, note_id=task.id, now=NOW)
    with pytest.raises(NotFound):
        work.finish(ana, note_id=note.id, now=NOW)
    with pytest.raises(BadInput):
        work.note(ana, tip_id=one, words=" ", is_task=False, now=NOW)
    stored = b"".join(path.read_bytes() for path in current().config.instance.glob("appeal.sqlite3*"))
    assert b"Quillfeather" not in stored


def test_passing_on_keeps_to_whom_and_what_came_of_it(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = tip().tip_id
    work.pass_on(ana, tip_id=one, unit="unit 7", now=NOW)
    (action,) = work.actions(one)
    assert (action.unit, action.officer, action.passed_at, action.outcome) == ("unit 7", "Officer 1", NOW, "")
    assert work.settle(ana, action_id=action.id, outcome="helped", now=NOW) == one
    assert work.actions(one)[0].outcome == "helped"
    assert [entry[1] for entry in entries()] == ["pass tip on", "note outcome"]
    for wrong in ({"action_id": action.id, "outcome": "x"}, {"action_id": 99, "outcome": "helped"}):
        with pytest.raises((BadInput, NotFound)):
            work.settle(ana, now=NOW, **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        work.pass_on(ana, tip_id=one, unit="", now=NOW)
    with pytest.raises(NotFound):
        work.pass_on(ana, tip_id=4711, unit="unit 7", now=NOW)


def test_radio_block_has_place_time_and_plate_and_no_source(app: Flask, officers: Officers) -> None:
    facts = {"where": "Mill Bridge", "position": "40.41680, -3.70380", "phone": "+34600111222", "name": "Ana"}
    one = tip("he got into a white van 4821 KLM at 12:50", facts=facts, sender="+34600999888").tip_id
    shown = triage.view(officers[0], tip_id=one, now=NOW)
    block = radio.block("3KQ7-0XMA", shown.messages, zone="Europe/Madrid", danger="Do not approach.")
    assert list(block) == ["tip", "what", "where", "position", "when", "plates", "danger"]
    assert (block["where"], block["when"], block["plates"]) == ("Mill Bridge", "01.03. 12:50 Europe/Madrid", "4821KLM")
    assert not any(secret in str(block) for secret in ("+34600", "Ana"))
