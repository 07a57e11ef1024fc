"""A lead on the map and along the clock: its placed reports, and all of them in the order in which they happened."""

from collections.abc import Sequence

from appeal.services import outline
from appeal.tips import map_sheet
from appeal.tips.lead_pages import LeadView, MemberView
from appeal.tips.map_sightings import Sighting


def sheet(lead: LeadView) -> map_sheet.Sheet | None:
    """The drawing of the reports of an opened lead that say where; None when none does."""
    placed = [
        Sighting(row=one.row, at=one.at, place=one.position, where="", is_echo=one.echo_of is not None)
        for one in lead.members
        if one.position is not None
    ]
    newest_first = sorted(placed, key=lambda one: (one.at, one.row.id), reverse=True)
    return map_sheet.draw(newest_first, outline.outline(), None) if placed else None


def time_line(lead: LeadView) -> Sequence[MemberView]:
    """Its reports in the order in which they happened, those that only repeat another left out."""
    return sorted((one for one in lead.members if one.echo_of is None), key=lambda one: (one.at, one.row.id))
