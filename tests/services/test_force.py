"""The force's settings: defaults, changes with their reasons refused, and a mode that never changes."""

import pytest

from appeal.db import reading
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import BadInput, ConfigurationWrong, NotAllowed
from appeal.rules.force import DEFAULTS
from appeal.services import force
from tests.factories import NOON, People


def test_what_was_never_set_has_its_default(people: People) -> None:
    assert force.settings() == DEFAULTS


def test_a_change_is_kept_and_noted_without_its_value(people: People) -> None:
    force.change(people.administrator, values={"force_name": "Canary Police", "cover_minutes": "30"}, now=NOON)
    assert force.settings() == {**DEFAULTS, "force_name": "Canary Police", "cover_minutes": "30"}
    with reading() as session:
        (entry,) = session.query(LedgerEntry).filter_by(action="change settings")
        assert not any("Canary" in str(value) for value in vars(entry).values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("cover_minutes", "soon"),
        ("cover_minutes", "1441"),
        ("review_days", "-1"),
        ("claim_minutes", ""),
        ("colour", "blue"),
    ],
)
def test_what_is_impossible_is_refused_at_its_field_and_nothing_is_kept(people: People, name: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        force.change(people.administrator, values={"force_name": "Other", name: value}, now=NOON)
    assert list(caught.value.fields) == [name]
    assert force.settings() == DEFAULTS


@pytest.mark.parametrize("role", ["author", "approver", "triager", "auditor", "observer"])
def test_only_administrators_change_settings(people: People, role: str) -> None:
    with pytest.raises(NotAllowed):
        force.change(getattr(people, role), values={"force_name": "Other"}, now=NOON)


def test_the_mode_is_written_once_and_never_changed(people: People) -> None:
    force.bind_mode("exercise")
    force.bind_mode("exercise")
    with pytest.raises(ConfigurationWrong, match="created in exercise mode"):
        force.bind_mode("live")
