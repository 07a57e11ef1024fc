"""A running world on free ports, the real clients pointed at it, and a force that answers webhook calls."""

import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import tweepy
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client as TwilioClient
from werkzeug import Request, Response
from werkzeug.serving import make_server

from appeal.exercise.app import Exercise
from appeal.exercise.settings import Settings

ACCOUNT = "AC" + "0123456789abcdef" * 2
FORCE_NUMBER = "+34910000000"


def until(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Ask again and again until it is so; False when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
    return False


@dataclass
class Force:
    """The force's webhook: notes every call and answers what it was told to."""

    calls: list[Request] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        call = Request(environ)
        assert call.form is not None
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else Response("<Response/>", mimetype="text/xml")
        return answer(environ, start_response)


class RedirectingSession(requests.Session):
    """Sends what tweepy means for X to the world, before it is signed."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.trust_env = False
        self._address = address

    def request(self, method: str | bytes, url: str | bytes, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        moved = str(url).replace("https://api.twitter.com", f"{self._address}/x", 1)
        return super().request(method, moved, timeout=10, **kwargs)


@pytest.fixture(scope="session")
def force_server() -> Iterator[tuple[Force, str]]:
    force = Force()
    server = make_server("127.0.0.1", 0, force, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield force, f"http://127.0.0.1:{server.port}/webhooks/sms/1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def running(force_server: tuple[Force, str]) -> Iterator[Exercise]:
    settings = Settings(
        force_name="Policía de Prueba",
        x_consumer_key="consumer-key",
        x_consumer_secret="consumer-secret",
        x_token="1001-token",
        x_token_secret="token-secret",
        x_user_id="1001",
        x_username="policia_prueba",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token="auth-token",
        twilio_number=FORCE_NUMBER,
        smtp_user="press",
        smtp_password="press-password",
        webhook_url=force_server[1],
        webhook_retry_seconds=0.01,
    )
    world = Exercise("127.0.0.1", 0, 0, settings)
    world.start()
    yield world
    world.stop()


@pytest.fixture
def force(force_server: tuple[Force, str]) -> Force:
    force_server[0].calls.clear()
    force_server[0].answers.clear()
    return force_server[0]


@pytest.fixture
def exercise(running: Exercise) -> Exercise:
    running.world.reset()
    return running


@pytest.fixture
def control(exercise: Exercise) -> "Control":
    return Control(f"{exercise.address}/control")


class Control:
    """The control interface from the outside."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(method, self._address + path, json=body, timeout=10)
        return answer.status_code, answer.json()

    def arm(self, **fault: object) -> None:
        status, answer = self.call("POST", "/faults", fault)
        assert status == 201, answer

    def state(self) -> Any:
        return self.call("GET", "/state")[1]

    def calls(self, platform: str) -> list[tuple[str, int]]:
        calls = self.call("GET", f"/calls?platform={platform}")[1]["calls"]
        return [(call["operation"], call["status"]) for call in calls]


@pytest.fixture
def x(exercise: Exercise) -> Iterator[tweepy.Client]:
    client = tweepy.Client(
        consumer_key="consumer-key",
        consumer_secret="consumer-secret",
        access_token="1001-token",
        access_token_secret="token-secret",
    )
    client.session = RedirectingSession(exercise.address)
    yield client
    client.session.close()


@pytest.fixture
def twilio(exercise: Exercise) -> Iterator[TwilioClient]:
    http = TwilioHttpClient(timeout=10)
    client = TwilioClient(ACCOUNT, "auth-token", http_client=http)
    client.api.base_url = f"{exercise.address}/twilio"
    yield client
    http.session.close()


@pytest.fixture
def smtp(exercise: Exercise) -> Iterator[smtplib.SMTP]:
    with_trust = ssl.create_default_context(cadata=exercise.world.smtp_certificate)
    client = smtplib.SMTP("127.0.0.1", exercise.smtp_port, timeout=10)
    client.starttls(context=with_trust)
    client.login("press", "press-password")
    yield client
    client.close()
