"""The one gate of the desk: whatever is not open to everybody needs a signed-in officer with the permission it names.

A view says what it needs with `@needs(Permission.X)`, or with `@signed_in` if every officer may use it. A view that
says nothing stops the application from starting, and would be refused if it ever ran.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user, user_authenticated
from flask_security.utils import logout_user

from appeal import pages
from appeal.models.people import User
from appeal.rules import clock
from appeal.rules.errors import ConfigurationWrong
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import officers

# Endpoints that anybody may ask. Everything else of the accounts library is closed, to officers as well: it would let
# somebody who only has a password enrol a second factor, or see recovery codes again.
OPEN = frozenset(
    {
        "static",
        "health",
        "account.accept",
        "calendar.feed",
        "paging.show",
        "paging.take",
        "security.login",
        "security.logout",
        "security.two_factor_token_validation",
        "security.mf_recovery",
    }
)
LIBRARY = "security."
NEEDS_NOBODY = frozenset({"static", "health"})

IDLE_MINUTES = 30
SESSION_HOURS = 12
STAMP_EVERY_SECONDS = 60

IS_OPEN, IS_CLOSED, ANY_OFFICER = "open", "closed", "any officer"

View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: Permission) -> Callable[[View], View]:
    """Only officers whose roles carry the permission may use this view."""
    return _marked(permission.value)


def signed_in(view: View) -> View:
    """Every officer may use this view."""
    return _marked(ANY_OFFICER)(view)


def actor() -> Actor:
    """Who asks; only for views behind the gate."""
    who: Actor = g.actor
    return who


def known_actor() -> Actor | None:
    """Who asks, or None on an open page that nobody is signed in for."""
    who: Actor | None = g.get("actor")
    return who


def language() -> str:
    """The language of this request: the officer's own, else what the browser prefers."""
    preferred = request.accept_languages.best_match(pages.languages(), default=pages.languages()[0])
    return str(g.get("language") or preferred)


def permissions_by_endpoint(app: Flask) -> Mapping[str, str]:
    """What each endpoint needs: a permission, "any officer", "open" or "closed"; "" if it says nothing."""
    return {
        endpoint: _access(app, endpoint) for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()})
    }


def check_routes(app: Flask) -> None:
    """Stop the start if a view does not say who may use it."""
    silent = [endpoint for endpoint, access in permissions_by_endpoint(app).items() if not access]
    if silent:
        raise ConfigurationWrong([f"{endpoint} does not say which permission it needs." for endpoint in silent])


def init_gate(app: Flask) -> None:
    """Put the gate before every view and note when a session began."""
    app.before_request(_guard)
    user_authenticated.connect(_begin_session, app)


def _marked(access: str) -> Callable[[View], View]:
    def mark_view(view: View) -> View:
        view.desk_access = access  # type: ignore[attr-defined]
        return view

    return mark_view


def _access(app: Flask, endpoint: str) -> str:
    if endpoint in OPEN:
        return IS_OPEN
    if endpoint.startswith(LIBRARY):
        return IS_CLOSED
    return str(getattr(app.view_functions.get(endpoint), "desk_access", ""))


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in NEEDS_NOBODY:
        return None
    access = _access(current_app, request.endpoint)
    if access in {IS_CLOSED, ""}:
        abort(404)
    now = clock.now()
    if not _knows_officer(now) and access != IS_OPEN:
        return _to_sign_in()
    if access not in {IS_OPEN, ANY_OFFICER}:
        require(actor(), Permission(access))
    return None


def _knows_officer(now: datetime) -> bool:
    """Whether an active officer is signed in; what the page needs of them is put beside the request."""
    if not isinstance(current_user._get_current_object(), User):
        return False
    if _is_over(now):
        logout_user()
        flash(_("You were signed out, because you had not used the desk for a while."), "information")
        return False
    if _is_activity() and now.timestamp() - session["seen"] > STAMP_EVERY_SECONDS:
        session["seen"] = now.timestamp()
    g.actor, g.language = officers.actor_of(current_user), current_user.language
    return True


def _is_over(now: datetime) -> bool:
    whole, idle = (now.timestamp() - float(session.get(name, 0.0)) for name in ("since", "seen"))
    return whole > SESSION_HOURS * 3600 or idle > IDLE_MINUTES * 60


def _is_activity() -> bool:
    """A live part of a page asks by itself every few seconds; that is no officer at work."""
    return request.method != "GET" or "HX-Request" not in request.headers


def _begin_session(sender: Flask, **about: object) -> None:
    del sender, about
    session.permanent = True
    session["since"] = session["seen"] = clock.now().timestamp()


def _to_sign_in() -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        return "", 401, {"HX-Redirect": url_for("security.login")}
    way_back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=way_back))
