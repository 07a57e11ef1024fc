"""The accounts library's own forms, made to count failures, to respect the lock and to ask for an enrolled factor."""

from typing import Any, cast

from flask_security import Totp, UserMixin
from flask_security.forms import LoginForm, TwoFactorRescueForm, TwoFactorVerifyCodeForm
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import RadioField

from appeal.models.people import User
from appeal.rules import clock
from appeal.rules.words import _
from appeal.services import credentials

REFUSED = _(
    "We could not sign you in. The address or the password is wrong, or there were too many attempts: "
    "then wait 15 minutes."
)
CODE_REFUSED = _(
    "We could not accept this code. It is wrong, was used before, or there were too many attempts: "
    "then wait 15 minutes."
)


class OnceTotp(Totp):
    """Remembers the time step of the last code, so that nobody can use a code a second time."""

    def get_last_counter(self, user: UserMixin) -> int:
        """The time step of the last code that was used."""
        return cast(User, user).last_totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Kept by the transaction in which the officer is held."""
        cast(User, user).last_totp_counter = tmatch.counter


class SignInForm(LoginForm):
    """Address and password. Whatever is wrong, the answer is the same one."""

    remember = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.label.text, self.password.label.text = _("E-mail address"), _("Password")

    def validate(self, **kwargs: Any) -> bool:
        """Whether the password is right and the officer may go on."""
        now = clock.now()
        if not super().validate(**kwargs):
            if self.user is not None and not self.user_authenticated:
                credentials.note_failure(cast(User, self.user).id, now)
            return False
        officer = cast(User, self.user)
        if not credentials.may_go_on(officer, now):
            self.email.errors = [REFUSED]
            return False
        if not credentials.needs_factor():
            credentials.sign_in_without_factor(officer.id, now)
        return True


class _SecondFactor:
    """What both forms of the second step share; the view that calls them has opened a writing transaction."""

    user: User | None
    code: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code.label.text = _("Code")

    def validate(self, **kwargs: Any) -> bool:
        """Whether the code is right, unused, and the account not locked."""
        now = clock.now()
        officer = credentials.hold(self.user.id)  # type: ignore[union-attr]
        self.code.data = (self.code.data or "").strip().lower()
        if not credentials.is_locked(officer, now) and super().validate(**kwargs):  # type: ignore[misc]
            credentials.note_success(officer, now)
            return True
        if self.code.data:
            credentials.note_failure(officer.id, now)
            self.code.errors = [CODE_REFUSED]
        return False


class CodeForm(_SecondFactor, TwoFactorVerifyCodeForm):  # type: ignore[misc]
    """A code from the officer's app."""


class RecoveryForm(_SecondFactor, MfRecoveryForm):  # type: ignore[misc]
    """One of the recovery codes."""


class RescueForm(TwoFactorRescueForm):
    """The library makes one for its page of codes; ours offers nothing, for the only rescue is a recovery code."""

    help_setup = RadioField(choices=[])
