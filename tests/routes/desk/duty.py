"""The desk's application with some of its pages, officers who are signed in, and tips in the queue."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appeal import db
from appeal.models.appeal import Appeal, Revision, RevisionText
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import Tip
from appeal.routes.desk import gate
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.services import force, rota
from appeal.tips import intake, triage
from appeal.tips.inbound import Inbound, InboundFile
from tests.desk import BASE, NOW, desk_app, officer, post, sign_in

PICTURE = b"\x89PNG\r\n\x1a\n and what follows"


def duty_app(folder: Path, *modules: ModuleType) -> Flask:
    """The application with the pages of these modules; a refusal is a status and its words."""
    app = desk_app(folder, {"APPEAL_DESK_URL": BASE})
    for module in modules:
        app.register_blueprint(module.pages)
    app.context_processor(_around)
    for kind, code in ((NotFound, 404), (WrongState, 409), (BadInput, 400)):
        app.register_error_handler(kind, lambda error, code=code: (error.words, code))
    with app.app_context():
        rota.set_default_windows()
    return app


def signed_in(app: Flask, name: str, *roles: str) -> FlaskClient:
    """The browser of a new officer with these roles."""
    with app.app_context():
        officer(f"{name}@force.example", roles=roles)
    client = app.test_client()
    sign_in(client, f"{name}@force.example")
    return client


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(address, base_url=BASE, headers=headers)


def press(client: FlaskClient, address: str, page: str, **fields: Any) -> TestResponse:
    """Load a page and send one of its forms, then load where it leads."""
    sent = post(client, address, page, **fields)
    return get(client, sent.headers["Location"]) if sent.status_code == 302 else sent


def appeal(app: Flask, title: str = "Who knows this man?", public_id: str = "k3v9q2mx7d") -> int:
    """An appeal with a title, whoever drafted it."""
    with app.app_context(), db.writing() as session:
        row = Appeal(public_id=public_id, kind="wanted", author_id=1, created_at=NOW)
        revision = Revision(appeal=row, number=1, author_id=1, created_at=NOW)
        revision.texts = [RevisionText(language="en", field="title", body=title)]
        session.add_all([row, revision])
        session.flush()
        return row.id


def tip(app: Flask, text: str = "I saw him in the market.", **more: Any) -> int:
    """One tip that came in by the web form and that the machine has read."""
    given = {"source": "webform", "external_id": text, "received_at": NOW, "text": text, "sender": "", "language": "en"}
    with app.app_context():
        received = intake.receive(Inbound(**given | more))
        triage.read_tips(NOW)
    return received.tip_id


def picture(name: str = "photo.png", data: bytes = PICTURE, mime: str = "image/png") -> InboundFile:
    return InboundFile(name=name, mime=mime, data=data)


def tip_row(app: Flask, tip_id: int) -> Tip:
    with app.app_context(), db.reading() as session:
        return session.get_one(Tip, tip_id)


def acts(app: Flask, target: str = "") -> Sequence[tuple[str, str]]:
    """Who did what, in order, perhaps to one target only; signing in and making officers left out."""
    with app.app_context(), db.reading() as session:
        rows = session.query(LedgerEntry).order_by(LedgerEntry.id).all()
    return [
        (row.actor, row.action)
        for row in rows
        if row.action not in {"sign in", "create officer"} and target in {"", row.target}
    ]


def _around() -> dict[str, object]:
    actor = gate.known_actor()
    return {
        "zone": force.settings()["zone"],
        "may": actor.may if actor else lambda _permission: False,
        "Permission": Permission,
        "navigation": [],
    }
