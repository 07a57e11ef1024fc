"""The disclosure bundle: what is in it, in which order, what was purged, and that a change is found offline."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete

from appeal import ledger, ledger_check, sealing
from appeal.db import writing
from appeal.installation import current
from appeal.models.appeal import Appeal
from appeal.models.tip import MessageContent
from appeal.rules.errors import BadInput, LedgerBroken, NotAllowed, NotFound
from appeal.rules.permissions import Actor
from appeal.tips import board, bulk, bundle, bundle_check, triage, visible
from appeal.tips.inbound import InboundFile
from tests.tips.conftest import NOW
from tests.tips.test_triage import decide, entries, tip

Officers = tuple[Actor, Actor]
FILE = InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff picture")


@pytest.fixture
def three(app: Flask, officers: Officers, appeal: Appeal) -> tuple[int, int, int]:
    """One that was read, one closed unread, one that points away; the last came last."""
    ana = officers[0]
    first = tip(
        "=I saw him", appeal=appeal.public_id, sender="+34600999888", files=(FILE,), facts={"phone": "+34600111222"}
    )
    second = tip("unread words", appeal=appeal.public_id)
    away = tip("he was with me", appeal=appeal.public_id)
    triage.read_tips(NOW)
    triage.view(ana, tip_id=first.tip_id, now=NOW)
    bulk.decide(ana, choices={second.tip_id: "nothing_said"}, kind="together", now=NOW)
    triage.claim(ana, tip_id=away.tip_id, now=NOW)
    decide(ana, away.tip_id, "actioned", "in_case", points_away=True, words="alibi", grade="2DC")
    ledger.chain(NOW)
    return first.tip_id, second.tip_id, away.tip_id


def opened(made: bundle.Bundle) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(made.data))


def saved(made: bundle.Bundle, folder: Path) -> Path:
    path = folder / made.name
    path.write_bytes(made.data)
    return path


def test_bundle_begins_with_what_points_away_and_marks_the_unread(
    three: tuple[int, int, int], officers: Officers, appeal: Appeal
) -> None:
    first, second, away = three
    made = bundle.make(officers[0], why="defence", now=NOW, appeal=appeal.public_id)
    archive = opened(made)
    described = json.loads(archive.read("tips.json"))
    assert [one["id"] for one in described] == [away, *sorted((first, second))]
    by_id = {one["id"]: one for one in described}
    assert [by_id[each]["is_closed_unread"] for each in three] == [False, True, False]
    assert by_id[away]["assessments"][0]["grade"] == "2DC"
    assert (by_id[first]["first_reading"]["place_in_queue"], by_id[second]["first_reading"]["opened_at"]) == (1, None)
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["points_away"] == [board.reference(away)]
    assert manifest["closed_unread"] == [board.reference(second)]
    rows = list(csv.DictReader(io.StringIO(archive.read("tips.csv").decode(), newline="")))
    assert [row["reference"] for row in rows] == [one["reference"] for one in described]
    assert next(row["said"] for row in rows if row["reference"] == board.reference(first)) == "'=I saw him"
    assert entries()[-1][:3] == ("officer:1", "export bundle", f"appeal:{appeal.public_id}")


def test_who_a_person_is_stands_in_the_sealed_originals_only(three: tuple[int, int, int], officers: Officers) -> None:
    made = bundle.make(officers[0], why="defence", now=NOW, tip_ids=[three[0]])
    archive = opened(made)
    clear = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith(".age"))
    assert b"+34600" not in clear
    originals = [name for name in archive.namelist() if name.endswith(".age")]
    assert len(originals) == 2
    found = [sealing.open_sealed(archive.read(name), current().desk_keys.identities) for name in originals]
    assert any(b"+34600111222" in one for one in found)
    assert FILE.data in found
    pdf = next(name for name in archive.namelist() if name.endswith(".pdf"))
    assert "I saw him" in PdfReader(io.BytesIO(archive.read(pdf))).pages[0].extract_text()


def test_bundle_is_checked_offline_and_a_change_is_found(
    three: tuple[int, int, int], officers: Officers, tmp_path: Path
) -> None:
    made = bundle.make(officers[0], why="defence", now=NOW, tip_ids=three)
    path = saved(made, tmp_path)
    checked = bundle_check.check(path, ledger_check.own_key())
    assert (checked.tips, checked.entries >= 3) == (3, True)
    with pytest.raises(LedgerBroken):
        bundle_check.check(path, "00" * 32)
    for name in ("tips.json", "ledger.jsonl", "manifest.json"):
        with pytest.raises(LedgerBroken):
            bundle_check.check(changed(made, tmp_path, name))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.txt", "x")
    with pytest.raises(LedgerBroken):
        bundle_check.check(path)
    path.write_bytes(b"no archive")
    with pytest.raises(LedgerBroken):
        bundle_check.check(path)


def changed(made: bundle.Bundle, folder: Path, name: str) -> Path:
    path = folder / f"changed-{name}.zip"
    old = opened(made)
    with zipfile.ZipFile(path, "w") as archive:
        for each in old.namelist():
            data = old.read(each)
            archive.writestr(
                each, data.replace(b"officer", b"Officer").replace(b"said", b"Said") if each == name else data
            )
    if name == "manifest.json":
        with zipfile.ZipFile(path, "w") as archive:
            for each in old.namelist():
                archive.writestr(each, old.read(each) + (b" " if each == name else b""))
    return path


def test_a_purged_tip_is_there_and_says_so(three: tuple[int, int, int], officers: Officers, tmp_path: Path) -> None:
    with writing() as session:
        session.execute(delete(MessageContent))
    made = bundle.make(officers[0], why="defence", now=NOW, tip_ids=[three[0]])
    assert (made.tips, made.purged) == (1, 1)
    (one,) = json.loads(opened(made).read("tips.json"))
    assert "erased" in one["messages"][0]["note"]
    assert bundle_check.check(saved(made, tmp_path)).tips == 1


def test_what_cannot_be_bundled_is_said(three: tuple[int, int, int], officers: Officers) -> None:
    ana, ben = officers
    with pytest.raises(BadInput):
        bundle.make(ana, why=" ", now=NOW, tip_ids=three)
    with pytest.raises(BadInput):
        bundle.make(ana, why="defence", now=NOW, tip_ids=three, most=2)
    for wrong in ([], [4711], [three[0], 4711]):
        with pytest.raises(NotFound):
            bundle.make(ana, why="defence", now=NOW, tip_ids=wrong)
    visible.restrict(ana, tip_id=three[0], reader_ids=[ana.id], why="named", now=NOW)
    with pytest.raises(NotFound):
        bundle.make(ben, why="defence", now=NOW, tip_ids=[three[0]])
    with pytest.raises(NotAllowed):
        bundle.make(Actor(9, "A", frozenset({"author"})), why="defence", now=NOW, tip_ids=three)
