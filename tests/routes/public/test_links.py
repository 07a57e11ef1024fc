"""Short links lead to the page and are counted without anybody's address; and the page that watches the process."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from appeal.db import reading, writing
from appeal.models.appeal import Appeal, Approval, Revision
from appeal.models.people import User
from appeal.models.release import Channel, Copy, Delivery, LinkVisit, Release
from appeal.rules.clock import now

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def key(client: FlaskClient) -> str:
    """The key of one copy of a post in Spanish."""
    with writing() as session:
        session.add_all(User(id=n, name=str(n), email=str(n), fs_uniquifier=str(n)) for n in (1, 2))
        session.flush()
        appeal = Appeal(public_id="k3v9q2mx7d", kind="wanted", author_id=1, created_at=NOW)
        revision = Revision(appeal=appeal, number=1, author_id=1, created_at=NOW)
        channel = Channel(publisher="x", name="X", language="es", created_at=NOW)
        session.add_all([appeal, revision, channel])
        session.flush()
        approval = Approval(
            revision_id=revision.id,
            content_sha256="",
            author_id=1,
            approver_id=2,
            approved_at=NOW,
            legal_basis="",
            necessity="",
            proportionality="",
            statement="",
            review_on=NOW.date(),
            posts={},
        )
        session.add(approval)
        session.flush()
        release = Release(
            appeal_id=appeal.id, revision_id=revision.id, approval_id=approval.id, kind="first", created_at=NOW
        )
        session.add(release)
        session.flush()
        delivery = Delivery(release_id=release.id, channel_id=channel.id, kind="publish", created_at=NOW)
        session.add(delivery)
        session.flush()
        session.add(Copy(delivery_id=delivery.id, channel_id=channel.id, key="abcd2345", due_at=NOW))
    return "abcd2345"


def visits() -> list[tuple[str, int]]:
    with reading() as session:
        return [(row.key, row.count) for row in session.scalars(select(LinkVisit))]


def test_link_leads_to_the_page_and_is_counted_by_the_hour(client: FlaskClient, key: str) -> None:
    began = now().replace(minute=0, second=0, microsecond=0)
    for _ in range(3):
        answer = client.get(f"/r/{key}")
        assert (answer.status_code, answer.location) == (302, "/es/appeals/k3v9q2mx7d/")
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert sum(number for _, number in visits()) == 3
    with reading() as session:
        assert all(row.hour >= began for row in session.scalars(select(LinkVisit)))


def test_look_without_visit_is_not_counted(client: FlaskClient, key: str) -> None:
    assert client.head(f"/r/{key}").status_code == 302
    assert visits() == []


def test_unknown_link_leads_to_the_list(client: FlaskClient, key: str) -> None:
    assert client.get("/r/nothing1").location == "/"
    assert visits() == []


def test_nobody_is_kept_from_the_page_by_the_count(
    client: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_a: object, **_k: object) -> None:
        raise OperationalError("", {}, Exception("locked"))

    monkeypatch.setattr("appeal.services.visits.count", fails)
    assert client.get(f"/r/{key}").location == "/es/appeals/k3v9q2mx7d/"


def test_health_is_the_databases(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (client.get("/health").status_code, client.get("/health").text) == (200, "ok\n")

    def fails() -> None:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr("appeal.routes.public.health.db.reading", fails)
    assert client.get("/health").status_code == 503
