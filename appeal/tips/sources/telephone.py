"""What a call-taker writes down while somebody speaks; the form's token makes one tip of two presses."""

from collections.abc import Mapping
from datetime import datetime

from appeal.tips.inbound import Inbound

NAME = "telephone"
FACTS = ("where", "position", "when", "who", "relation", "standing", "name", "phone", "email", "safe")


def parse(values: Mapping[str, str], *, external_id: str, now: datetime) -> Inbound:
    """One call: `words` and what was asked for beside them; empty answers are left out."""
    return Inbound(
        source=NAME,
        external_id=external_id,
        received_at=now,
        text=values.get("words", ""),
        appeal=values.get("appeal", ""),
        language=values.get("language", ""),
        facts={name: values[name] for name in FACTS if values.get(name, "").strip()},
        is_live=values.get("kind") == "live",
        is_about_me=values.get("kind") == "about_me",
    )
