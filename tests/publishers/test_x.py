"""What goes out on X."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.publishers.base import Found, Settings
from appeal.publishers.text import weighted_length
from appeal.publishers.x import X
from appeal.rules.errors import DoesNotFit, OutcomeUnknown, TryLater
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import OnX
from tests.publishers.sample import STORY, content, jpeg, picture, withdrawn

KEY = "Ab3dEf9h"
COMPOSER = X(Settings({}))


def test_post_is_what_the_approver_reads() -> None:
    post = COMPOSER.compose(content(KEY, happened="A man ran to the river."))

    assert post.text == (
        "EXERCISE: Who was on the river bridge on Saturday?\n"
        "Do not approach. Call 112 immediately.\n"
        "A man ran to the river.\n"
        "River bridge, Calle Mayor\n"
        "Sat 21 Nov 2026, 22:15\n"
        "Tell us: 091\n"
        "tell@force.example\n"
        "http://127.0.0.1:8000/r/Ab3dEf9h"
    )
    assert (post.length, post.limit, post.language) == (weighted_length(post.text), 280, "en")


def test_only_the_story_gives_way() -> None:
    post = COMPOSER.compose(content(KEY))

    assert 250 < post.length <= 280
    story = post.text.splitlines()[2]
    assert story.endswith("…")
    assert STORY.startswith(story.rstrip("…"))
    for kept in (content().title, content().danger, *content().contacts, content(KEY).link, content().where):
        assert kept in post.text


def test_where_goes_when_the_story_is_gone() -> None:
    post = COMPOSER.compose(content(KEY, contacts=("x" * 130,), where="A very long place " * 5))

    assert STORY[:4] not in post.text
    assert "A very long place" not in post.text
    assert post.text.endswith(f"{'x' * 130}\n{content(KEY).link}")


def test_what_is_too_long_is_refused_with_all_reasons() -> None:
    wrong = content(KEY, contacts=("x" * 200,), pictures=(picture("y" * 1001), picture(mime="image/webp")))
    with pytest.raises(DoesNotFit) as refused:
        COMPOSER.compose(wrong)
    assert len(refused.value.reasons) == 3
    assert "the contact lines (200 characters)" in refused.value.reasons[0]


def test_four_pictures_at_most_go_along() -> None:
    pictures = tuple(picture(f"Picture {number}") for number in range(6))
    assert COMPOSER.compose(content(pictures=pictures)).pictures == pictures[:4]


def test_correction_says_that_it_is_one() -> None:
    assert COMPOSER.compose(content(action="update", is_exercise=False)).text.startswith("Correction: Who was")


def test_other_language_speaks_it() -> None:
    from appeal.pages import translate

    post = COMPOSER.compose(content(language="es"))
    assert post.text.startswith(f"{translate('es', 'EXERCISE')}: Who")
    assert not post.text.startswith("EXERCISE")


def test_withdrawal_names_nothing() -> None:
    post = COMPOSER.compose(withdrawn(KEY))
    assert "This appeal is no longer shown." in post.text
    assert content().title not in post.text
    assert post.pictures == ()


def test_pictures_arrive_whole_and_described(world: Exercise) -> None:  # noqa: F811
    publisher = OnX(world, Path()).publisher()
    pictures = (picture("One", jpeg(30)), picture("Two", jpeg(50)), picture("", jpeg(60)))
    receipt = publisher.send(publisher.compose(content(KEY, pictures=pictures)), "", KEY)

    [posted] = world.world.snapshot()[0]
    assert [(media.content, media.alt_text) for media in posted.media] == [
        (jpeg(30), "One"),
        (jpeg(50), "Two"),
        (jpeg(60), ""),
    ]
    assert receipt.permalink == f"{world.address}/#post-{receipt.external_id}"


@pytest.mark.parametrize("operation", ["upload", "describe"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_after", "slow", "throttle"])
def test_nothing_is_unknown_while_pictures_are_uploaded(world: Exercise, operation: str, kind: str) -> None:  # noqa: F811
    platform = OnX(world, Path())
    platform.arm(kind, operation=operation, seconds=0.8)
    publisher = platform.publisher()
    post = publisher.compose(content(KEY, pictures=(picture(),)))

    with pytest.raises(TryLater):
        publisher.send(post, "", KEY)
    assert platform.seen() == []
    publisher.send(post, "", KEY)
    assert platform.seen() == [KEY]


def test_duplicate_is_unknown_and_found(world: Exercise) -> None:  # noqa: F811
    platform = OnX(world, Path())
    publisher = platform.publisher()
    assert isinstance(publisher, X)
    post = publisher.compose(content(KEY))
    first = publisher.send(post, "", KEY)

    with pytest.raises(OutcomeUnknown):
        publisher.send(post, "", KEY)
    answer = publisher.find(KEY, "", post, datetime.now(UTC))
    assert (answer.found, answer.receipt) == (Found.THERE, first)


def test_credentials_of_another_account_are_noticed(world: Exercise) -> None:  # noqa: F811
    health = OnX(world, Path()).publisher(user_id="7").check()
    assert not health.is_well
    assert "@policia_prueba" in health.words


def test_who_may_answer_is_signed_with_the_post_and_never_more_open_than_the_channel(
    world: Exercise,  # noqa: F811
) -> None:
    plain, limited = (COMPOSER.compose(content(KEY, may_answer=one)) for one in ("open", "limited"))
    assert (plain.files, limited.files, plain.sha256() != limited.sha256()) == ({}, {"May-Answer": "limited"}, True)
    for own, wanted in (("everybody", "following"), ("mentionedUsers", "mentionedUsers")):
        publisher = OnX(world, Path()).publisher(may_answer=own)
        sent = publisher.send(publisher.compose(content(own[:8].ljust(8, "x"), may_answer="limited")), "", KEY)
        assert world.world.posts[sent.external_id].reply_settings == wanted
