"""What goes out by mail."""

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.world import Mail
from appeal.publishers.base import Settings
from appeal.publishers.email import Email
from appeal.rules.content import Post
from appeal.rules.errors import DoesNotFit
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import ByMail
from tests.publishers.sample import STORY, content, jpeg, picture, withdrawn

KEY = "Ab3dEf9h"
COMPOSER = Email(Settings({"list_name": "Press list"}))


def sent(world: Exercise, **changes: str) -> Mail:  # noqa: F811
    platform = ByMail(world, Path())
    # The server needs a moment for the pictures; only the contract wants to see it late.
    publisher = platform.publisher(**{"read_seconds": "10"} | changes)
    pictures = (picture("One", jpeg(30)), picture('A "red" <car>', jpeg(50)))
    publisher.send(publisher.compose(content(KEY, pictures=pictures)), platform.address, KEY)
    return world.world.snapshot()[2][0]


def test_mail_tells_everything() -> None:
    post = COMPOSER.compose(content(KEY))

    assert post.text == (
        "EXERCISE: Who was on the river bridge on Saturday?\n\n"
        "Do not approach. Call 112 immediately.\n\n"
        f"{STORY}\n\n"
        "River bridge, Calle Mayor\nSat 21 Nov 2026, 22:15\n\n"
        "Hair: black hair\nClothing: grey hooded jacket\n\n"
        "What to do if you know something\nTell us: 091\ntell@force.example\nWe read every answer until 01:00.\n\n"
        "The appeal with its current state: http://127.0.0.1:8000/r/Ab3dEf9h\nReference: 2026/4711\n\n"
        "Policía de Prueba\nYou get this because you are on the list Press list.\n"
    )
    assert post.title == "EXERCISE: Policía de Prueba: Who was on the river bridge on Saturday?"
    assert post.files == {"Date": "Sun, 22 Nov 2026 09:30:00 +0000"}


def test_headers_are_whole(world: Exercise) -> None:  # noqa: F811
    headers = sent(world).headers

    assert {name: headers.get(name) for name in ("From", "To", "Reply-To", "Message-ID", "Date", "In-Reply-To")} == {
        "From": "Policía de Prueba <press@force.example>",
        "To": "newsroom@press.example",
        "Reply-To": "answers@force.example",
        "Message-ID": "<Ab3dEf9h.appeal@force.example>",
        "Date": "Sun, 22 Nov 2026 09:30:00 +0000",
        "In-Reply-To": None,
    }
    assert headers["List-Unsubscribe"] == "<mailto:answers@force.example?subject=unsubscribe>"
    assert "Precedence" not in headers


def test_pictures_are_inside_and_described(world: Exercise) -> None:  # noqa: F811
    mail = sent(world)

    assert [(name, kind, data) for name, kind, data in mail.pictures] == [
        ("picture-1@appeal", "image/jpeg", jpeg(30)),
        ("picture-2@appeal", "image/jpeg", jpeg(50)),
    ]
    assert '<img src="cid:picture-1@appeal" alt="One" width="40">' in mail.html
    assert 'alt="A &#34;red&#34; &lt;car&gt;"' in mail.html
    assert STORY.replace("'", "&#39;") in mail.html
    parts = [part.get_content_type() for part in email.message_from_bytes(mail.raw, policy=email.policy.default).walk()]
    assert parts == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/jpeg",
        "image/jpeg",
    ]


def test_retraction_answers_the_mail_it_takes_back(world: Exercise) -> None:  # noqa: F811
    platform = ByMail(world, Path())
    publisher = platform.publisher()
    first = publisher.send(publisher.compose(content(KEY)), platform.address, KEY)
    post = publisher.compose(withdrawn("Zz9yXx8w"))
    answering = replace(post, files={**post.files, "In-Reply-To": first.external_id})
    publisher.send(answering, platform.address, "Zz9yXx8w")

    mail = world.world.snapshot()[2][1]
    assert mail.headers["In-Reply-To"] == mail.headers["References"] == first.external_id
    assert mail.subject == "EXERCISE: Policía de Prueba: Appeal withdrawn"
    assert "bridge" not in mail.raw.decode()


def test_subject_stays_one_line(world: Exercise) -> None:  # noqa: F811
    platform = ByMail(world, Path())
    publisher = platform.publisher()
    post = publisher.compose(content(KEY, title="Seen?\r\nBcc: everybody@evil.example"))
    publisher.send(post, platform.address, KEY)

    headers = world.world.snapshot()[2][0].headers
    assert "Bcc" not in headers
    assert headers["Subject"].endswith("Seen? Bcc: everybody@evil.example")


def test_mail_that_is_too_long_is_refused() -> None:
    with pytest.raises(DoesNotFit, match=r"of 20,000 characters"):
        COMPOSER.compose(content(happened="x" * 20_000))


@pytest.mark.parametrize(("action", "word"), [("update", "Correction"), ("retract", "Appeal withdrawn")])
def test_subject_says_what_it_is(action: str, word: str) -> None:
    post = COMPOSER.compose(content(action=action, is_exercise=False, closing="No longer shown."))
    assert post.title.startswith(word) or f": {word}" in post.title


def test_a_thank_you_says_that_a_program_wrote_it(world: Exercise) -> None:  # noqa: F811
    publisher = ByMail(world, Path()).publisher()
    assert isinstance(publisher, Email)
    publisher.thank(Post("Thank you.", "Received", language="en"), "ana@home.example <one@home.example>", KEY)
    [mail] = world.world.snapshot()[2]
    wanted = ("To", "Subject", "In-Reply-To", "Auto-Submitted", "List-Unsubscribe")

    assert [mail.headers.get(name) for name in wanted] == [
        "ana@home.example",
        "Received",
        "<one@home.example>",
        "auto-replied",
        None,
    ]


def test_an_early_copy_says_first_until_when_it_is_not_to_be_published() -> None:
    post = COMPOSER.compose(content(KEY, embargo="Mon 2 Mar 2026, 14:00 Europe/Madrid"))
    line = "EMBARGO: Not to be published or passed on before Mon 2 Mar 2026, 14:00 Europe/Madrid."
    assert post.text.startswith(f"{line}\n\nEXERCISE: ")
    assert post.title.startswith("EXERCISE: EMBARGO: Policía de Prueba: ")
    assert line in post.html


def test_a_kit_for_the_press_is_its_address_and_what_holds_for_it() -> None:
    address = "https://appeals.example/press/0123/"
    post = COMPOSER.compose(content(KEY, kit=address, happened=""))
    assert f"Pictures and posters with their conditions: {address}\n" in post.text
    assert "When the appeal ends, it is gone" in post.text
    assert post.title.startswith("EXERCISE: For the press: ")
    assert f'<a href="{address}">' in post.html
