"""A flood is set back in the queue and nothing of it is refused; who sees the person now goes first all the same."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from appeal.models.tip import Tip
from appeal.routes.public import valves
from appeal.routes.public.valves import Valve
from appeal.tips.ranking import ranks
from tests.routes.public.test_tell import count, only_tip, send

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_valve_opens_again_when_time_has_passed() -> None:
    valve = Valve(3, timedelta(minutes=1))
    assert [valve.is_flood("a", NOW + n * SECOND) for n in range(5)] == [False, False, False, True, True]
    assert not valve.is_flood("b", NOW)
    assert not valve.is_flood("a", NOW + 90 * SECOND)


def test_valve_forgets_the_oldest_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valves, "MOST_KEYS", 2)
    valve = Valve(1, timedelta(minutes=1))
    for key in "abc":
        valve.is_flood(key, NOW)
    assert [valve.is_flood(key, NOW) for key in "ca"] == [True, False]


def flood(address: str, at: datetime, times: int = 30) -> bool:
    found = [valves.is_flood(token=f"{at}{n}", appeal="a", address=address, at=at) for n in range(times)]
    return found[-1]


def test_address_is_counted_for_an_hour_and_our_own_never() -> None:
    valves.forget()
    assert flood("203.0.113.7", NOW)
    assert not flood("203.0.113.8", NOW, times=1)
    assert not flood("127.0.0.1", NOW)
    assert not any("203.0.113.7" in key for key in valves.ADDRESS._seen)
    assert not flood("203.0.113.7", NOW + timedelta(hours=1), times=1)


def test_one_token_cannot_fill_the_queue() -> None:
    valves.forget()
    found = [valves.is_flood(token="t", appeal="", address="", at=NOW + n * SECOND) for n in range(25)]
    assert found.count(True) == 5


def test_filled_trap_is_thanked_and_set_back(client: FlaskClient) -> None:
    assert send(client, website="https://shop.example").status_code == 200
    tip = only_tip()
    first, end = ranks("to_read")
    assert (tip.is_parked, tip.lane) == (True, "to_read")
    assert first + (end - first) // 2 <= tip.rank < end


def test_flood_is_stored_and_set_back_except_who_sees_the_person(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valves, "EVERYBODY", Valve(1, timedelta(hours=1)))
    assert not only_parked(client)
    assert send(client, kind="live", where="platform 3").status_code == 200
    assert count(Tip) == 2


def only_parked(client: FlaskClient) -> bool:
    assert send(client).status_code == 200
    return only_tip().is_parked
