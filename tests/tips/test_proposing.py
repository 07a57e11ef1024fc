"""What the index proposes for a tip: by place, time and meaning together, each question bounded, on both databases."""

from flask import Flask

from appeal.db import reading, writing
from appeal.models.tip import Tip
from appeal.tips import blind
from appeal.tips.blind import Question
from tests.factories import NOON

ON_POSTGRES_TOO = True


def tokens(words: str) -> list[str]:
    return [blind.token("w", word) for word in words.split()]


def test_tips_that_fit_any_question_come_newest_first_and_bounded(core: Flask) -> None:
    said = {11: "red van", 12: "red car", 13: "blue van", 14: "green bus"}
    with core.app_context(), writing() as session:
        for tip_id in said:
            session.add(Tip(id=tip_id, source="sms", received_at=NOON, rank=tip_id, reasons=[]))
        session.flush()
        blind.put_many(session, {tip_id: tokens(words) for tip_id, words in said.items()}, NOON)
        blind.put_many(session, {12: tokens("white car")}, NOON)
    both = [Question([tokens("red")]), Question([tokens("blue bus"), tokens("van green")])]
    with core.app_context(), reading() as session:
        assert blind.proposed(session, both, limit=10) == [14, 13, 11]
        assert blind.proposed(session, both, limit=1) == [14, 11]
        assert blind.proposed(session, [Question([tokens("van"), []]), Question([])], limit=10) == []
