"""Holding an account while somebody signs in, on both databases."""

from flask import Flask

from appeal.db import reading, writing
from appeal.models.people import User
from appeal.services import credentials
from tests.factories import NOON, People

ON_POSTGRES_TOO = True


def test_signing_in_forgets_failed_attempts(core: Flask, people: People) -> None:
    with writing() as session:
        session.get_one(User, people.triager.id).failed_attempts = 3
    credentials.sign_in_without_factor(people.triager.id, NOON)
    with reading() as session:
        assert session.get_one(User, people.triager.id, populate_existing=True).failed_attempts == 0
