"""The application without routes: database, keys and files for jobs and commands."""

from pathlib import Path

from flask import Flask

from appeal import installation
from appeal.config import Config
from appeal.db import db
from appeal.filestore import FileStore
from appeal.installation import Installation
from appeal.keys import PublicKeys, load_desk

ROOT = Path(__file__).resolve().parent.parent
STATIC_SECONDS = 31_536_000


def create_core_app(config: Config, keys: PublicKeys | None = None, role: str = "desk") -> Flask:
    """An application that holds the desk's keys unless others are given."""
    app = Flask("appeal", static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_SECONDS
    db.init_app(app)
    held = Installation(config=config, keys=keys or load_desk(config.keys), files=FileStore(config.files), role=role)
    installation.install(app, held)
    return app
