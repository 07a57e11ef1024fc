"""Names that lead into private networks are not called, whatever they said a moment ago."""

import socket
from typing import Any

import pytest
import requests

from appeal.wire import guarded
from appeal.wire.guarded import GuardedSession, judged
from appeal.wire.http import Limits, has_never_left
from tests.wire.conftest import Told


def leading_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(_host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(guarded.socket, "getaddrinfo", found)


PRIVATE = (
    "127.0.0.1",
    "::1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
    "fd00::1",
    "64:ff9b:1::1",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    leading_to(monkeypatch, address)
    with pytest.raises(OSError, match="where we do not call"):
        judged("partner.example", 443, may_be_here=False)


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    leading_to(monkeypatch, "93.184.216.34")
    assert judged("partner.example", 443, may_be_here=False) == "93.184.216.34"
    leading_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(OSError, match="where we do not call"):
        judged("partner.example", 443, may_be_here=False)


def test_exercise_calls_this_machine_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    leading_to(monkeypatch, "127.0.0.1")
    assert judged("localhost", 80, may_be_here=True) == "127.0.0.1"
    leading_to(monkeypatch, "93.184.216.34")
    with pytest.raises(OSError, match="where we do not call"):
        judged("partner.example", 443, may_be_here=True)


def test_name_is_looked_up_for_every_call_and_nothing_is_sent_where_it_turned_private(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.tell(200, b"{}")
    base = told.address.replace("127.0.0.1", "localhost")
    with GuardedSession(base, Limits(), may_be_here=True) as session:
        assert session.get(f"{base}/hook").status_code == 200
        leading_to(monkeypatch, "169.254.169.254")
        with pytest.raises(requests.ConnectionError) as caught:
            session.get(f"{base}/hook")
    assert has_never_left(caught.value)
    assert len(told.asked) == 1
    assert told.asked[0].headers["Host"].startswith("localhost")
