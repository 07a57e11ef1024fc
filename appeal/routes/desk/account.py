"""An officer's own account, and the invitation through which an account comes to life."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_security.utils import login_user

from appeal.models.people import User
from appeal.routes.desk.gate import actor, signed_in
from appeal.routes.forms.account import AcceptForm, CodesForm, EnrolForm, LanguageForm, PasswordForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.words import _
from appeal.services import credentials, factors, officers

ENROLLING = "enrolling"

blueprint = Blueprint("account", __name__)


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Choose a password and, outside an exercise, enrol an app; the only way to enrol one."""
    now = clock.now()
    try:
        officer = credentials.invited(token, now)
    except NotFound as error:
        return render_template("desk/account/no_invitation.html", words=error.words), 404
    form = EnrolForm() if credentials.needs_factor() else AcceptForm()
    if form.validate_on_submit():
        try:
            return _accepted(token, form)
        except BadInput as error:
            form.show(error)
    return _invitation(officer, form)


@blueprint.get("/account")
@signed_in
def show() -> ResponseReturnValue:
    """Name, roles, language, password, recovery codes."""
    return _account(PasswordForm(), CodesForm(), LanguageForm(language=current_user.language))


@blueprint.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password and stay signed in here, and nowhere else."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            credentials.change_password(actor(), current=form.current.data, new=form.new.data, now=clock.now())
        except BadInput as error:
            form.show(error)
        else:
            login_user(current_user._get_current_object())
            flash(_("Your password was changed. Every other session of yours has ended."), "success")
            return redirect(url_for("account.show"))
    return _account(form, CodesForm(formdata=None), LanguageForm(formdata=None, language=current_user.language))


@blueprint.post("/account/codes")
@signed_in
def renew_codes() -> ResponseReturnValue:
    """New recovery codes, shown once."""
    form = CodesForm()
    if form.validate_on_submit():
        try:
            codes = credentials.renew_recovery_codes(actor(), code=form.code.data, now=clock.now())
        except BadInput as error:
            form.show(error)
        else:
            return render_template("desk/account/codes.html", codes=codes, onwards=url_for("account.show"))
    return _account(PasswordForm(formdata=None), form, LanguageForm(formdata=None, language=current_user.language))


@blueprint.post("/account/language")
@signed_in
def set_language() -> ResponseReturnValue:
    """The language of the desk for this officer."""
    form = LanguageForm()
    if form.validate_on_submit():
        officers.set_language(actor(), language=form.language.data, now=clock.now())
        return redirect(url_for("account.show"))
    return _account(PasswordForm(formdata=None), CodesForm(formdata=None), form)


def _accepted(token: str, form: AcceptForm) -> ResponseReturnValue:
    codes = credentials.accept(
        token,
        password=form.password.data or "",
        secret=session.get(ENROLLING, ""),
        code=form.code.data.strip() if isinstance(form, EnrolForm) else "",
        now=clock.now(),
    )
    session.pop(ENROLLING, None)
    if codes:
        return render_template("desk/account/codes.html", codes=codes, onwards=url_for("security.login"))
    flash(_("Your password is set. Sign in with it."), "success")
    return redirect(url_for("security.login"))


def _invitation(officer: User, form: AcceptForm) -> str:
    """The secret waits encrypted in the officer's own signed cookie until a first code proves that the app has it."""
    squares, secret_words = None, ""
    if isinstance(form, EnrolForm):
        secret = session.setdefault(ENROLLING, factors.new_secret(officers.key()))
        squares = factors.picture_of(officers.key(), secret, officer.email)
        secret_words = factors.readable_secret(officers.key(), secret)
    return render_template(
        "desk/account/invitation.html", officer=officer, form=form, squares=squares, secret=secret_words
    )


def _account(password_form: PasswordForm, codes_form: CodesForm, language_form: LanguageForm) -> str:
    return render_template(
        "desk/account/account.html",
        officer=current_user,
        password_form=password_form,
        codes_form=codes_form if credentials.needs_factor() else None,
        language_form=language_form,
    )
