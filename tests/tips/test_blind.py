"""The blind index on both databases: groups, order, limits, putting anew and taking out."""

from flask import Flask
from sqlalchemy import text

from appeal.db import reading, writing
from appeal.models.tip import Tip
from appeal.tips import blind
from tests.factories import NOON

ON_POSTGRES_TOO = True


def fill(core: Flask) -> None:
    with core.app_context(), writing() as session:
        for tip_id in (11, 12, 13, 2**62):
            session.add(Tip(id=tip_id, source="sms", received_at=NOON, rank=tip_id, reasons=[]))
        session.flush()
        for tip_id, words in ((11, "red van"), (12, "red car"), (13, "blue van"), (2**62, "red van bus")):
            blind.put(session, tip_id, [blind.token("w", word) for word in words.split()], NOON)


def asked(*groups: str, limit: int = 10, before: int | None = None) -> list[int]:
    tokens = [[blind.token("w", word) for word in group.split()] for group in groups]
    with reading() as session:
        return [tip_id for _number, tip_id in blind.matches(session, tokens, limit=limit, before=before)]


def test_a_tip_fits_with_one_token_of_every_group_and_the_newest_come_first(core: Flask) -> None:
    fill(core)
    assert asked("red") == [2**62, 12, 11]
    assert asked("red blue", "van") == [2**62, 13, 11]
    assert asked("bus", "blue") == asked("lorry") == asked() == []
    assert asked("red", limit=1) == [2**62]
    assert asked("red", before=2) == [11]


def test_a_tip_that_is_put_anew_loses_its_old_tokens(core: Flask) -> None:
    fill(core)
    with writing() as session:
        blind.put(session, 11, [blind.token("w", "lorry")], NOON)
    assert asked("lorry") == [11]
    assert asked("red") == [2**62, 12]


def test_what_is_taken_out_leaves_no_row(core: Flask) -> None:
    fill(core)
    with writing() as session:
        assert [blind.remove(session, tip_id) for tip_id in (11, 12, 13, 2**62, 5)] == [True] * 4 + [False]
        assert session.execute(text("SELECT count(*) FROM tip_indexes")).scalar() == 0
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("INSERT INTO tip_tokens (tip_tokens) VALUES ('integrity-check')"))
    assert asked("red") == asked("van") == []


def test_one_term_has_another_hash_as_another_kind(core: Flask) -> None:
    assert len({blind.token(kind, "red") for kind in "wscfhplbuaoingmdk"}) == 17
    assert len(blind.key_id()) == 16
