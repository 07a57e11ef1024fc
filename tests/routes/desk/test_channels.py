"""The channels' pages: connected after a test, resumed, and lists whose addresses nobody sees."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal import db, publishers
from appeal.db import dispose_engines
from appeal.models.release import Channel, ChannelAddress
from appeal.publishers.base import Capabilities, Health, Setting, Settings
from appeal.routes.desk import channels as channel_pages
from appeal.rules.permissions import SYSTEM
from appeal.services import channels
from tests.desk import NOW, post
from tests.routes.desk.duty import acts, duty_app, get, press, signed_in


class Notes:
    """A publisher of its own for these pages; it works with one password only."""

    name = "notes"
    capabilities = Capabilities(
        label="Notes",
        text_limit=1234,
        counts="characters",
        is_list=True,
        settings=(Setting("host", "Note server"), Setting("password", "Note password", is_secret=True)),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def check(self) -> Health:
        is_well = self._settings.get("password") == "right secret"
        return Health(is_well, "It answers." if is_well else "It refuses the password.")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(publishers, "PUBLISHERS", {**publishers.PUBLISHERS, "notes": Notes})
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, channel_pages)
    dispose_engines()


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    return signed_in(app, "boss", "administrator")


def connected(app: Flask, publisher: str = "notes", password: str = "right secret") -> int:
    with app.app_context():
        return channels.connect(
            SYSTEM,
            publisher=publisher,
            name=f"Our {publisher}",
            language="en",
            settings={},
            secrets={"password": password} if publisher == "notes" else {},
            now=NOW,
        )


def every(app: Flask) -> list[Channel]:
    with app.app_context():
        return channels.every()


FIELDS = {"name": "North list", "language": "es", "setting_host": "notes.example"}


def test_an_empty_list_says_what_to_connect_and_what_each_can_do(boss: FlaskClient) -> None:
    shown = get(boss, "/channels").text
    assert "No channel yet" in shown
    assert "up to 1,234, counted in characters" in shown
    assert "up to 280, counted in weighted characters" in shown


def test_a_channel_is_connected_after_its_test(app: Flask, boss: FlaskClient) -> None:
    assert get(boss, "/channels/connect?publisher=notes").headers["Location"] == "/channels/connect/notes"
    shown = press(boss, "/channels/connect/notes", "/channels/connect/notes", **FIELDS, setting_password="right secret")

    assert "North list works: It answers." in shown.text
    (channel,) = every(app)
    assert (channel.publisher, channel.name, channel.language) == ("notes", "North list", "es")
    assert channel.settings == {"host": "notes.example"}
    assert "right secret" not in shown.text
    assert acts(app) == [("officer:1", "connect channel")]


def test_text_messages_to_officers_are_set_up_by_the_same_form(
    app: Flask, boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(publishers.PUBLISHERS, "sms", Notes)
    here, secret = "/channels/connect/sms", {"setting_password": "right secret"}
    assert "What it is for" not in get(boss, "/channels/connect/notes").text
    shown = press(boss, here, here, **FIELDS, **secret, purpose="pages")

    assert "Pages to officers on call" in shown.text
    (channel,) = every(app)
    assert (channel.publisher, channel.purpose) == ("sms", "pages")


def test_a_failed_test_keeps_nothing_but_what_was_typed(app: Flask, boss: FlaskClient) -> None:
    here = "/channels/connect/notes"
    shown = post(boss, here, **FIELDS, setting_password="wrong secret")
    assert shown.status_code == 400
    assert "The test failed, so nothing was kept. It said: It refuses the password." in shown.text
    assert "notes.example" in shown.text
    assert "wrong secret" not in shown.text
    assert every(app) == []

    shown = press(boss, here, here, **FIELDS, setting_password="wrong secret", anyway="y")
    assert "North list does not work: It refuses the password." in shown.text
    assert [one.name for one in every(app)] == ["North list"]


def test_a_channel_needs_a_name_of_its_own(app: Flask, boss: FlaskClient) -> None:
    connected(app)
    here = "/channels/connect/notes"
    assert "Give the channel a name." in post(boss, here, language="en").text
    again = post(boss, here, name="Our notes", language="en", setting_password="right secret")
    assert "There is a channel with this name already." in again.text
    assert get(boss, "/channels/connect/nothing").status_code == 404


def test_health_is_asked_for_by_a_press_only(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app, password="another")
    assert "refuses" not in get(boss, "/channels").text
    shown = press(boss, f"/channels/{channel}/check", "/channels").text
    assert "Our notes does not work: It refuses the password." in shown
    assert post(boss, "/channels/99/check", "/channels").status_code == 404


def test_a_stopped_channel_says_why_and_goes_on(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app)
    with app.app_context():
        channels.stop(channel, reason="The account is suspended.", now=NOW)
    assert "The account is suspended." in get(boss, "/channels").text

    shown = press(boss, f"/channels/{channel}/resume", "/channels").text

    assert "The account is suspended." not in shown
    assert every(app)[0].stopped_reason == ""


def test_addresses_are_added_counted_and_never_shown(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app)
    here = f"/channels/{channel}/addresses"

    shown = press(boss, here, here, lines="one@press.example\n\n Two@press.example \none@press.example\n").text
    assert "Added: 2. On the list already: 0." in shown
    assert "2 addresses get what is sent." in shown
    assert "@press.example" not in shown
    shown = press(boss, here, here, lines="two@press.example\nthree@press.example").text
    assert "Added: 1. On the list already: 1." in shown
    with app.app_context(), db.reading() as session:
        assert not any(b"press" in row.sealed_address for row in session.query(ChannelAddress))
    assert acts(app, f"channel:{channel}")[1:] == [("officer:1", "add addresses")] * 2


def test_wrong_lines_are_named_and_nothing_is_added(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app)
    here = f"/channels/{channel}/addresses"
    shown = post(boss, here, lines="one@press.example\nnonsense\n\n@")
    assert shown.status_code == 400
    assert "These lines are no addresses for this list: 2, 4" in shown.text
    assert "nonsense" in shown.text
    assert "0 addresses get what is sent." in get(boss, here).text


def test_numbers_are_checked_and_tidied_for_a_list_of_telephones(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app, "sms")
    here = f"/channels/{channel}/addresses"
    assert "no addresses for this list: 1" in post(boss, here, lines="600 111 222").text
    assert "Added: 1." in press(boss, here, here, lines="+34 600 111-222\n+34600111222").text


def test_who_opted_out_gets_nothing_and_is_not_added_again(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app)
    here = f"/channels/{channel}/addresses"
    press(boss, here, here, lines="one@press.example")

    refused = post(boss, f"{here}/opt-out", here, listed="two@press.example")
    assert "This address is not on the list." in refused.text
    assert "two@press.example" in refused.text
    shown = press(boss, f"{here}/opt-out", here, listed="ONE@press.example").text
    assert "Nothing more goes to this address." in shown
    assert "1 wants nothing more." in shown
    again = press(boss, here, here, lines="one@press.example").text
    assert "Not added because they opted out: 1." in again
    assert "0 addresses get what is sent." in again


def test_a_place_has_no_addresses(app: Flask, boss: FlaskClient) -> None:
    channel = connected(app, "x")
    assert get(boss, f"/channels/{channel}/addresses").status_code == 404
    assert post(boss, f"/channels/{channel}/addresses", "/channels", lines="a@b.example").status_code == 404


@pytest.mark.parametrize("role", ["author", "approver", "triager", "auditor", "observer"])
def test_other_roles_see_and_change_nothing(app: Flask, role: str) -> None:
    client = signed_in(app, role, role)
    channel = connected(app)
    here = f"/channels/{channel}"
    for address in ("/channels", "/channels/connect/notes", f"{here}/addresses"):
        assert get(client, address).status_code == 403
    for address in (f"{here}/check", f"{here}/resume", f"{here}/addresses", f"{here}/addresses/opt-out"):
        assert post(client, address, "/account").status_code == 403
