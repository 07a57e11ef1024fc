"""Sightings on a map: only those that may be seen, of one appeal, in time and inside the frame; never without end."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from appeal.db import writing
from appeal.models.appeal import Appeal
from appeal.rules.errors import NotAllowed, NotFound
from appeal.rules.geo import Frame, Outline
from appeal.rules.permissions import Actor
from appeal.tips import arrivals, intake, leads, map_sheet, map_sightings, triage, visible
from appeal.tips.inbound import Inbound
from appeal.tips.map_sightings import Asked
from tests.tips.conftest import NOW

Officers = tuple[Actor, Actor]
SEVILLA, TRIANA, MADRID = "37.3900, -5.9800", "37.3840, -6.0050", "40.4168, -3.7038"


def seen(
    appeal: Appeal, words: str, position: str = "", *, at: datetime = NOW, where: str = "Plaza Nueva, Sevilla"
) -> int:
    facts = {"where": where, **({"position": position} if position else {})}
    inbound = Inbound("webform", words, at, words, facts=facts, appeal=appeal.public_id)
    return intake.receive(inbound).tip_id


def found(actor: Actor, appeal: Appeal, **asked: object) -> list[int]:
    asking = Asked(**{"until": NOW, **asked})  # type: ignore[arg-type]
    result = map_sightings.find(actor, appeal_id=appeal.id, asked=asking, now=NOW)
    return [one.row.id for one in result.sightings]


def take_in() -> None:
    triage.read_tips(NOW)
    arrivals.take_in(NOW)


def test_only_placed_tips_of_the_appeal_in_time_and_frame_are_found(
    app: Flask, officers: Officers, appeal: Appeal
) -> None:
    with writing() as session:
        session.add(other := Appeal(public_id="zzzzzzzzzz", kind="missing", author_id=1, created_at=NOW))
    old = seen(appeal, "a bald man bought bread", SEVILLA, at=NOW - timedelta(hours=30))
    new = seen(appeal, "somebody slept under the bridge", TRIANA, at=NOW - timedelta(hours=1))
    far = seen(appeal, "he asked for the museum", MADRID, at=NOW - timedelta(hours=2))
    seen(appeal, "no place at all")
    seen(other, "of another appeal entirely", SEVILLA)
    take_in()
    ana = officers[0]
    assert found(ana, appeal) == [new, far, old]
    assert found(ana, appeal, hours=12) == [new, far]
    assert found(ana, appeal, hours=168) == [new, far, old]
    assert found(ana, appeal, hours=12, until=NOW - timedelta(hours=25)) == [old]
    assert found(ana, appeal, frame=Frame(37.3, -6.1, 37.5, -5.9)) == [new, old]
    assert found(ana, appeal, frame=Frame(30.0, -10.0, 38.0, 0.0)) == [new, old]


def test_a_restricted_tip_has_no_place_for_others(app: Flask, officers: Officers, appeal: Appeal) -> None:
    tip_id = seen(appeal, "it is officer Two", SEVILLA)
    take_in()
    ana, ben = officers
    visible.restrict(ana, tip_id=tip_id, reader_ids=[ana.id], why="names an officer", now=NOW)
    assert found(ana, appeal) == [tip_id]
    assert found(ben, appeal) == []
    with pytest.raises(NotAllowed):
        found(Actor(3, "Observer", frozenset({"observer"})), appeal)
    with pytest.raises(NotFound):
        map_sightings.about(appeal.id + 1)


def test_no_more_than_a_bounded_number_is_opened(
    app: Flask, officers: Officers, appeal: Appeal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_sightings, "MOST_OPENED", 4)
    monkeypatch.setattr(map_sightings, "STEP", 2)
    ids = [seen(appeal, f"report number {number} of many", SEVILLA) for number in range(5)]
    take_in()
    asked = Asked(until=NOW)
    first = map_sightings.find(officers[0], appeal_id=appeal.id, asked=asked, now=NOW)
    rest = map_sightings.find(officers[0], appeal_id=appeal.id, asked=Asked(until=NOW, before=first.before), now=NOW)
    assert len(first.sightings) == 4
    assert rest.before is None
    assert sorted(one.row.id for one in (*first.sightings, *rest.sightings)) == sorted(ids)


def test_the_sheet_draws_routes_density_and_told_names(app: Flask, officers: Officers, appeal: Appeal) -> None:
    times = [NOW - timedelta(hours=3), NOW - timedelta(hours=2), NOW - timedelta(hours=1)]
    places = (SEVILLA, SEVILLA, TRIANA)
    ids = [
        seen(appeal, f"{words} entirely", place, at=at)
        for words, place, at in zip(("a red hat", "two blue dogs", "green umbrella"), places, times, strict=True)
    ]
    take_in()
    lead_id = leads.gather(officers[0], tip_ids=ids, title="", now=NOW)
    result = map_sightings.find(officers[0], appeal_id=appeal.id, asked=Asked(until=NOW), now=NOW)
    ground = Outline(((((37.0, -6.0)), (37.6, -5.9)),), (("Sevilla", (37.389, -5.984)),))
    sheet = map_sheet.draw(result.sightings, ground, None)
    assert sheet is not None
    assert [(one.lead_id, one.count, len(one.points.split())) for one in sheet.routes] == [(lead_id, 3, 3)]
    assert max(one.count for one in sheet.squares) == 2
    assert [dot.number for dot in sheet.dots] == [3, 2, 1]
    assert "Sevilla" in [one.words for one in sheet.names]
    assert map_sheet.draw((), Outline(), None) is None
