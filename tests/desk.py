"""A desk application with its accounts on an installation of its own, for tests of services and routes."""

import atexit
import re
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path

from flask import Flask, g
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from appeal import keys, pages
from appeal.config import load_config
from appeal.db import Base, db
from appeal.filestore import FileStore
from appeal.installation import Installation, current, install
from appeal.models.people import User
from appeal.routes.desk import gate, security
from appeal.rules.errors import NotAllowed
from appeal.rules.permissions import SYSTEM, Permission
from appeal.services import credentials, factors, officers

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PASSWORD = "four words and a horse"
LIVE = {
    "APPEAL_MODE": "live",
    "APPEAL_PUBLIC_URL": "https://public.example",
    "APPEAL_DESK_URL": "https://desk.example",
    "APPEAL_MAIL_URL": "smtp://mail.example",
}


@cache
def _made() -> Path:
    """A new installation with all tables, made once and copied for everybody."""
    folder = Path(tempfile.mkdtemp(prefix="made-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    config = load_config({"APPEAL_INSTANCE": str(folder)})
    keys.create(config.keys)
    engine = create_engine(config.database_url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return folder


def installation_app(folder: Path, environ: dict[str, str] | None = None) -> Flask:
    """An application without routes on a new installation with all tables."""
    config = load_config({"APPEAL_INSTANCE": str(folder), **(environ or {})})
    shutil.copytree(_made(), folder, dirs_exist_ok=True)
    app = Flask("desk", static_folder=str(pages.STATIC))
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    install(app, Installation(config, keys.load_desk(config.keys), FileStore(config.files)))
    return app


def desk_app(folder: Path, environ: dict[str, str] | None = None) -> Flask:
    """The same with sign-in, gate and three views behind it."""
    app = installation_app(folder, environ)
    pages.configure(app.jinja_env, gate.language)
    with app.app_context():
        here = current()
    security.init_security(app, here.config, here.desk_keys)
    app.context_processor(lambda: {"force_name": "Test force", "is_exercise": here.config.is_exercise})
    app.register_error_handler(NotAllowed, lambda error: (error.words, 403))
    _add_views(app)
    return app


def _add_views(app: Flask) -> None:
    @app.get("/")
    @gate.signed_in
    def home() -> str:
        return f"home of {gate.actor().name}"

    @app.get("/queue")
    @gate.needs(Permission.READ_TIPS)
    def queue() -> str:
        return "the queue"

    @app.route("/press", methods=["POST"])
    @gate.needs(Permission.READ_TIPS)
    def press() -> str:
        return "pressed"

    @app.get("/writes")
    @gate.signed_in
    def writes() -> str:
        db.session.get(User, g.actor.id).name = "changed by a GET"
        db.session.commit()
        return "written"


def officer(email: str = "triager@force.example", *, roles: tuple[str, ...] = ("triager",)) -> int:
    """An officer with the known password, made inside an application context."""
    name = email.partition("@")[0].title()
    return officers.create(SYSTEM, name=name, email=email, roles=roles, password=PASSWORD, now=NOW)


def enrolled(email: str = "triager@force.example", *, roles: tuple[str, ...] = ("triager",)) -> tuple[str, list[str]]:
    """An officer of a live desk who took an invitation; returns the readable secret and the recovery codes."""
    officer_id = officer(email, roles=roles)
    token = officers.invite(SYSTEM, officer_id=officer_id, now=NOW)
    secret = factors.new_secret(officers.key())
    readable = factors.readable_secret(officers.key(), secret)
    codes = credentials.accept(token, password=PASSWORD, secret=secret, code=code_at(readable, NOW), now=NOW)
    return readable, codes


def code_at(readable: str, moment: datetime) -> str:
    """What the officer's app shows at that moment."""
    return str(TOTP(readable).generate(time=moment.timestamp()).token)


def csrf_of(response: TestResponse) -> str:
    """The forgery token of the first form of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
    assert found is not None, response.text
    return unescape(found.group(1))


def field_of(response: TestResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.text)
    assert found is not None, response.text
    return unescape(found.group(1))


def post(client: FlaskClient, address: str, page: str = "", **fields: str) -> TestResponse:
    """Load the page with the form, then send it as a browser would."""
    shown = client.get(page or address, base_url=BASE)
    hidden = {"csrf_token": csrf_of(shown)}
    if 'name="request_id"' in shown.text:
        hidden["request_id"] = field_of(shown, "request_id")
    return client.post(address, data=hidden | fields, base_url=BASE, headers={"Referer": BASE + address})


BASE = "https://desk.example"


def sign_in(client: FlaskClient, email: str = "triager@force.example", password: str = PASSWORD) -> TestResponse:
    """The first step."""
    return post(client, "/login", email=email, password=password)
