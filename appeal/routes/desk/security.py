"""The accounts library on the desk, with everything hardened that it leaves soft."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemyUserDatastore
from flask_wtf import CSRFProtect

from appeal.config import Config
from appeal.db import db, library_writes
from appeal.keys import DeskKeys
from appeal.models.people import Role, User
from appeal.routes.desk import account, gate, headers
from appeal.routes.forms.sign_in import REFUSED, CodeForm, OnceTotp, RecoveryForm, RescueForm, SignInForm
from appeal.services import factors

# The second step writes (the code that was used, the recovery code that is gone); the first one only reads.
WRITING_VIEWS = ("security.two_factor_token_validation", "security.mf_recovery")
SIGN_IN_VIEWS = ("security.login", *WRITING_VIEWS)

PER_ACCOUNT = "30 per minute; 200 per hour"
PER_ADDRESS = "120 per minute"


def init_security(app: Flask, config: Config, keys: DeskKeys) -> None:
    """Sign-in, session, gate, forgery check, rate limits and headers; call it before other routes are added."""
    app.config.update(_session_settings(config, keys) | _library_settings(config, keys))
    headers.init_headers(app, config)
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, Role),
        totp_cls=OnceTotp,
        login_form=SignInForm,
        two_factor_verify_code_form=CodeForm,
        two_factor_rescue_form=RescueForm,
        mf_recovery_form=RecoveryForm,
    )
    security.want_json(lambda _request: False)
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]
    gate.init_gate(app)
    CSRFProtect(app)
    app.register_blueprint(account.blueprint)
    _limit(app)
    for endpoint in WRITING_VIEWS:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = _writing(app.view_functions[endpoint])
    app.context_processor(_who)


def _session_settings(config: Config, keys: DeskKeys) -> dict[str, Any]:
    is_secure = config.desk_url.startswith("https://")
    return {
        "SECRET_KEY": keys.session_key,
        "SESSION_COOKIE_NAME": "__Host-desk" if is_secure else "desk",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=gate.SESSION_HOURS),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,
    }


def _library_settings(config: Config, keys: DeskKeys) -> dict[str, Any]:
    settings = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "DEPRECATED_PASSWORD_SCHEMES": [],
        "PASSWORD_SALT": factors.pepper(keys.session_key),
        "PASSWORD_LENGTH_MIN": factors.MIN_PASSWORD_LENGTH,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "RETURN_GENERIC_RESPONSES": True,
        "MSG_GENERIC_AUTHN_FAILED": (REFUSED, "error"),
        "FLASH_MESSAGES": False,
        "API_ENABLED_METHODS": ["session"],
        "REGISTERABLE": False,
        "TRACKABLE": False,
        "RECOVERABLE": False,
        "CHANGEABLE": False,
        "WEBAUTHN": False,
        "WAN_ALLOW_AS_FIRST_FACTOR": False,
        "FRESHNESS": timedelta(minutes=15),
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "LOGOUT_METHODS": ["POST"],
        "LOGOUT_CSRF": True,
        "POST_LOGOUT_VIEW": "/login",
    }
    return {f"SECURITY_{name}": value for name, value in (settings | _factor_settings(config, keys)).items()}


def _factor_settings(config: Config, keys: DeskKeys) -> dict[str, Any]:
    """In an exercise the library does not even know that there are second factors."""
    if config.is_exercise:
        return {"TWO_FACTOR": False, "TWO_FACTOR_REQUIRED": False}
    return {
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": factors.CODE_WINDOW_SECONDS,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": factors.totp_secrets(keys.session_key),
        "TOTP_ISSUER": factors.ISSUER,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": factors.RECOVERY_CODES,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [factors.recovery_key(keys.session_key)],
    }


def _limit(app: Flask) -> None:
    """Guessing is slowed per account and per address; addresses stay in memory and are forgotten within the hour."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
    by_address = limiter.shared_limit(PER_ADDRESS, scope="sign-in address", methods=["POST"])
    by_account = limiter.shared_limit(PER_ACCOUNT, scope="sign-in account", key_func=_account, methods=["POST"])
    for endpoint in (*SIGN_IN_VIEWS, "account.accept"):
        if endpoint in app.view_functions:
            limited: Any = by_address(by_account(app.view_functions[endpoint]))
            app.view_functions[endpoint] = limited


def _account() -> str:
    """The account that somebody tries: as typed at the first step, as remembered at the second."""
    typed = request.form.get("email", "").strip().lower()
    return f"account {typed or session.get('tf_user_id', 'unknown')}"


def _writing(view: Callable[..., Any]) -> Callable[..., Any]:
    """The library begins and commits by itself: let it, for this view and no longer."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(*args, **kwargs)
        with library_writes():
            response = view(*args, **kwargs)
            db.session.commit()
        return response

    return wrapped


def _nobody(_request: object) -> None:
    """No tokens in addresses or headers: officers sign in with a browser."""


def _who() -> dict[str, str]:
    from_gate = gate.known_actor()
    return {
        "officer_name": from_gate.name if from_gate else "",
        "sign_out": url_for("security.logout") if from_gate else "",
    }
