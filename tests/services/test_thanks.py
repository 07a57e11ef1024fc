"""Outside hours a person is thanked once a day, alone, and never twice, whatever is lost on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from appeal.db import reading
from appeal.models.release import Copy
from appeal.models.thanks import Thanks
from appeal.services import thanks
from tests import factories, fakes
from tests.factories import NIGHT, NOON, Force

ON_POSTGRES_TOO = True
WHO = "ana@home.example <one@home.example>"
DAY = timedelta(days=1)


@pytest.fixture
def mail(force: Force) -> int:
    """The channel on which people write."""
    return force.channels["email"]


def thanked() -> int:
    with reading() as session:
        return len(session.scalars(select(Thanks.id)).all())


def test_a_person_is_thanked_once_a_day_and_nobody_is_named(mail: int, platforms: fakes.Platforms) -> None:
    assert thanks.plan(mail, WHO, now=NIGHT)
    assert not thanks.plan(mail, "ana@home.example <two@home.example>", now=NIGHT + timedelta(minutes=5))
    factories.tick(now=NIGHT)
    assert platforms.sent_to("email") == [WHO]
    assert platforms.texts("email") == [
        "EXERCISE: Received. Thank you. Nobody reads now. Your message is read from Mon, Mar 2, 08:00 (Europe/Madrid). "
        "If somebody is in danger, call 112."
    ]
    assert thanks.plan(mail, "ben@home.example", now=NIGHT)
    assert thanks.plan(mail, WHO, now=NIGHT + DAY)


def test_nobody_is_thanked_while_somebody_reads_or_where_the_platform_cannot(force: Force, mail: int) -> None:
    assert not thanks.plan(mail, WHO, now=NOON)
    assert not thanks.plan(mail, "", now=NIGHT)
    assert not thanks.plan(force.channels["x"], WHO, now=NIGHT)
    assert thanked() == 0


def test_what_comes_too_late_is_not_said(mail: int, platforms: fakes.Platforms) -> None:
    thanks.plan(mail, WHO, now=NIGHT)
    factories.tick(now=NOON)
    assert platforms.sent_to("email") == []
    assert factories.states(kind="thanks") == ["cancelled"]


def test_an_answer_that_got_lost_is_not_repeated_and_bothers_nobody(mail: int, platforms: fakes.Platforms) -> None:
    platforms.arm("email", fakes.unknown(acts=True), operation="thank")
    thanks.plan(mail, WHO, now=NIGHT)
    factories.tick(now=NIGHT)
    factories.look_for(60, since=NIGHT)
    factories.tick(now=NIGHT + timedelta(minutes=2))
    assert platforms.count("email", "thank") == 1
    assert factories.states(kind="thanks") == ["asked"]


def test_whom_we_thanked_is_forgotten_after_two_days(mail: int) -> None:
    thanks.plan(mail, WHO, now=NIGHT)
    factories.tick(now=NIGHT)
    assert thanks.forget(now=NIGHT + DAY) == 0
    assert thanks.forget(now=NIGHT + 3 * DAY) == 1
    assert thanked() == 0
    with reading() as session:
        assert session.scalars(select(Copy.id)).all() == []
