"""Feeds of one language in the site's folder: Atom, RSS 2.0, JSON Feed and one CAP 1.2 message per change."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from appeal import pages
from appeal.publishers import feeds_entries as entries
from appeal.publishers import text
from appeal.publishers.base import Capabilities, Find, Found, Health, LookUp, Pictures, Receipt, Removal, Settings
from appeal.rules import addresses
from appeal.rules.content import Content, Post
from appeal.rules.errors import DoesNotFit, OutcomeUnknown, TryLater
from appeal.rules.words import _, say
from appeal.wire import cap, folder, look, syndication

FAMILY = "feeds"
# The newest closed entries stay, so that readers which come by rarely learn of the end; older ones leave the feed.
CLOSED_KEPT = 30
DOCUMENTS = {"atom.xml": syndication.atom, "rss.xml": syndication.rss, "feed.json": syndication.json_feed}


class Feeds:
    """The feeds of one language. Settings: language, folder, public_url, force; mode if given."""

    name = "feeds"
    capabilities = Capabilities(
        label="Feeds and CAP",
        apply_for=_("nothing; readers and alert systems fetch it"),
        costs=_("nothing more"),
        text_limit=entries.TEXT_LIMIT,
        counts="characters",
        pictures=Pictures(number=10, max_side=1600, max_bytes=1_000_000, alt_limit=1000, widths=(480, 960, 1600)),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=5.0,
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Path(settings.get("folder"))
        self._public_url = settings.get("public_url").rstrip("/")
        self._language = settings.get("language")
        self._address = f"/feeds/{self._language}/"

    def compose(self, content: Content) -> Post:
        """The entry and the CAP message; raises `DoesNotFit` with all reasons."""
        if content.action == "retract":
            return entries.closed(content)
        post = entries.opened(content)
        reasons = [] if content.title.strip() else [_("The title is empty.")]
        if post.length > self.capabilities.text_limit:
            reasons.append(text.over(post.length, self.capabilities.text_limit))
        if reasons:
            raise DoesNotFit(reasons)
        return post

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002 a place has neither
        """Put the entry into all feeds; the same post again changes nothing, another one updates."""
        return self._put(post, OutcomeUnknown)

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002 the post says it
        """Change the entry under its own id and say so in a CAP Update."""
        return self._put(post, OutcomeUnknown)

    def retract(self, external_id: str, post: Post) -> Receipt:  # noqa: ARG002 the post says it
        """Close the entry under its own id, without a word or picture of before, and send the CAP Cancel."""
        return self._put(post, TryLater)

    def is_out(self, external_id: str) -> LookUp:
        """Ask the public JSON Feed, and the addresses of CAP messages that were replaced."""
        document = look.document(self._public_url, f"{self._address}feed.json")
        if not isinstance(document, dict) or document.get("version") != syndication.JSON_FEED:
            return LookUp(Found.CANNOT_TELL)
        _, _, appeal = external_id.partition("#")
        told = [item["_appeal"]["state"] for item in document.get("items", []) if item["_appeal"]["id"] == appeal]
        if "shown" in told:
            return LookUp(Found.THERE, self._receipt(appeal))
        known = folder.record(self._folder, FAMILY, self._language, appeal)
        left = {look.status(self._public_url, one) for one in (known["gone"] if known else [])}
        if 200 in left:
            return LookUp(Found.THERE, self._receipt(appeal))
        return LookUp(Found.NOT_THERE if left <= {410} else Found.CANNOT_TELL)

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002 the post says it
        """Whether exactly this post stands in the feeds, whole."""
        appeal = json.loads(post.files[entries.RECORD])["appeal"]
        known = folder.record(self._folder, FAMILY, self._language, appeal)
        if known is None or known["sha256"] != post.sha256() or not self._is_whole(known):
            return LookUp(Found.NOT_THERE)
        return LookUp(Found.THERE, self._receipt(appeal))

    def check(self) -> Health:
        """Whether the folder can be written; makes empty feeds where there are none yet."""
        try:
            self.prepare()
        except OSError as error:
            return Health(False, say("The site's folder cannot be written: %(why)s.", why=error.strerror))
        return Health(True, "The site's folder can be written.")

    def prepare(self) -> None:
        """Make the feeds from the records; changes nothing when they are right."""
        with folder.lock(self._folder):
            self._rebuild()

    def _put(self, post: Post, error: type[OutcomeUnknown] | type[TryLater]) -> Receipt:
        said = json.loads(post.files[entries.RECORD])
        with _troubles(TryLater), folder.lock(self._folder):
            before = folder.record(self._folder, FAMILY, self._language, said["appeal"])
            with _troubles(error):
                if before is None or before["sha256"] != post.sha256():
                    folder.keep(self._folder, FAMILY, self._record(said, post, before))
                self._rebuild()
        return self._receipt(said["appeal"])

    def _record(self, said: dict[str, Any], post: Post, before: folder.Record | None) -> folder.Record:
        """The next record of an appeal, with the CAP message that tells what changed."""
        is_closed = "kind" not in said
        known = before or {"number": 0, "references": [], "gone": [], "live": [], "published": said["issued"]}
        sent = datetime.fromisoformat(said["issued"])
        if before:
            sent = max(sent, datetime.fromisoformat(before["updated"]) + timedelta(seconds=1))
        number = known["number"] + 1
        alert = entries.alert(
            said["alert"],
            message="Cancel" if is_closed else ("Update" if known["references"] else "Alert"),
            identifier=f"{said['appeal']}-{self._language}-{number}",
            sender=addresses.host(self._public_url),
            sent=sent,
            references=known["references"],
        )
        live = f"{self._address}cap/{alert.identifier}.xml"
        reference = cap.reference(alert.sender, alert.identifier, alert.sent)
        return {
            **{name: value for name, value in said.items() if name != "alert"},
            "language": self._language,
            "sha256": post.sha256(),
            "number": number,
            "published": known["published"],
            "updated": sent.isoformat(),
            "is_closed": is_closed,
            "references": [] if is_closed else [*known["references"], reference],
            "cap": cap.document(alert),
            "title": post.title,
            "text": post.text,
            "html": post.html,
            "image_bytes": len(post.pictures[0].best.data) if post.pictures else 0,
            "live": [live],
            "gone": sorted({*known["gone"], *known["live"]} - {live}),
            "gone_pages": {},
        }

    def _rebuild(self) -> None:
        every = [one for one in folder.records(self._folder, FAMILY) if one["language"] == self._language]
        every.sort(key=lambda one: (one["updated"], one["appeal"]), reverse=True)
        for one in every:
            folder.put(self._folder, one["live"][0], one["cap"])
        closed = [one["appeal"] for one in every if one["is_closed"]][:CLOSED_KEPT]
        feed = self._feed([one for one in every if not one["is_closed"] or one["appeal"] in closed])
        for name, document in DOCUMENTS.items():
            folder.put(self._folder, self._address + name, document(feed))
        folder.settle(self._folder)

    def _feed(self, shown: list[folder.Record]) -> syndication.Feed:
        title = f"{self._settings.get('force')}: {pages.translate(self._language, _('Can you help?'))}"
        if self._settings.get("mode") == "exercise" or any(one["is_exercise"] for one in shown):
            title = f"{pages.translate(self._language, _('EXERCISE'))} – {title}"
        return syndication.Feed(
            title=title,
            force=self._settings.get("force"),
            language=self._language,
            home=f"{self._public_url}/{self._language}/",
            address=self._public_url + self._address,
            entries=[entries.entry(one, self._public_url) for one in shown],
        )

    def _is_whole(self, known: folder.Record) -> bool:
        try:
            document = json.loads(folder.place(self._folder, f"{self._address}feed.json").read_bytes())
        except (OSError, ValueError):
            return False
        told = {item["_appeal"]["id"]: item["date_modified"] for item in document["items"]}
        return told.get(known["appeal"]) == known["updated"] and folder.place(self._folder, known["live"][0]).is_file()

    def _receipt(self, appeal: str) -> Receipt:
        address = f"{self._address}feed.json"
        return Receipt(external_id=f"{address}#{appeal}", permalink=self._public_url + address)


@contextmanager
def _troubles(error: type[TryLater] | type[OutcomeUnknown]) -> Iterator[None]:
    """What the disk refuses is said in a publisher's words."""
    try:
        yield
    except OSError as trouble:
        raise error("The site's folder could not be written.", detail=repr(trouble)) from trouble
