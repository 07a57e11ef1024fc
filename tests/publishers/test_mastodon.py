"""What goes out on a Mastodon server, how it is counted, changed and taken away."""

from pathlib import Path

import pytest

from appeal.exercise.app import Exercise
from appeal.exercise.mastodon_room import MastodonRoom, Status
from appeal.publishers.base import Pace, Settings
from appeal.publishers.mastodon import Mastodon, characters
from appeal.rules.content import Post
from appeal.rules.errors import DoesNotFit, Gone, OutcomeUnknown, TryLater
from tests.contracts.conftest import running_world, world  # noqa: F401
from tests.contracts.platforms import OnMastodon
from tests.publishers.sample import STORY, content, jpeg, picture, withdrawn

KEY, OTHER = "Ab3dEf9h", "Zz9yXx8w"
COMPOSER = Mastodon(Settings({}))


def opened(world: Exercise, **settings: str) -> Mastodon:  # noqa: F811
    made = OnMastodon(world, Path()).publisher(**settings)
    assert isinstance(made, Mastodon)
    return made


def statuses(world: Exercise) -> list[Status]:  # noqa: F811
    return [thing for thing in world.world.room(MastodonRoom).things.values() if isinstance(thing, Status)]


def test_links_count_as_the_platform_counts_them() -> None:
    assert characters("") == 0
    assert characters("https://police.example/a/very/long/address/that/goes/on/and/on") == 23
    assert characters("see https://a.example/r/1, now") == 4 + 23 + 5
    assert characters("police.example 👨‍👩‍👧‍👦é") == 17


def test_post_is_what_the_approver_reads() -> None:
    post = COMPOSER.compose(content(KEY))
    assert post.text.startswith("EXERCISE: Who was on the river bridge on Saturday?\nDo not approach. Call 112 immed")
    assert STORY[:200] in post.text
    assert 450 < post.length <= post.limit == 500


def test_limit_is_the_one_of_the_server() -> None:
    long = Mastodon(Settings({"max_characters": "5000"})).compose(content(KEY))
    assert STORY in long.text
    assert long.limit == 5000
    assert Mastodon(Settings({"max_characters": "many"})).compose(content(KEY)).limit == 500
    with pytest.raises(DoesNotFit):
        Mastodon(Settings({"max_characters": "60"})).compose(content(KEY))


def test_pictures_are_described_in_the_language_of_the_channel(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world, visibility="unlisted")
    pictures = (picture("Un coche", jpeg(30)), picture("", jpeg(50)))
    receipt = publisher.send(publisher.compose(content(KEY, language="es", pictures=pictures)), "", KEY)
    [status] = statuses(world)
    assert [(one.alt, one.content) for one in status.media] == [("Un coche", jpeg(30)), ("", jpeg(50))]
    assert (status.language, status.visibility) == ("es", "unlisted")
    assert receipt.permalink == f"{world.address}/#mastodon-{status.id}"


def test_correction_changes_what_stands_there(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world)
    receipt = publisher.send(publisher.compose(content(KEY, pictures=(picture("One", jpeg(30)),))), "", KEY)
    corrected = publisher.compose(content(OTHER, action="update", pictures=(picture("Two", jpeg(50)),)))
    assert publisher.update(receipt.external_id, corrected, "", OTHER).external_id == receipt.external_id

    [status] = statuses(world)
    assert status.text == corrected.text
    assert status.text.startswith("EXERCISE: Correction")
    assert [one.alt for one in status.media] == ["Two"]
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    with pytest.raises(Gone):
        publisher.update(receipt.external_id, corrected, "", OTHER)


def test_pictures_go_with_the_post(world: Exercise) -> None:  # noqa: F811
    publisher = opened(world)
    receipt = publisher.send(publisher.compose(content(KEY, pictures=(picture(),))), "", KEY)
    assert len(world.world.room(MastodonRoom).media) == 1
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    assert world.world.room(MastodonRoom).media == {}


@pytest.mark.parametrize("operation", ["upload", "describe"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_after", "slow", "throttle"])
def test_nothing_is_unknown_while_pictures_are_uploaded(world: Exercise, operation: str, kind: str) -> None:  # noqa: F811
    platform = OnMastodon(world, Path())
    platform.arm(kind, operation=operation, seconds=0.8)
    publisher = platform.publisher()
    with pytest.raises(TryLater):
        publisher.send(publisher.compose(content(KEY, pictures=(picture(),))), "", KEY)
    assert platform.seen() == []


@pytest.mark.parametrize("kind", ["drop_after", "error_after"])
def test_change_and_removal_without_an_answer_are_unknown(world: Exercise, kind: str) -> None:  # noqa: F811
    publisher = opened(world)
    receipt = publisher.send(publisher.compose(content(KEY)), "", KEY)
    platform = OnMastodon(world, Path())
    platform.arm(kind, operation="update")
    with pytest.raises(OutcomeUnknown):
        publisher.update(receipt.external_id, publisher.compose(content(OTHER, action="update")), "", OTHER)
    platform.arm(kind, operation="retract")
    with pytest.raises(OutcomeUnknown):
        publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))


def test_check_says_what_the_server_takes(world: Exercise) -> None:  # noqa: F811
    health = opened(world).check()
    assert (health.is_well, health.words) == (
        True,
        "Mastodon answers for @policia_prueba; this server takes 500 characters.",
    )
    smaller = opened(world, max_characters="800").check()
    assert (smaller.is_well, "500 characters" in smaller.words) == (False, True)


def test_server_that_takes_smaller_pictures_is_named(world: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("appeal.exercise.mastodon.PICTURES", 2)
    assert not opened(world).check().is_well


def test_removals_have_the_pace_of_the_platform() -> None:
    assert Mastodon.capabilities.removals == Pace(30, 1800.0)


def test_a_person_is_thanked_where_nobody_else_sees_it(world: Exercise) -> None:  # noqa: F811
    opened(world).thank(Post("Received.", language="en"), "ana@other.example 17", KEY)
    [status] = statuses(world)
    assert (status.text, status.visibility) == ("@ana@other.example Received.", "direct")
