"""Atom, RSS 2.0 and JSON Feed 1.1 documents from the same plain entries."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from appeal.wire.cap import MIME as CAP_MIME

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
JSON_FEED = "https://jsonfeed.org/version/1.1"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
TTL_MINUTES = 5
# What a feed without any entry says of its age.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One appeal, or what is left of one that was closed; addresses are absolute, moments aware UTC."""

    id: str
    appeal: str
    title: str
    text: str
    html: str
    published: datetime
    updated: datetime
    url: str
    cap: str
    is_closed: bool = False
    kind: str = ""
    image: str = ""
    image_mime: str = ""
    image_bytes: int = 0


@dataclass(frozen=True)
class Feed:
    """A feed in one language; `address` is where its documents stand, with a closing slash."""

    title: str
    force: str
    language: str
    home: str
    address: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> datetime:
        """When anything in it changed last."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def atom(feed: Feed) -> str:
    """The Atom document; a closed entry stays under its id and is also declared deleted."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    root.set(XML_LANG, feed.language)
    _text(root, f"{{{ATOM}}}id", feed.address + "atom.xml")
    _text(root, f"{{{ATOM}}}title", feed.title)
    _text(root, f"{{{ATOM}}}updated", feed.updated.isoformat())
    _text(etree.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", feed.force)
    etree.SubElement(root, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=feed.address + "atom.xml")
    etree.SubElement(root, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=feed.home)
    for entry in feed.entries:
        if entry.is_closed:
            deleted = {"ref": entry.id, "when": entry.updated.isoformat()}
            etree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", deleted)
        _atom_entry(root, entry)
    return _xml(root)


def rss(feed: Feed) -> str:
    """The RSS document."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM})
    channel = etree.SubElement(root, "channel")
    _text(channel, "title", feed.title)
    _text(channel, "link", feed.home)
    _text(channel, "description", feed.title)
    _text(channel, "language", feed.language)
    _text(channel, "lastBuildDate", _mail_date(feed.updated))
    _text(channel, "ttl", str(TTL_MINUTES))
    etree.SubElement(channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=feed.address + "rss.xml")
    for entry in feed.entries:
        item = etree.SubElement(channel, "item")
        _text(item, "title", entry.title)
        _text(item, "link", entry.url)
        _text(item, "guid", entry.id).set("isPermaLink", "false")
        _text(item, "pubDate", _mail_date(entry.updated))
        _text(item, "description", entry.html)
        if entry.image:
            enclosure = {"url": entry.image, "length": str(entry.image_bytes), "type": entry.image_mime}
            etree.SubElement(item, "enclosure", enclosure)
    return _xml(root)


def json_feed(feed: Feed) -> str:
    """The JSON Feed document; `_appeal.state` is shown or closed."""
    said = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address + "feed.json",
        "language": feed.language,
        "authors": [{"name": feed.force}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "content_text": entry.text,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "attachments": [{"url": entry.cap, "mime_type": CAP_MIME, "title": "CAP 1.2"}],
        "_appeal": {"id": entry.appeal, "state": "closed" if entry.is_closed else "shown"},
    }
    if entry.image:
        item["image"] = entry.image
    if entry.kind:
        item["tags"] = [entry.kind]
    return item


def _atom_entry(root: Any, entry: Entry) -> None:
    element = etree.SubElement(root, f"{{{ATOM}}}entry")
    _text(element, f"{{{ATOM}}}id", entry.id)
    _text(element, f"{{{ATOM}}}title", entry.title)
    _text(element, f"{{{ATOM}}}published", entry.published.isoformat())
    _text(element, f"{{{ATOM}}}updated", entry.updated.isoformat())
    etree.SubElement(element, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=entry.url)
    etree.SubElement(element, f"{{{ATOM}}}link", rel="related", type=CAP_MIME, href=entry.cap)
    if entry.image:
        picture = {"rel": "enclosure", "type": entry.image_mime, "href": entry.image, "length": str(entry.image_bytes)}
        etree.SubElement(element, f"{{{ATOM}}}link", picture)
    if entry.kind:
        etree.SubElement(element, f"{{{ATOM}}}category", term=entry.kind)
    _text(element, f"{{{ATOM}}}content", entry.html).set("type", "html")


def _text(parent: Any, name: str, text: str) -> Any:
    element = etree.SubElement(parent, name)
    element.text = NOT_IN_XML.sub("", text)
    return element


def _mail_date(value: datetime) -> str:
    return format_datetime(value.astimezone(UTC))


def _xml(root: Any) -> str:
    text: str = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8").decode()
    return text
