"""A tip in another language: a colleague's words or a local program, the original kept; what nobody reads is lifted."""

import sys
from dataclasses import replace

import pytest
from flask import Flask

from appeal.installation import Installation, current, install
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import force
from appeal.tips import translating, triage
from tests.tips.conftest import NOW
from tests.tips.test_triage import entries, stored, tip

Officers = tuple[Actor, Actor]
ROMANIAN = "O vad pe fata acum langa gara, este cu un baiat si nu plange"


def held(actor: Actor, text: str = ROMANIAN) -> tuple[int, int]:
    one = tip(text).tip_id
    triage.read_tips(NOW)
    triage.claim(actor, tip_id=one, now=NOW)
    return one, triage.view(actor, tip_id=one, now=NOW).messages[0].id


def with_program(app: Flask, command: str) -> None:
    here = current()
    install(app, Installation(replace(here.config, translate=command), here.desk_keys, here.files))


def test_a_colleagues_translation_stands_below_the_original_and_is_sealed(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one, message_id = held(ana)
    translating.write(
        ana, tip_id=one, message_id=message_id, language="en", words="I see the Quillfeather girl", now=NOW
    )
    (made,) = translating.of(one)[message_id]
    assert (made.words, made.officer, made.program) == ("I see the Quillfeather girl", "Officer 1", "")
    assert triage.view(ana, tip_id=one, now=NOW).messages[0].text == ROMANIAN
    assert "translate tip" in {entry[1] for entry in entries()}
    kept = b"".join(path.read_bytes() for path in current().config.instance.glob("appeal.sqlite3*"))
    assert b"Quillfeather" not in kept


def test_a_program_of_this_machine_translates_and_is_named(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one, message_id = held(ana)
    with pytest.raises(WrongState, match="No program"):
        translating.ask_program(ana, tip_id=one, message_id=message_id, language="en", now=NOW)
    with_program(app, f"{sys.executable} -S -c 'import sys; print(sys.argv[1], len(sys.stdin.read()))' {{to}}")
    translating.ask_program(ana, tip_id=one, message_id=message_id, language="en", now=NOW)
    (made,) = translating.of(one)[message_id]
    assert (made.words, made.officer) == (f"en {len(ROMANIAN)}", "")
    assert made.program.startswith("python")


def test_who_does_not_hold_the_tip_translates_nothing(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one, message_id = held(ana)
    about = {"tip_id": one, "message_id": message_id, "language": "en", "now": NOW}
    with pytest.raises(NotAllowed):
        translating.write(ben, words="x", **about)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        translating.write(ana, words="x", **about | {"message_id": 1})  # type: ignore[arg-type]
    for words in (" ", "x" * 20_001):
        with pytest.raises(BadInput):
            translating.write(ana, words=words, **about)  # type: ignore[arg-type]


def test_what_nobody_reads_stands_before_the_rest_and_says_why(app: Flask, officers: Officers) -> None:
    plain, foreign = tip("He was there some years ago with them").tip_id, tip(ROMANIAN).tip_id
    triage.read_tips(NOW)
    assert (stored(foreign).language, stored(foreign).lane) == ("ro", "to_read")
    assert "unread_language" in stored(foreign).reasons
    assert stored(foreign).rank < stored(plain).rank


def test_what_a_colleague_reads_is_not_marked(app: Flask, officers: Officers) -> None:
    force.change(SYSTEM, values={"read_languages": "en es ro"}, now=NOW)
    foreign = tip(ROMANIAN).tip_id
    triage.read_tips(NOW)
    assert "unread_language" not in stored(foreign).reasons
