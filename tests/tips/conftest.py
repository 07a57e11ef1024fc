"""An installation with an empty database, as the desk sees it, and people and appeals to put into it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from appeal import keys
from appeal.config import load_config
from appeal.db import Base, db, dispose_engines, writing
from appeal.filestore import FileStore
from appeal.installation import Installation, install
from appeal.models.appeal import Appeal
from appeal.models.people import User
from appeal.rules.permissions import Actor

NOW = datetime(2026, 3, 1, 12, 0, 31, tzinfo=UTC)


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "keys"
    keys.create(folder)
    return folder


@pytest.fixture
def app(tmp_path: Path, key_folder: Path) -> Iterator[Flask]:
    config = load_config({"APPEAL_INSTANCE": str(tmp_path)})
    app = Flask("tips")
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    install(app, Installation(config, keys.load_desk(key_folder), FileStore(config.files)))
    with app.app_context():
        with writing() as session:
            Base.metadata.create_all(session.connection())
        yield app
    dispose_engines()


@pytest.fixture
def officers(app: Flask) -> tuple[Actor, Actor]:
    """Two triagers."""
    with writing() as session:
        for number in (1, 2):
            session.add(
                User(id=number, name=f"Officer {number}", email=f"{number}@force.example", fs_uniquifier=str(number))
            )
    return Actor(1, "Officer 1", frozenset({"triager"})), Actor(2, "Officer 2", frozenset({"triager"}))


@pytest.fixture
def appeal(officers: tuple[Actor, Actor]) -> Appeal:
    """One appeal that is out."""
    with writing() as session:
        row = Appeal(public_id="k3v9q2mx7d", kind="wanted", author_id=1, created_at=NOW)
        session.add(row)
    return row
