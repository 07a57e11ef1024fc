"""The outline of the force's ground that maps are drawn on: uploaded once, kept generalised, asked of nobody else."""

from datetime import datetime

from appeal import db, ledger
from appeal.models.force import ForceSetting
from appeal.rules import geo
from appeal.rules.permissions import Actor, Permission, require

# Beside the settings and no setting itself: nobody types it.
NAME = "outline"


def keep(actor: Actor, *, raw: bytes, now: datetime) -> geo.Outline:
    """Keep what a GeoJSON file shows in place of what was there; `BadInput` when it shows nothing."""
    require(actor, Permission.ADMINISTER)
    found = geo.outline_of(raw)
    with db.writing() as session:
        session.merge(ForceSetting(name=NAME, value=geo.written(found)))
        fields = {"lines": str(len(found.lines)), "names": str(len(found.names))}
        ledger.record(session, at=now, actor=actor.label, action="keep outline", target="force", fields=fields)
    return found


def outline() -> geo.Outline:
    """What is kept; an empty one when nothing is."""
    with db.reading() as session:
        row = session.get(ForceSetting, NAME)
        return geo.kept(row.value if row else "")
