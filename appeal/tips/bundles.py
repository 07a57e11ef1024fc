"""The disclosure bundles that were made: by whom, of what, why, and the hash by which each is known again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.closing import MadeBundle
from appeal.models.people import User
from appeal.rules.permissions import Actor, Permission, require

MOST_SHOWN = 50


@dataclass(frozen=True)
class Made:
    """One bundle that was handed over; `why` is opened."""

    officer: str
    appeal: str
    tip_count: int
    purged_count: int
    sha256: str
    why: str = field(repr=False)
    made_at: datetime


def note(
    session: Session, actor: Actor, *, appeal: str, tips: int, purged: int, sha256: str, why: str, now: datetime
) -> None:
    """Keep, inside the caller's transaction, that a bundle is handed over."""
    sealed = installation.current().keys.seal(why.strip().encode())
    about = {"officer_id": actor.id, "appeal": appeal, "tip_count": tips, "purged_count": purged}
    session.add(MadeBundle(**about, sha256=sha256, sealed_why=sealed, made_at=now))


def earlier(actor: Actor) -> Sequence[Made]:
    """The newest bundles first."""
    require(actor, Permission.ASSESS)
    wanted = select(MadeBundle, User.name).join(User, User.id == MadeBundle.officer_id)
    with db.reading() as session:
        rows = session.execute(wanted.order_by(MadeBundle.id.desc()).limit(MOST_SHOWN)).all()
    return [_made(row, name) for row, name in rows]


def _made(row: MadeBundle, officer: str) -> Made:
    return Made(
        officer=officer,
        appeal=row.appeal,
        tip_count=row.tip_count,
        purged_count=row.purged_count,
        sha256=row.sha256,
        why=installation.current().desk_keys.open(row.sealed_why).decode(),
        made_at=row.made_at,
    )
