"""The public side as its own process sees it: no key that opens anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appeal import keys
from appeal.config import load_config
from appeal.db import Base, db, dispose_engines, writing
from appeal.filestore import FileStore
from appeal.installation import Installation, install
from appeal.models import ledger, notice, people  # noqa: F401 every table must be known
from appeal.routes.public import (
    cards,
    code,
    further,
    health,
    links,
    partner_api,
    platform_calls,
    press,
    tell,
    throttle,
    uploads,
    valves,
    webhooks,
)
from appeal.services import rota

PUBLIC_URL = "https://tips.force.example"


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "keys"
    keys.create(folder)
    return folder


@pytest.fixture
def desk_keys(key_folder: Path) -> keys.DeskKeys:
    return keys.load_desk(key_folder)


@pytest.fixture
def public(tmp_path: Path, key_folder: Path) -> Iterator[Flask]:
    config = load_config({"APPEAL_INSTANCE": str(tmp_path), "APPEAL_PUBLIC_URL": PUBLIC_URL})
    app = Flask("public")
    app.request_class = uploads.InMemoryRequest
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["MAX_CONTENT_LENGTH"] = uploads.MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = uploads.MOST_FORM_BYTES
    db.init_app(app)
    install(app, Installation(config, keys.load_public(key_folder), FileStore(config.files)))
    for module in (tell, code, further, webhooks, platform_calls, partner_api, links, press, health):
        app.register_blueprint(module.pages)
    app.register_blueprint(cards.blueprint)
    app.after_request(cards.framable)
    throttle.forget()
    valves.forget()
    with app.app_context():
        with writing() as session:
            Base.metadata.create_all(session.connection())
        rota.set_default_windows()
        yield app
    dispose_engines()


@pytest.fixture
def client(public: Flask) -> FlaskClient:
    return public.test_client()
