"""One contract for every publisher of the table, against platforms that speak the real formats and can fail."""

import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from appeal import publishers
from appeal.exercise.app import Exercise
from appeal.publishers.base import (
    Find,
    FindsByKey,
    Found,
    LookUp,
    Publisher,
    Removal,
    Retracts,
    Settings,
    Shows,
    Thanks,
)
from appeal.rules.content import LINK_PLACEHOLDER, Content
from appeal.rules.errors import (
    ChannelStopped,
    ContentRefused,
    DoesNotFit,
    Gone,
    OutcomeUnknown,
    PublisherError,
    TryLater,
)
from appeal.wire.shown import NO_PICTURE
from tests.contracts.platforms import CASES, KEY, PLATFORMS, READ_SECONDS, TITLE, Platform
from tests.publishers.sample import content, picture, withdrawn

OTHER_KEY = "Zz9yXx8w"
LATE_SECONDS = 1.2
STRANGE_STATUS = 418

Test = TypeVar("Test", bound=Callable[..., None])


def case(name: str) -> Callable[[Test], Test]:
    """Say which case of the contract a test is about, so that a platform can say that it cannot happen there."""
    assert name in CASES

    def named(test: Test) -> Test:
        test.contract_case = name  # type: ignore[attr-defined]
        return test

    return named


@pytest.fixture(params=sorted(publishers.PUBLISHERS))
def platform(request: pytest.FixtureRequest, world: Exercise, tmp_path: Path) -> Iterator[Platform]:
    kind = PLATFORMS[request.param]
    reason = kind.cannot.get(request.function.contract_case)
    if reason:
        pytest.skip(reason)
    made: Platform = kind(world, tmp_path)
    yield made
    made.close()


def published(platform: Platform, publisher: Publisher, key: str = KEY) -> str:
    post = publisher.compose(sent_content(key))
    return publisher.send(post, platform.address, key).external_id


def sent_content(key: str = KEY) -> Content:
    return content(key, pictures=(picture(),))


def looked_up(platform: Platform, key: str = KEY) -> LookUp:
    publisher = platform.publisher()
    assert isinstance(publisher, FindsByKey)
    return publisher.find(key, platform.address, publisher.compose(sent_content(key)), datetime.now(UTC))


def until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never became so"


def is_found(platform: Platform) -> bool:
    return looked_up(platform).found == Found.THERE


def raised(platform: Platform, kind: type[PublisherError], publisher: Publisher | None = None) -> PublisherError:
    with pytest.raises(PublisherError) as caught:
        published(platform, publisher or platform.publisher())
    assert isinstance(caught.value, kind)
    return caught.value


def test_every_publisher_is_under_the_contract() -> None:
    assert set(PLATFORMS) == set(publishers.PUBLISHERS)
    assert {case for platform in PLATFORMS.values() for case in platform.cannot} <= set(CASES)
    for name, kind in publishers.PUBLISHERS.items():
        assert kind.name == name
        names = [setting.name for setting in kind.capabilities.settings]
        assert len(names) == len(set(names))


@case("published")
def test_post_goes_out_once_and_is_found(platform: Platform) -> None:
    external_id = published(platform, platform.publisher())

    assert external_id
    assert platform.seen() == [KEY]
    if platform.publisher().capabilities.find != Find.NONE:
        answer = looked_up(platform)
        assert answer.found == Found.THERE
        assert answer.receipt is not None
        assert answer.receipt.external_id == external_id


@case("published")
def test_composing_is_pure_and_an_exercise_says_so(platform: Platform) -> None:
    publisher = platform.publisher()
    posts = [publisher.compose(sent_content()) for _ in range(2)]

    assert posts[0].sha256() == posts[1].sha256()
    assert (posts[0].title or posts[0].text).startswith("EXERCISE")
    assert posts[0].text.startswith("EXERCISE")
    assert not publisher.compose(content(is_exercise=False)).text.startswith("EXERCISE")
    assert posts[0].length <= posts[0].limit


@case("published")
def test_the_link_is_as_long_as_its_placeholder(platform: Platform) -> None:
    publisher = platform.publisher()
    preview, sent = (publisher.compose(sent_content(key)) for key in (LINK_PLACEHOLDER, KEY))

    assert preview.text.replace(LINK_PLACEHOLDER, KEY) == sent.text
    assert preview.html.replace(LINK_PLACEHOLDER, KEY) == sent.html


@case("too long")
def test_what_may_not_be_cut_and_does_not_fit_is_refused(platform: Platform) -> None:
    with pytest.raises(DoesNotFit) as refused:
        platform.publisher().compose(platform.oversized(sent_content()))
    assert refused.value.reasons


@case("refused")
def test_content_that_is_refused_is_refused(platform: Platform) -> None:
    platform.arm("refuse")

    assert raised(platform, ContentRefused).words
    assert platform.seen() == []


@case("throttled")
def test_throttled_says_when_to_come_back(platform: Platform) -> None:
    platform.arm("throttle", seconds=40.0)

    later = raised(platform, TryLater)
    assert isinstance(later, TryLater)
    assert 30 <= later.after_seconds <= 300
    assert platform.seen() == []


@case("withheld by law")
def test_withheld_by_law_is_refused(platform: Platform) -> None:
    platform.arm("refuse", status=451)

    raised(platform, ContentRefused)


@case("lost before")
def test_connection_lost_before_publishing_is_never_called_a_failure(platform: Platform) -> None:
    platform.arm("drop_before")

    raised(platform, OutcomeUnknown)
    assert platform.seen() == []


@case("unreachable")
def test_platform_that_cannot_be_reached_certainly_published_nothing(platform: Platform) -> None:
    raised(platform, TryLater, platform.unreachable())
    assert platform.seen() == []


@case("timed out after")
def test_time_out_is_unknown_and_the_post_appears(platform: Platform) -> None:
    platform.arm("slow", seconds=READ_SECONDS + 0.6)

    raised(platform, OutcomeUnknown)
    if platform.goes_on:
        until(lambda: platform.seen() == [KEY])


@case("error after")
def test_error_after_publishing_is_unknown(platform: Platform) -> None:
    platform.arm("error_after")

    raised(platform, OutcomeUnknown)
    assert platform.seen() == [KEY]


@case("error after")
def test_answer_nobody_foresaw_is_unknown(platform: Platform) -> None:
    platform.arm("error_after", status=STRANGE_STATUS)

    raised(platform, OutcomeUnknown)
    assert platform.seen() == [KEY]


@case("dropped after")
def test_connection_dropped_after_publishing_is_unknown(platform: Platform) -> None:
    platform.arm("drop_after")

    raised(platform, OutcomeUnknown)
    assert platform.seen() == [KEY]


@case("published late")
def test_published_late_is_unknown_until_it_is_there(platform: Platform) -> None:
    platform.arm("publish_late", seconds=LATE_SECONDS)

    raised(platform, OutcomeUnknown)
    assert platform.seen() == []
    until(lambda: platform.seen() == [KEY])


@case("listed late")
def test_listed_late_is_found_in_the_end(platform: Platform) -> None:
    platform.arm("list_late", seconds=LATE_SECONDS)
    published(platform, platform.publisher())

    assert looked_up(platform).found == Found.NOT_THERE
    until(lambda: is_found(platform))


@case("looked up")
def test_look_up_finds_what_was_lost_on_the_way_and_nothing_else(platform: Platform) -> None:
    published(platform, platform.publisher(), OTHER_KEY)
    assert looked_up(platform).found == Found.NOT_THERE
    platform.arm("drop_after")
    raised(platform, OutcomeUnknown)

    answer = looked_up(platform)
    assert answer.found == Found.THERE
    assert answer.receipt is not None
    assert answer.receipt.external_id


@case("credentials revoked")
def test_revoked_credentials_stop_the_channel(platform: Platform) -> None:
    raised(platform, ChannelStopped, platform.revoked())

    assert platform.seen() == []
    assert not platform.revoked().check().is_well
    assert platform.publisher().check().is_well


@case("retracted")
def test_retracted_post_is_gone(platform: Platform) -> None:
    publisher = platform.publisher()
    assert isinstance(publisher, Retracts)
    assert publisher.capabilities.removal == Removal.REMOVES
    external_id = published(platform, publisher)
    assert publisher.is_out(external_id).found == Found.THERE

    publisher.retract(external_id, publisher.compose(withdrawn(KEY)))

    assert publisher.is_out(external_id).found == Found.NOT_THERE
    assert platform.seen() == []


@case("retracted")
def test_what_everybody_sees_can_be_kept_before_it_goes(platform: Platform) -> None:
    publisher = platform.publisher()
    if not isinstance(publisher, Shows):
        pytest.skip("This platform shows us nothing of what stands there.")
    external_id = published(platform, publisher)

    seen = publisher.shown(external_id)

    assert TITLE in seen.text
    assert [data[:2] for data, _alt in seen.pictures] == [b"\xff\xd8"]
    assert NO_PICTURE not in seen.missing
    publisher.retract(external_id, publisher.compose(withdrawn(KEY)))
    with pytest.raises(Gone):
        publisher.shown(external_id)


@case("retracted twice")
def test_retracting_what_is_not_there_is_gone(platform: Platform) -> None:
    publisher = platform.publisher()
    assert isinstance(publisher, Retracts)
    external_id = published(platform, publisher)
    publisher.retract(external_id, publisher.compose(withdrawn(KEY)))

    with pytest.raises(Gone):
        publisher.retract(external_id, publisher.compose(withdrawn(KEY)))


@case("follows up")
def test_withdrawal_follows_the_message(platform: Platform) -> None:
    publisher = platform.publisher()
    assert publisher.capabilities.removal == Removal.FOLLOWS_UP
    published(platform, publisher)
    post = publisher.compose(withdrawn(OTHER_KEY))

    publisher.send(post, platform.address, OTHER_KEY)

    assert platform.seen() == [KEY, OTHER_KEY]
    assert post.text.startswith("EXERCISE")
    assert "This appeal is no longer shown." in post.text
    assert "bridge" not in post.text + post.title + post.html


@case("credentials revoked")
@pytest.mark.parametrize("kind", ["refuse", "throttle", "error_after", "drop_after", "none"])
def test_no_error_and_no_log_tells_a_secret(platform: Platform, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    publisher = platform.revoked() if kind == "none" else platform.publisher()
    if kind != "none":
        platform.arm(kind)
    with pytest.raises(PublisherError) as caught:
        published(platform, publisher)

    error = caught.value
    told = "".join(traceback.format_exception(error)) + error.words + error.detail + caplog.text
    told += repr(publisher) + repr(publisher.__dict__)
    assert [word for word in ("-secret", platform.address or KEY) if word in told] == []


@pytest.mark.parametrize("name", sorted(publishers.PUBLISHERS))
def test_no_two_copies_read_alike_where_the_platform_takes_words_only_once(name: str) -> None:
    publisher = publishers.get(name)
    if publisher.capabilities.refuses_duplicates:
        made = publisher(Settings({}))
        assert made.compose(content(KEY)).text != made.compose(content(OTHER_KEY)).text


@pytest.mark.parametrize("name", sorted(publishers.PUBLISHERS))
def test_a_publisher_thanks_people_or_says_why_it_does_not(name: str) -> None:
    publisher = publishers.get(name)
    assert isinstance(publisher(Settings({})), Thanks) is not bool(publisher.capabilities.no_thanks)
