"""Outside hours the thank-you says when somebody reads, once, and names nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from appeal.services import rota
from appeal.tips import intake, outside_hours
from appeal.tips.inbound import Inbound
from tests.factories import NIGHT, NOON, Force, People


@pytest.fixture(autouse=True)
def hours(people: People) -> None:
    rota.set_default_windows()


def text(number: int, sender: str = "+34600555301") -> intake.Received:
    return intake.receive(
        Inbound(
            source="sms",
            external_id=f"SM{number}",
            received_at=NIGHT,
            text="I saw him.",
            thread=f"{sender} 2026-03-02",
            sender=sender,
        )
    )


def test_the_first_message_of_a_person_is_told_and_no_other() -> None:
    first = outside_hours.words(text(1), "en", now=NIGHT)
    assert first.startswith("Nobody reads now.")
    assert "08:00 (Europe/Madrid)" in first
    assert first.endswith("If somebody is in danger, call 112.")
    assert outside_hours.words(text(2), "en", now=NIGHT + timedelta(minutes=5)) == ""
    assert outside_hours.words(text(1), "en", now=NIGHT) == ""
    assert outside_hours.words(text(3, "+34600555302"), "en", now=NIGHT) != ""


def test_while_somebody_reads_there_is_nothing_to_add() -> None:
    assert outside_hours.words(text(1), "en", now=NOON) == ""


def test_only_who_wrote_alone_and_is_no_program_is_thanked(force: Force) -> None:
    letter = Inbound(
        source="email",
        external_id="1",
        received_at=NIGHT,
        text="I saw him.",
        channel_id=force.channels["email"],
        thank_to="ana@home.example",
    )

    def thanked(message: Inbound) -> bool:
        return outside_hours.thank(message, intake.receive(message), now=NIGHT)

    assert not thanked(replace(letter, external_id="2", thank_to=""))
    assert not thanked(replace(letter, external_id="3", is_parked=True))
    assert thanked(letter)
    assert not thanked(letter)
