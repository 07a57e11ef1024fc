"""What is read out over the radio: what, where, when, danger and the tip's number, and nothing of who said it."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from appeal.rules import moments, naming, terms
from appeal.tips.novelty import first_lines
from appeal.tips.opening import MessageView

MOST_LETTERS = 240


def block(reference: str, messages: Sequence[MessageView], *, zone: str, danger: str = "") -> Mapping[str, str]:
    """The parts by name in the order in which they are read; those that nobody told are left out."""
    text = "\n".join(message.text for message in messages if message.text)
    facts = {name: value for message in messages for name, value in message.facts.items() if value}
    told_at = messages[0].received_at
    when = facts.get("when", "") or terms.POSITION.sub(" ", text)
    at = moments.moment(when, told_at, zone).astimezone(ZoneInfo(zone))
    position = terms.position(" ".join([facts.get("position", ""), text]))
    parts = {
        "tip": reference,
        "what": first_lines(text, MOST_LETTERS),
        "where": facts.get("where", "") or ", ".join(naming.places(text)),
        "position": f"{position[0]:.5f}, {position[1]:.5f}" if position else "",
        "when": f"{at:%d.%m. %H:%M} {zone}",
        "plates": ", ".join(plate.upper() for plate in naming.plates(text)),
        "danger": danger,
    }
    return {name: value for name, value in parts.items() if value}
