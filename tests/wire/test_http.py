"""Calls that cannot hang, swell or be led elsewhere."""

import time

import pytest
import requests

from appeal.rules.errors import ChannelStopped, OutcomeUnknown, TryLater
from appeal.wire.http import (
    AnswerTooLarge,
    Limits,
    Session,
    WrongPlace,
    base_address,
    has_never_left,
    limits_of,
    reading_failed,
    wait_until,
    writing_failed,
)
from tests.wire.conftest import Given, Told

SECRET = "+447700900123"


def failure(session: Session, address: str) -> requests.RequestException:
    with session, pytest.raises(requests.RequestException) as failed:
        session.get(address, params={"To": SECRET})
    return failed.value


def test_calls_go_to_the_base_that_stands_for_the_real_address(told: Told) -> None:
    told.tell(200, b"{}")
    with Session(f"{told.address}/x", "https://api.real.example") as session:
        assert session.get("https://api.real.example/2/tweets").json() == {}
    assert told.asked[0].path == "/x/2/tweets"
    assert told.asked[0].headers["Connection"] == "close"


@pytest.mark.parametrize(
    "address", ["https://other.example/2", "{base}.evil.example/2", "https://api.real.example.evil/"]
)
def test_no_call_leaves_the_base(told: Told, address: str) -> None:
    base = told.address
    error = failure(Session(base, "https://api.real.example"), address.format(base=base))
    assert isinstance(error, (WrongPlace, requests.exceptions.InvalidURL))
    assert told.asked == []


def test_redirect_is_an_answer_and_not_followed(told: Told) -> None:
    told.tell(302, b"", Location=f"{told.address}/elsewhere")
    with Session(told.address) as session:
        assert session.get(f"{told.address}/here").status_code == 302
    assert [call.path for call in told.asked] == ["/here"]


def test_answer_over_the_limit_is_dropped(told: Told) -> None:
    told.tell(200, b"x" * 2001)
    session = Session(told.address, limits=Limits(answer_bytes=2000))
    assert isinstance(failure(session, f"{told.address}/a"), AnswerTooLarge)


def test_answer_of_just_the_limit_is_read(told: Told) -> None:
    told.tell(200, b"x" * 2000)
    with Session(told.address, limits=Limits(answer_bytes=2000)) as session:
        assert len(session.get(f"{told.address}/a").content) == 2000


def test_silence_ends_with_the_read_limit_and_is_unknown(silent_port: int) -> None:
    base = f"http://127.0.0.1:{silent_port}"
    began = time.monotonic()
    error = failure(Session(base, limits=Limits(read_seconds=0.2)), f"{base}/a")

    assert time.monotonic() - began < 2
    assert not has_never_left(error)
    assert isinstance(writing_failed(error, "X"), OutcomeUnknown)
    assert isinstance(reading_failed(error, "X"), TryLater)


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "https://127.0.0.1:9"])
def test_refused_connection_never_left(base: str) -> None:
    error = failure(Session(base), f"{base}/a")
    assert has_never_left(error)
    assert isinstance(writing_failed(error, "X"), TryLater)


def test_certificate_nobody_vouches_for_never_left(tmp_path: object) -> None:
    import ssl

    import urllib3

    cause = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed"))
    wrapped = urllib3.exceptions.MaxRetryError(urllib3.HTTPSConnectionPool("a.example"), "/", cause)
    assert has_never_left(requests.exceptions.SSLError(wrapped))
    cause = urllib3.exceptions.SSLError(ssl.SSLEOFError("cut off"))
    wrapped = urllib3.exceptions.MaxRetryError(urllib3.HTTPSConnectionPool("a.example"), "/", cause)
    assert not has_never_left(requests.exceptions.SSLError(wrapped))


def test_failures_never_tell_what_was_asked(silent_port: int) -> None:
    bases = ["http://127.0.0.1:9", f"http://127.0.0.1:{silent_port}"]
    for base in bases:
        error = writing_failed(failure(Session(base, limits=Limits(read_seconds=0.1)), f"{base}/a"), "X")
        assert SECRET.lstrip("+") not in error.words + error.detail + str(error)
        assert error.detail


@pytest.mark.parametrize(
    "base", ["http://api.x.com", "ftp://api.x.com", "https://", "https://me:pass@api.x.com", "x.com", "http://["]
)
def test_base_address_must_be_safe(base: str) -> None:
    with pytest.raises(ChannelStopped):
        base_address(Given(base_url=base), "https://api.x.com")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", "https://api.x.com"),
        ("https://gateway.example/x/", "https://gateway.example/x"),
        ("http://127.0.0.1:8002/x", "http://127.0.0.1:8002/x"),
    ],
)
def test_base_address_is_the_given_one_or_the_real_one(given: str, used: str) -> None:
    assert base_address(Given(base_url=given), "https://api.x.com") == used


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-reset": "1795342530", "Date": "Sun, 22 Nov 2026 10:15:00 GMT"}, 30.0),
        ({"x-reset": "1795342400", "Date": "Sun, 22 Nov 2026 10:15:00 GMT"}, 1.0),
        ({"x-reset": "9999999999", "Date": "Sun, 22 Nov 2026 10:15:00 GMT"}, 86_400.0),
        ({"x-reset": "1795342530", "Date": "soon"}, 900.0),
        ({"Retry-After": "7"}, 7.0),
        ({}, 900.0),
    ],
)
def test_wait_goes_by_the_clock_of_the_platform(headers: dict[str, str], seconds: float) -> None:
    assert wait_until(headers, "x-reset", 900.0) == seconds


def test_limits_are_the_usual_ones_unless_the_channel_has_its_own() -> None:
    assert limits_of(Given()) == Limits(5.0, 15.0)
    assert limits_of(Given(connect_seconds="1", read_seconds="0.5")) == Limits(1.0, 0.5)


@pytest.mark.parametrize("base", ["", "https://api.x.com", "https://127.0.0.1.example", "http://127.0.0.1@api.x.com"])
def test_exercise_speaks_to_this_machine_only(base: str) -> None:
    with pytest.raises(ChannelStopped):
        base_address(Given(base_url=base, mode="exercise"), "https://api.x.com")
    here = Given(base_url="http://127.0.0.1:8002/x", mode="exercise")
    assert base_address(here, "https://api.x.com") == "http://127.0.0.1:8002/x"
