"""Checks of moments and days that somebody typed; what a field holds afterwards is written in one way."""

from datetime import date, datetime

from wtforms import Field, Form
from wtforms.validators import ValidationError

from appeal.rules.words import _


def a_moment(form: Form, field: Field) -> None:
    """A day and an hour that exist on a calendar."""
    del form
    try:
        field.data = datetime.fromisoformat(field.data).strftime("%Y-%m-%dT%H:%M")
    except ValueError as error:
        raise ValidationError(_("Enter a day and an hour, such as 2026-03-01T17:40.")) from error


def a_day(form: Form, field: Field) -> None:
    """A day that exists on a calendar."""
    del form
    try:
        field.data = date.fromisoformat(field.data).isoformat()
    except ValueError as error:
        raise ValidationError(_("Enter a day, such as 2026-03-01.")) from error
