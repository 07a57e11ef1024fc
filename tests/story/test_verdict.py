"""The verdict sees what was posted twice, never arrived or is still up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from appeal.story.stored import CopyRow, Tally
from appeal.story.verdict import ChannelLine, Verdict, channel_lines, left_up, posted_wrongly, removed_at

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OUT = CopyRow(
    id=1,
    channel_id=1,
    channel="X",
    publisher="x",
    kind="publish",
    key="aaaaaaaa",
    state="sent",
    external_id="77",
    permalink="",
    due_at=AT,
    sent_at=AT + timedelta(seconds=4),
    gone_at=None,
    target_id=None,
    planned_at=AT,
    site_up_at=AT + timedelta(seconds=1),
    unknowns=0,
)
GONE = replace(OUT, id=2, kind="retract", key="bbbbbbbb", target_id=1, gone_at=AT + timedelta(seconds=60))
MAIL = replace(OUT, id=3, channel="Press", publisher="email", key="cccccccc", external_id="<m>")
TOLD = replace(MAIL, id=4, kind="retract", key="dddddddd", target_id=3, sent_at=AT + timedelta(seconds=70))
GOOD = Verdict((), Tally(3, 3, 0, 0), 1.0, 2.0, 9, (), (), (), 1, 1, 0, 0, 5.0)


def world(*keys: str) -> dict[str, Any]:
    return {"posts": [{"keys": [key]} for key in keys], "texts": [], "mails": []}


def test_what_came_once_and_is_gone_is_right() -> None:
    copies = [OUT, GONE, MAIL, TOLD]
    assert posted_wrongly(copies, world("aaaaaaaa", "cccccccc", "dddddddd")) == ([], [])
    assert left_up(copies, [], {"/en/x": 410, "/pictures/1.jpg": 404}) == []
    assert removed_at(copies) == AT + timedelta(seconds=70)


def test_what_came_twice_or_never_is_named() -> None:
    twice, never = posted_wrongly([OUT, MAIL], world("aaaaaaaa", "aaaaaaaa"))
    assert twice == ["X: copy 1 (publish) went out 2 times"]
    assert never == ["Press: copy 3 (publish) never arrived"]


def test_a_failed_copy_need_not_arrive_but_must_not_be_there_twice() -> None:
    failed = replace(OUT, state="failed")
    assert posted_wrongly([failed], world()) == ([], [])
    assert posted_wrongly([failed], world("aaaaaaaa", "aaaaaaaa"))[0] != []


def test_what_is_still_up_is_named() -> None:
    assert left_up([OUT], [], {}) == ["X: copy 1 was sent and is not known to be gone"]
    assert left_up([OUT, replace(GONE, gone_at=None)], [], {}) == ["X: copy 1 was sent and is not known to be gone"]
    assert left_up([MAIL, replace(TOLD, state="asked")], [], {}) == [
        "Press: copy 3 was sent and is not known to be gone"
    ]
    assert left_up([OUT, GONE], ["77", "99"], {}) == ["X: post 77 can be seen"]
    assert left_up([OUT, GONE], [], {"/en/x": 200}) == ["site: /en/x answers 200"]


def test_seconds_count_from_the_moment_a_copy_could_go() -> None:
    site = replace(OUT, channel="Site", publisher="site", sent_at=AT + timedelta(seconds=2))
    asked = replace(OUT, id=5, unknowns=1, state="failed", sent_at=None)
    assert channel_lines([site, OUT, asked, GONE], [5], AT) == [
        ChannelLine("Site", 1, 0, 0, 0, 2.0),
        ChannelLine("X", 1, 1, 1, 1, 3.0),
    ]


def test_only_a_story_without_any_fault_is_good() -> None:
    assert GOOD.is_good
    assert "Nothing was lost" in GOOD.as_table()
    for change in (
        {"messages": Tally(3, 2, 1, 0)},
        {"messages": Tally(3, 4, 0, 1)},
        {"posted_twice": ("a",)},
        {"never_posted": ("a",)},
        {"left_up": ("a",)},
        {"assessed": 0},
        {"assessed": 0},
        {"ledger_entries": 0},
    ):
        bad = replace(GOOD, **change)  # type: ignore[arg-type]
        assert not bad.is_good
        assert "NOT GOOD" in bad.as_table()
        assert '"is_good": false' in bad.as_json()
