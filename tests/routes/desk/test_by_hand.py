"""What waits for a person is shown with its words and pictures, settled once, and on the list of removals."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, reading
from appeal.models.ledger import LedgerEntry
from appeal.models.release import Channel, Copy
from appeal.rules.permissions import SYSTEM
from appeal.services import appeals, by_hand, channels, deliveries, lookups, outcomes
from tests import appeals_desk as desk
from tests import factories
from tests.appeals_desk import AUTHOR, BASE, NOON, OBSERVER

PAGE = "/by-hand"
LINK = "https://neighbours.example/posts/17"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An appeal that is approved for the site and for a place by hand; the engine did its part."""
    with time_machine.travel(NOON, tick=False):
        found = desk.create(tmp_path)
        with found.app_context():
            channels.connect(
                SYSTEM,
                publisher="assisted",
                name="Neighbours",
                language="en",
                settings={"place_url": "https://neighbours.example/new", "how": "Sign in as the station."},
                secrets={},
                now=NOON,
            )
            desk.launched()
            desk.all_out()
            desk.set_copies("assisted", state="pending", reason="", due_at=NOON)
            ran()
        yield found
    dispose_engines()


def ran(now: datetime = NOON) -> None:
    """What the engine does for the place: send what is due, and look after what is not known."""
    with reading() as session:
        own = session.query(Channel.id).filter_by(publisher="assisted").scalar()
    for wake in deliveries.queue_due(now=now, channel_id=own):
        factories.send(wake.copy_id, now=now)
    for copy_id in lookups.take_unknown(now=now + timedelta(seconds=5)):
        lookups.look(copy_id, now=now + timedelta(seconds=5))


def copy_of(kind: str = "publish") -> Copy:
    with reading() as session:
        rows = session.query(Copy).order_by(Copy.id).populate_existing()
        found = [one for one in rows if one.delivery.channel.publisher == "assisted" and one.delivery.kind == kind]
    return found[-1]


def state(app: Flask, kind: str = "publish") -> tuple[str, str]:
    with app.app_context():
        copy = copy_of(kind)
        return copy.state, copy.permalink


def test_nothing_is_sent_and_the_copy_waits_for_a_person(app: Flask) -> None:
    assert state(app) == ("asked", "")
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert "Neighbours: Man wanted for murder" in shown
    assert "waits for a person to post it" in shown


def test_page_gives_words_to_copy_and_pictures_to_download(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    with app.app_context():
        copy_id, post = copy_of().id, by_hand.post(copy_of().id)
    shown = client.get(f"{PAGE}/{copy_id}", base_url=BASE).text
    assert desk.unescape(shown).count(post.text) == 1
    assert copy_of_key(app) in post.text
    assert 'href="https://neighbours.example/new"' in shown
    assert "Sign in as the station." in shown
    assert client.get(f"{PAGE}/{copy_id}/pictures/1", base_url=BASE).status_code == 404


def copy_of_key(app: Flask) -> str:
    with app.app_context():
        return copy_of().key


def test_person_posts_it_and_pastes_where_it_stands(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    address = f"{PAGE}/{copy_id_of(app)}"

    empty = desk.press(client, address, address, answer="yes", permalink=" ")
    assert empty.status_code == 400
    assert "Paste the address of the post" in empty.text
    sent = desk.form_fields(client.get(address, base_url=BASE), address, answer="yes", permalink=LINK)
    for _ in range(2):
        assert client.post(address, data=sent, base_url=BASE).status_code == 302

    assert state(app) == ("sent", LINK)
    with app.app_context(), reading() as session:
        acts = [one.actor for one in session.query(LedgerEntry).filter_by(action="settle copy")]
        own = session.query(Channel).filter_by(publisher="assisted").one()
        standing = next(one for one in outcomes.overview(1) if one.channel.id == own.id)
    assert acts == ["officer:1"]
    assert (standing.state, standing.links) == ("out", (LINK,))


def copy_id_of(app: Flask, kind: str = "publish") -> int:
    with app.app_context():
        return copy_of(kind).id


def test_what_was_not_posted_is_cancelled(app: Flask) -> None:
    address = f"{PAGE}/{copy_id_of(app)}"
    assert desk.press(desk.sign_in(app, AUTHOR), address, address, answer="no").status_code == 302
    assert state(app) == ("cancelled", "")


def test_what_stands_there_is_on_the_list_until_a_named_person_removed_it(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    address = f"{PAGE}/{copy_id_of(app)}"
    desk.press(client, address, address, answer="yes", permalink=LINK)
    with app.app_context():
        appeals.take_down(desk.actor(AUTHOR), appeal_id=1, reason="found", now=NOON)
        ran()
    assert state(app, "retract")[0] == "asked"

    shown = client.get(PAGE, base_url=BASE).text
    assert "a person has to remove it" in shown
    assert f'href="{LINK}"' in shown
    removed = f"/deliveries/copies/{copy_id_of(app, 'retract')}/removed"
    assert desk.press(client, "/appeals/1/deliveries", removed).status_code == 302
    with app.app_context():
        assert copy_of("retract").gone_by_id == desk.actor(AUTHOR).id
        assert by_hand.waiting() == []


def test_taken_down_before_it_was_posted_says_do_not_post(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    address = f"{PAGE}/{copy_id_of(app)}"
    with app.app_context():
        appeals.take_down(desk.actor(AUTHOR), appeal_id=1, reason="found", now=NOON)
    assert "taken down: do not post" in client.get(PAGE, base_url=BASE).text
    shown = client.get(address, base_url=BASE).text
    assert "This appeal was taken down. Do not post it." in shown
    assert "He fled on foot" not in shown
    assert desk.press(client, address, address, answer="no").status_code == 302
    with app.app_context():
        ran(NOON + timedelta(minutes=2))
    assert state(app, "retract")[0] == "cancelled"


def test_observer_may_not_and_unknown_numbers_are_not_found(app: Flask) -> None:
    observer, author = desk.sign_in(app, OBSERVER), desk.sign_in(app, AUTHOR)
    assert observer.get(PAGE, base_url=BASE).status_code == 403
    assert author.get(f"{PAGE}/99", base_url=BASE).status_code == 404
    assert author.get(f"{PAGE}/99/pictures/1", base_url=BASE).status_code == 404


def test_empty_page_says_how_it_fills(app: Flask) -> None:
    address = f"{PAGE}/{copy_id_of(app)}"
    client = desk.sign_in(app, AUTHOR)
    desk.press(client, address, address, answer="no")
    assert "Nothing waits to be posted" in client.get(PAGE, base_url=BASE).text
