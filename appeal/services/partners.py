"""Partners as the public side has to know them: whose sites may show our cards."""

import re

from sqlalchemy import select

from appeal import db
from appeal.models.release import Channel

# What may stand in a header as the origin of a site, and nothing else.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?")
NAME = "partner"


def embed_origins() -> list[str]:
    """The origins of all active partners, each once; what is none is left out."""
    wanted = select(Channel.settings).where(Channel.publisher == NAME, Channel.is_active).order_by(Channel.id)
    with db.reading() as session:
        given = [settings.get("embed_origin", "").strip().rstrip("/") for settings in session.scalars(wanted)]
    return list(dict.fromkeys(one for one in given if ORIGIN.fullmatch(one)))
