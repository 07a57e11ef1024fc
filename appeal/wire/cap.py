"""Common Alerting Protocol 1.2: one message about one appeal in one language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MIME = "application/cap+xml"
HEADLINE_LENGTH = 160
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

# kind: category, urgency, severity, certainty, days until it lapses unless something newer is said
KINDS: dict[str, tuple[str, str, str, str, int]] = {
    "wanted": ("Security", "Expected", "Moderate", "Likely", 30),
    "missing": ("Rescue", "Immediate", "Severe", "Likely", 7),
    "identify": ("Security", "Expected", "Minor", "Observed", 30),
    "witness": ("Security", "Expected", "Minor", "Observed", 14),
    "warning": ("Safety", "Expected", "Moderate", "Likely", 7),
}
WITH_DANGER = "Severe"
CLOSED_DAYS = 1


@dataclass(frozen=True)
class Alert:
    """What a message says; `kind` is empty in one that ends an appeal and must not repeat what it said."""

    message: str
    identifier: str
    sender: str
    sent: datetime
    is_exercise: bool
    force: str
    language: str
    event: str
    headline: str
    description: str
    web: str
    area: str
    kind: str = ""
    instruction: str = ""
    contact: str = ""
    has_danger: bool = False
    references: Sequence[str] = ()
    picture: str = ""
    picture_mime: str = ""
    picture_words: str = ""


def moment(value: datetime) -> str:
    """A moment as the standard writes it: seconds, and UTC as -00:00."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def reference(sender: str, identifier: str, sent: datetime) -> str:
    """How a later message names this one."""
    return f"{sender},{identifier},{moment(sent)}"


def document(alert: Alert) -> str:
    """The message as XML, elements in the order of the schema."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", moment(alert.sent))
    _add(root, "status", "Exercise" if alert.is_exercise else "Actual")
    _add(root, "msgType", alert.message)
    _add(root, "source", alert.force)
    _add(root, "scope", "Public")
    _add(root, "references", " ".join(alert.references))
    _info(root, alert)
    text: str = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8").decode()
    return text


def _info(root: Any, alert: Alert) -> None:
    category, urgency, severity, certainty, days = KINDS.get(
        alert.kind, ("Other", "Past", "Unknown", "Unknown", CLOSED_DAYS)
    )
    info = _add(root, "info")
    _add(info, "language", alert.language)
    _add(info, "category", category)
    _add(info, "event", alert.event)
    _add(info, "responseType", "Monitor" if alert.kind else "None")
    _add(info, "urgency", urgency)
    _add(info, "severity", WITH_DANGER if alert.has_danger else severity)
    _add(info, "certainty", certainty)
    _add(info, "effective", moment(alert.sent))
    _add(info, "expires", moment(alert.sent + timedelta(days=days)))
    _add(info, "senderName", alert.force)
    _add(info, "headline", alert.headline[:HEADLINE_LENGTH])
    _add(info, "description", alert.description)
    _add(info, "instruction", alert.instruction)
    _add(info, "web", alert.web)
    _add(info, "contact", alert.contact)
    _resource(info, alert)
    _add(_add(info, "area"), "areaDesc", alert.area)


def _resource(info: Any, alert: Alert) -> None:
    if alert.picture:
        resource = _add(info, "resource")
        _add(resource, "resourceDesc", alert.picture_words)
        _add(resource, "mimeType", alert.picture_mime)
        _add(resource, "uri", alert.picture)


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    """One element; none at all for an empty text."""
    if text == "":
        return None
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = None if text is None else NOT_IN_XML.sub("", text)
    return element
