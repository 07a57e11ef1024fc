"""Wrong configuration stops the start with one list of all mistakes."""

from pathlib import Path

import pytest

from appeal.config import SETTINGS, load_config
from appeal.rules.errors import ConfigurationWrong

LIVE = {
    "APPEAL_MODE": "live",
    "APPEAL_PUBLIC_URL": "https://appeals.force.example",
    "APPEAL_DESK_URL": "https://desk.force.example",
    "APPEAL_MAIL_URL": "smtp://mail.force.example",
}


def mistakes(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationWrong) as caught:
        load_config(environ)
    return caught.value.mistakes


def test_nothing_set_is_an_exercise_on_this_machine() -> None:
    config = load_config({})
    assert (config.is_exercise, config.host, config.public_url) == (True, "127.0.0.1", "http://127.0.0.1:8000")
    assert config.database_url == f"sqlite:///{config.instance / 'appeal.sqlite3'}"
    assert {config.keys.parent, config.files.parent, config.site.parent} == {config.instance}


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    config = load_config({**LIVE, "APPEAL_INSTANCE": str(tmp_path), "APPEAL_PUBLIC_PORT": "9000", "APPEAL_HOST": "::1"})
    assert (config.instance, config.public_port, config.host) == (tmp_path, 9000, "::1")
    assert config.public_url == "https://appeals.force.example"


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    assert load_config({"APPEAL_PUBLIC_URL": "http://a.example/"}).public_url == "http://a.example"


def test_all_mistakes_are_named_at_once() -> None:
    found = mistakes({"APPEAL_PUBLIC_PORT": "many", "APPEAL_SETTLE_SCALE": "0", "APPEAL_COLOUR": "blue"})
    assert [one.split(" ")[0] for one in found] == ["APPEAL_COLOUR", "APPEAL_PUBLIC_PORT", "APPEAL_SETTLE_SCALE"]


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"APPEAL_MODE": "test"}, "APPEAL_MODE"),
        ({"APPEAL_HOST": "0.0.0.0"}, "APPEAL_HOST"),
        ({"APPEAL_PUBLIC_PORT": "0"}, "APPEAL_PUBLIC_PORT"),
        ({"APPEAL_PUBLIC_PORT": "65536"}, "APPEAL_PUBLIC_PORT"),
        ({"APPEAL_PUBLIC_PORT": "8001"}, "must differ"),
        ({"APPEAL_PUBLIC_URL": "ftp://a.example"}, "APPEAL_PUBLIC_URL"),
        ({"APPEAL_SETTLE_SCALE": "fast"}, "APPEAL_SETTLE_SCALE"),
        ({**LIVE, "APPEAL_SETTLE_SCALE": "0.5"}, "APPEAL_SETTLE_SCALE"),
        ({**LIVE, "APPEAL_PUBLIC_URL": "http://a.example"}, "APPEAL_PUBLIC_URL"),
        ({**LIVE, "APPEAL_DESK_URL": ""}, "APPEAL_DESK_URL"),
        ({**LIVE, "APPEAL_MAIL_URL": ""}, "APPEAL_MAIL_URL"),
    ],
)
def test_each_mistake_is_named(environ: dict[str, str], named: str) -> None:
    (found,) = mistakes(environ)
    assert named in found


def test_no_secret_is_shown() -> None:
    config = load_config(
        {**LIVE, "APPEAL_MAIL_URL": "smtp://u:hidden@a", "APPEAL_DATABASE_URL": "postgresql://u:hidden@a"}
    )
    assert "hidden" not in repr(config)


def test_every_setting_has_a_sentence() -> None:
    assert all(name.startswith("APPEAL_") and len(words) > 20 for name, _default, words in SETTINGS)
