"""Desk and public side in this process, on real sockets, by a clock that is set by hand; platforms are in memory."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from appeal.app import create_desk_app, create_public_app
from appeal.config import Config, load_config
from appeal.db import dispose_engines, writing
from appeal.models.people import User
from appeal.models.release import Channel
from appeal.rules import clock
from appeal.services import channels, interlocks, paging
from appeal.services.officers import hashed
from appeal.tips import triage, webhook_token
from tests import factories, fakes, servers

PASSWORD = "four words and a horse"
TOKEN = "a-secret-of-the-account"


class Hand(datetime):
    """What `rules.clock` reads instead of the machine's clock."""

    moment: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The moment that was set."""
        assert tz is not None
        return cls.moment.astimezone(tz)


@dataclass(frozen=True)
class Town:
    """A force with its officers, channels and platforms, and what its clock is set with."""

    config: Config
    people: factories.People
    channels: dict[str, int]
    platforms: fakes.Platforms

    def at(self, moment: datetime) -> None:
        """Set the clock; what waits is planned anew, what is due goes out, and what came in is read."""
        Hand.moment = moment
        interlocks.plan_again(now=moment)
        factories.tick(now=moment)
        triage.read_tips(moment, limit=50)

    def text(self, body: str, sender: str, number: int) -> str:
        """Send a text message to the force and return what comes back."""
        path = f"/webhooks/sms/{self.channels['texts']}"
        fields = {"MessageSid": f"SM{number}", "From": sender, "To": "+34600555001", "Body": body, "NumMedia": "0"}
        signed = self.config.public_url + path + "".join(name + fields[name] for name in sorted(fields))
        made = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        headers = {"X-Twilio-Signature": made}
        return requests.post(self.config.public_url + path, data=fields, headers=headers, timeout=10).text


@contextmanager
def running(instance: Path, platforms: fakes.Platforms, patch: pytest.MonkeyPatch, moment: datetime) -> Iterator[Town]:
    """A town on an installation with all tables, from this moment on."""
    Hand.moment = moment
    patch.setattr(clock, "datetime", Hand)
    desk_port, public_port = servers.free_ports(2)
    ports = {"APPEAL_DESK_PORT": str(desk_port), "APPEAL_PUBLIC_PORT": str(public_port)}
    config = load_config({"APPEAL_INSTANCE": str(instance), **ports})
    with ExitStack() as stack:
        desk = create_desk_app(config)
        stack.callback(dispose_engines)
        stack.enter_context(_served(desk, desk_port))
        stack.enter_context(_served(create_public_app(config), public_port))
        stack.enter_context(desk.app_context())
        yield Town(config, *_force(moment), platforms)


def _force(moment: datetime) -> tuple[factories.People, dict[str, int]]:
    force = factories.make_force(factories.make_people())
    paging.prepare_mail(now=moment)
    with writing() as session:
        for one in session.query(User):
            one.password = hashed(PASSWORD)
        row = Channel(publisher="sms", name="texts", language="en", settings={}, created_at=moment, is_active=True)
        row.sealed_secrets = channels._encrypted({"auth_token": TOKEN})
        session.add(row)
        session.flush()
        texts = row.id
    webhook_token.hand_over()
    return force.people, {**force.channels, "texts": texts}


@contextmanager
def _served(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
