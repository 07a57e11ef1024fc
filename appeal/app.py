"""The two applications with pages: the public side and the desk."""

from typing import Any

import structlog
from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from appeal import pages
from appeal.config import Config
from appeal.core import ROOT, create_core_app
from appeal.keys import load_desk, load_public
from appeal.routes.desk import (
    admin,
    alarms,
    appeals,
    approvals,
    by_hand,
    calendar,
    captures,
    channels,
    court_orders,
    deliveries,
    desks,
    dossiers,
    drafts,
    gate,
    holds,
    kits,
    ledger,
    lines,
    mistakes,
    paging,
    pauses,
    photos,
    planning,
    rota,
    security,
    shifts,
    templates,
    tip_pages,
    wordings,
)
from appeal.routes.public import (
    cards,
    code,
    further,
    health,
    links,
    partner_api,
    pieces,
    platform_calls,
    press,
    quick,
    site,
    tell,
    webhooks,
    wrong,
)
from appeal.routes.public.uploads import MOST_BYTES, InMemoryRequest
from appeal.rules.errors import AppealError, BadInput, NotAllowed, NotFound, Overloaded, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import force
from appeal.services import pauses as paused

log = structlog.get_logger()

STATUS = ((NotFound, 404), (NotAllowed, 403), (WrongState, 409), (BadInput, 400), (Overloaded, 503))

# Pages beside those on which an appeal is written and signed.
BESIDE_APPEALS = (mistakes, templates, dossiers, court_orders)

# words, endpoint, permission
NAVIGATION = (
    (_("Appeals"), "appeals.board", Permission.READ_APPEALS),
    (_("By hand"), "by_hand.index", Permission.SETTLE),
    (_("Tips"), "tips.queue", Permission.READ_TIPS),
    (_("Alarms"), "alarms.index", Permission.READ_TIPS),
    (_("Rota"), "rota.week", Permission.READ_APPEALS),
    (_("Channels"), "channels.index", Permission.ADMINISTER),
    (_("Settings"), "admin.settings", Permission.ADMINISTER),
    (_("Ledger"), "ledger.index", Permission.READ_LEDGER),
)


def create_public_app(config: Config) -> Flask:
    """What the public reaches; it holds no key that opens anything."""
    app = create_core_app(config, load_public(config.keys))
    app.request_class = InMemoryRequest
    pages.configure(app.jinja_env, tell.language)
    for module in (tell, code, further, pieces, links, press, webhooks, platform_calls, partner_api, health):
        app.register_blueprint(module.pages)
    app.register_blueprint(cards.blueprint)
    app.after_request(cards.framable)
    app.register_error_handler(HTTPException, wrong.say)
    app.register_error_handler(Exception, wrong.broken)
    app.after_request(tell.guard)
    app.after_request(site.secure)
    inner = quick.WordsResponder(app, app.wsgi_app)
    app.wsgi_app = site.SiteResponder(inner, config.site, ROOT / "static")  # type: ignore[method-assign]
    return app


def create_desk_app(config: Config) -> Flask:
    """What officers reach after signing in."""
    keys = load_desk(config.keys)
    app = create_core_app(config, keys)
    app.request_class = InMemoryRequest
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    security.init_security(app, config, keys)
    pages.configure(app.jinja_env, gate.language)
    modules = (
        appeals,
        drafts,
        photos,
        kits,
        approvals,
        wordings,
        captures,
        deliveries,
        by_hand,
        *tip_pages.MODULES,
        rota,
        desks,
        paging,
        pauses,
        planning,
        calendar,
        shifts,
        holds,
        *BESIDE_APPEALS,
        channels,
    )
    for module in (*modules, admin, ledger, lines):
        app.register_blueprint(module.pages)
    app.add_url_rule("/health", "health", _healthy)
    app.context_processor(lambda: _around(config))
    app.register_error_handler(AppealError, _sorry)
    app.register_error_handler(HTTPException, _http_sorry)
    app.register_error_handler(Exception, _broken)
    gate.check_routes(app)
    return app


def _healthy() -> str:
    return "ok\n"


def _around(config: Config) -> dict[str, Any]:
    """What the desk's layout shows around every page."""
    actor = gate.known_actor()
    links = [
        (pages.translate(gate.language(), words), url_for(endpoint), request.path == url_for(endpoint))
        for words, endpoint, permission in NAVIGATION
        if actor and actor.may(permission)
    ]
    settings = force.settings()
    return {
        "force_name": settings["force_name"],
        "zone": settings["zone"],
        "is_exercise": config.is_exercise,
        "has_clock": True,
        "navigation": links,
        "paused": paused.standing() if actor else (),
        "may": actor.may if actor else lambda _permission: False,
        "Permission": Permission,
        **(alarms.around(actor) if actor else {}),
    }


def _sorry(error: AppealError) -> ResponseReturnValue:
    """A sentence for the officer, on the page they came from where that is possible."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    if request.method == "POST" and status in {400, 409} and request.referrer:
        flash(error.words, "error")
        return redirect(request.path if request.referrer.endswith(request.path) else request.referrer)
    return render_template("desk/problem.html", words=error.words), status


def _http_sorry(error: HTTPException) -> ResponseReturnValue:
    words = {
        404: _("There is no such page."),
        403: _("You may not see this page."),
        413: _("This is too large: 25 MB is the most."),
        429: _("Too many tries. Wait a minute."),
    }
    if error.response is not None or error.code is None or error.code < 400:
        return error
    return render_template("desk/problem.html", words=words.get(error.code, error.description)), error.code


def _broken(error: Exception) -> ResponseReturnValue:
    log.error("page failed", path=request.path, kind=type(error).__name__, exc_info=error)
    words = _("Something went wrong on our side. What you typed may not be saved: go back and try again.")
    return render_template("desk/problem.html", words=words), 500
