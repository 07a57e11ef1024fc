"""Short links of outgoing posts: where they lead, and how often they were followed."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite

from appeal import db
from appeal.models.appeal import Appeal
from appeal.models.release import Channel, Copy, Delivery, LinkVisit, Release
from appeal.rules.addresses import page_address
from appeal.rules.errors import NotFound

VISITS = cast(Table, LinkVisit.__table__)


def target(key: str) -> str:
    """The address of the page that the link of this copy leads to, in the language of its channel; or `NotFound`."""
    wanted = (
        select(Channel.language, Appeal.public_id)
        .select_from(Copy)
        .join(Channel, Channel.id == Copy.channel_id)
        .join(Delivery, Delivery.id == Copy.delivery_id)
        .join(Release, Release.id == Delivery.release_id)
        .join(Appeal, Appeal.id == Release.appeal_id)
        .where(Copy.key == key)
    )
    with db.reading() as session:
        row = session.execute(wanted).first()
    if row is None:
        raise NotFound("There is no such link.")
    return page_address(row.language, row.public_id)


def count(key: str, *, now: datetime) -> None:
    """Count one visit in its hour; who it was is not known here."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with db.writing() as session:
        dialect = postgresql if db.db.engine.dialect.name == "postgresql" else sqlite
        first = dialect.insert(VISITS).values(key=key, hour=hour, count=1)
        more = {"count": VISITS.c.count + 1}
        session.execute(first.on_conflict_do_update(index_elements=[VISITS.c.key, VISITS.c.hour], set_=more))
