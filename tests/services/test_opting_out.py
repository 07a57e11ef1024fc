"""Who opted out at the platform is taken off our list, and nobody else is."""

from appeal.db import reading
from appeal.models.release import ChannelAddress
from appeal.rules.errors import OptedOut
from tests import factories
from tests.factories import NOON, Force
from tests.fakes import Platforms, Trouble


def test_address_that_opted_out_there_is_off_our_list(force: Force, platforms: Platforms) -> None:
    platforms.arm("sms", Trouble(OptedOut("The person opted out.")))
    factories.launched(force.people, now=NOON)
    factories.tick(now=NOON)

    sms = force.channels["sms"]
    assert sorted(factories.states(sms)) == ["failed", "sent", "sent"]
    with reading() as session:
        rows = session.query(ChannelAddress).filter_by(channel_id=sms).order_by(ChannelAddress.id).all()
    failed = next(one for one in factories.copies(sms) if one.state == "failed")
    assert [row.opted_out_at is not None for row in rows] == [row.address_hash == failed.address_hash for row in rows]
