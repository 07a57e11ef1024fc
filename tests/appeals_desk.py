"""A desk with the pages of the sending side, three officers and three channels, for tests of services and routes."""

import io
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from PIL import Image
from werkzeug.test import TestResponse

from appeal import pages
from appeal.db import writing
from appeal.installation import current
from appeal.models.release import Copy
from appeal.routes.desk import (
    appeals,
    approvals,
    by_hand,
    captures,
    court_orders,
    deliveries,
    dossiers,
    gate,
    holds,
    kits,
    mistakes,
    paging,
    photos,
    security,
    templates,
    wordings,
)
from appeal.rules.errors import AppealError, NotAllowed, NotFound
from appeal.rules.permissions import SYSTEM, Actor, Permission
from appeal.services import appeals as service
from appeal.services import approvals as signing
from appeal.services import channels, force, officers, releases, rota
from tests import desk, factories

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8001"
AUTHOR, APPROVER, OBSERVER = "author@force.example", "approver@force.example", "observer@force.example"
ANSWERS = {
    "legal_basis": "Warrant or court order",
    "necessity": "He is armed.",
    "proportionality": "Nothing milder is left.",
    "risk": "Somebody alike may be stopped.",
    "statement": "I compared it with the file.",
}


class Compiled(BytecodeCache):
    """Templates are compiled once for all tests of a process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def create(folder: Path) -> Flask:
    """The application on a new installation with officers, rota and channels."""
    app = desk.installation_app(folder)
    with app.app_context():
        held = current()
        _populate()
    security.init_security(app, held.config, held.desk_keys)
    pages.configure(app.jinja_env, gate.language)
    app.jinja_env.bytecode_cache = COMPILED
    modules = (
        appeals,
        photos,
        kits,
        approvals,
        wordings,
        captures,
        deliveries,
        by_hand,
        holds,
        mistakes,
        paging,
        templates,
        dossiers,
        court_orders,
    )
    for module in modules:
        app.register_blueprint(module.pages)
    app.context_processor(_around)
    app.register_error_handler(AppealError, _sorry)
    gate.check_routes(app)
    return app


def sign_in(app: Flask, email: str) -> FlaskClient:
    """A browser with an officer signed in."""
    client = app.test_client()
    shown = client.get("/login", base_url=BASE)
    fields = {"csrf_token": desk.csrf_of(shown), "email": email, "password": desk.PASSWORD}
    if 'name="request_id"' in shown.text:
        fields["request_id"] = desk.field_of(shown, "request_id")
    assert client.post("/login", data=fields, base_url=BASE).status_code == 302
    return client


def form_fields(response: TestResponse, action: str, **changed: Any) -> dict[str, Any]:
    """What a browser would send for the form with this action: everything that stands in it, then what is typed."""
    for form in re.findall(r"<form\b.*?</form>", response.text, re.DOTALL):
        if f'action="{action}"' in form:
            return {**_inputs(form), **changed}
    raise AssertionError(f"no form for {action} in {response.text}")


def press(client: FlaskClient, page: str, action: str, **changed: Any) -> TestResponse:
    """Load the page, fill in its form and send it."""
    fields = form_fields(client.get(page, base_url=BASE), action, **changed)
    return client.post(action, data=fields, base_url=BASE)


def actor(email: str) -> Actor:
    """An officer as services know them; inside an application context."""
    return next(officers.actor_of(one) for one in officers.everyone() if one.email == email)


def whole_draft(now: datetime = NOON, **facts: object) -> int:
    """A draft that can be submitted; returns the appeal's id."""
    revision = service.draft(actor(AUTHOR), kind="wanted", now=now)
    given = {
        "when_at": "2026-03-01T17:40",
        "level": "warrant",
        "subjects": factories.FACTS["subjects"],
        "danger": "do_not_approach",
        "case_reference": "2026/17",
        "necessity": "He is armed.",
        "proportionality": "Nothing milder is left.",
        "risk": "Somebody alike may be stopped.",
        **facts,
    }
    texts = {
        language: {"title": title, "happened": happened, "place": "Sevilla", "contact": "Call 112."}
        for language, title, happened in (
            ("en", "Man wanted for murder", "He fled on foot."),
            ("es", "Buscado por asesinato", "Huyó a pie."),
        )
    }
    service.save(actor(AUTHOR), revision_id=revision.id, expected_version=1, facts=given, texts=texts, now=now)
    return int(revision.appeal_id)


def submitted(now: datetime = NOON) -> int:
    """An appeal that waits for its approver."""
    appeal_id = whole_draft(now)
    last = service.view(appeal_id).revisions[-1]
    service.submit(actor(AUTHOR), revision_id=last.id, expected_version=last.version, now=now)
    return appeal_id


def launched(now: datetime = NOON) -> int:
    """An appeal that was approved and whose release is planned."""
    appeal_id = submitted(now)
    last = service.view(appeal_id).revisions[-1]
    releases.launch(
        actor(APPROVER),
        revision_id=last.id,
        content_sha256=last.content_sha256,
        posts_sha256=signing.posts_sha256(signing.previews(last.id)),
        answers=ANSWERS,
        review_on=datetime(2026, 3, 16, tzinfo=UTC).date(),
        now=now,
    )
    return appeal_id


def set_copies(channel: str, kind: str = "publish", **values: object) -> list[int]:
    """Put values into all copies of a channel and kind, as the engine would have; returns their ids."""
    with writing() as session:
        found = [
            copy
            for copy in session.query(Copy).order_by(Copy.id)
            if copy.delivery.channel.publisher == channel and copy.delivery.kind == kind
        ]
        for copy in found:
            for name, value in values.items():
                setattr(copy, name, value)
        return [copy.id for copy in found]


def all_out(at: datetime = NOON) -> None:
    """Everything that was planned went out."""
    for channel in ("site", "x", "sms"):
        set_copies(
            channel, state="sent", reason="", sent_at=at, permalink=f"https://{channel}.example/1", external_id="1"
        )


def jpeg(colour: str = "navy") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


def _populate() -> None:
    for email, role in ((AUTHOR, "author"), (APPROVER, "approver"), (OBSERVER, "observer")):
        desk.officer(email, roles=(role,))
    desk.officer("both@force.example", roles=("author", "approver"))
    desk.officer("triager@force.example", roles=("triager",))
    rota.set_default_windows()
    for publisher, language in (("site", "en"), ("x", "es"), ("sms", "en")):
        channels.connect(
            SYSTEM, publisher=publisher, name=publisher.title(), language=language, settings={}, secrets={}, now=NOON
        )
    for number in ("+34600555101", "+34600555102", "+34600555103"):
        channels.add_address(SYSTEM, channel_id=3, address=number, now=NOON)


def _around() -> dict[str, Any]:
    who = gate.known_actor()
    settings = force.settings()
    return {
        "force_name": settings["force_name"],
        "zone": settings["zone"],
        "is_exercise": True,
        "may": who.may if who else lambda _permission: False,
        "Permission": Permission,
    }


def _sorry(error: AppealError) -> tuple[str, int]:
    status = 403 if isinstance(error, NotAllowed) else 404 if isinstance(error, NotFound) else 400
    return render_template("desk/problem.html", words=error.words), status


def _inputs(form: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if kind in {"checkbox", "radio"}:
            if re.search(r"\bchecked\b", tag):
                found.setdefault(name, []).append(_attribute(tag, "value"))
        elif name and kind != "file":
            found[name] = _attribute(tag, "value")
    for name, body in re.findall(r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(body)
    for name, body in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        found[name] = unescape(chosen.group(1)) if chosen else ""
    return found


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(match.group(1)) if match else ""
