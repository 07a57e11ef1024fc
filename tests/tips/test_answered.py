"""Answers find the appeal of the post that they answer."""

from appeal.db import writing
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy
from appeal.tips import answered
from tests.tips.test_polling import POST, channel, reply  # noqa: F401 fixture


def test_first_part_of_a_post_names_the_appeal_and_a_longer_number_does_not(
    channel: Channel,  # noqa: F811
    appeal: Appeal,
) -> None:
    with writing() as session:
        session.query(Copy).one().external_id = "17/18/19"
    messages = [reply(number, in_reply_to=post) for number, post in enumerate(("17", "1", "171", "18"))]

    found = answered.of_appeals(channel.id, messages)

    assert [one.appeal for one in found] == [appeal.public_id, "", "", ""]


def test_whole_id_names_the_appeal(channel: Channel, appeal: Appeal) -> None:  # noqa: F811
    assert [one.appeal for one in answered.of_appeals(channel.id, [reply(1, conversation=POST)])] == [appeal.public_id]
