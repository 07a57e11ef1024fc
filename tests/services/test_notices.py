"""Mail to officers: kept with what causes it, sent afterwards, tried again, saying no name."""

from datetime import timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.notice import Notice
from appeal.rules.errors import TryLater
from appeal.rules.permissions import Permission
from appeal.services import notices
from tests.factories import NOON, People

Sent = list[tuple[str, str, str]]


def tell(ids: list[int]) -> None:
    with writing() as session:
        notices.tell(session, officer_ids=ids, kind="k", subject="Something waits", path="/appeals/1", now=NOON)


def test_each_officer_is_told_once(people: People) -> None:
    tell([1, 2, 1])
    sent: Sent = []
    assert notices.are_due(now=NOON)
    assert notices.send_due(lambda *mail: sent.append(mail), now=NOON) == 2
    assert sent == [
        (f"{name}@force.example", "Something waits", "Something waits\n\nhttp://127.0.0.1:8001/appeals/1\n")
        for name in ("author", "approver")
    ]
    assert notices.send_due(lambda *mail: sent.append(mail), now=NOON + timedelta(days=1)) == 0
    assert not notices.are_due(now=NOON + timedelta(days=1))


def test_who_may_is_told_and_who_was_let_go_is_not(people: People) -> None:
    with writing() as session:
        notices.tell_permitted(session, Permission.APPROVE, kind="k", subject="s", path="/", now=NOON)
    with reading() as session:
        assert [one.officer.name for one in session.query(Notice).order_by(Notice.id)] == ["Approver", "Other_Approver"]


def test_nothing_is_told_of_what_did_not_happen(people: People) -> None:
    def fail() -> None:
        with writing() as session:
            notices.tell(session, officer_ids=[1], kind="k", subject="s", path="/", now=NOON)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        fail()
    assert not notices.are_due(now=NOON)


def test_one_that_fails_is_tried_again_and_stops_no_other(people: People) -> None:
    tell([1, 2])
    sent: Sent = []

    def send(*mail: str) -> None:
        if mail[0].startswith("author") and not sent[1:]:
            sent.append(("", "", ""))
            raise TryLater("not now")
        sent.append(mail)  # type: ignore[arg-type]

    assert notices.send_due(send, now=NOON) == 1
    assert notices.send_due(send, now=NOON + timedelta(minutes=1)) == 0
    assert notices.waiting() == 0
    assert notices.send_due(send, now=NOON + timedelta(minutes=2)) == 1
    assert [one[0] for one in sent] == ["", "approver@force.example", "author@force.example"]


def test_what_never_leaves_is_given_up(people: People) -> None:
    tell([1])

    def send(*_mail: str) -> None:
        raise TryLater("never")

    for day in range(30):
        notices.send_due(send, now=NOON + timedelta(days=day))
    with reading() as session:
        assert session.query(Notice).one().tries == notices.MOST_TRIES
