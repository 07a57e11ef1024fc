"""Our own site: finished pages and pictures in a folder, rebuilt from one record per appeal and language."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from appeal.publishers import site_pages, text
from appeal.publishers.base import (
    Capabilities,
    Find,
    Found,
    Health,
    LookUp,
    Pictures,
    Receipt,
    Removal,
    Settings,
    Shown,
)
from appeal.rules import addresses
from appeal.rules.content import Content, Picture, Post, canonical_json
from appeal.rules.errors import ContentRefused, DoesNotFit, Gone, OutcomeUnknown, TryLater
from appeal.rules.words import _, say
from appeal.wire import folder, look, shown
from appeal.wire.html_text import plain

FAMILY = "site"
WIDTHS = (480, 960, 1600)
ROBOTS = "User-agent: *\nAllow: /\n\nSitemap: {origin}/sitemap.xml\n"


class Site:
    """One language of the site. Settings: language, folder, public_url, force; main_language and mode if given."""

    name = "site"
    capabilities = Capabilities(
        no_thanks=_("The form itself says when somebody reads."),
        label="Our site",
        apply_for=_("nothing: it is our own"),
        costs=_("the server it runs on"),
        text_limit=site_pages.TEXT_LIMIT,
        counts="characters",
        pictures=Pictures(number=10, max_side=1600, max_bytes=1_000_000, alt_limit=1000, widths=WIDTHS),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=5.0,
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Path(settings.get("folder"))
        self._public_url = settings.get("public_url").rstrip("/")

    def compose(self, content: Content) -> Post:
        """The finished page, or the neutral one of a retraction; raises `DoesNotFit` with all reasons."""
        if content.action == "retract":
            return site_pages.closed(content)
        reasons = self._reasons(content)
        if reasons:
            raise DoesNotFit(reasons)
        return site_pages.opened(content)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002 a place has neither
        """Put page and pictures in their places; the same post again changes nothing."""
        with _troubles(TryLater), folder.lock(self._folder):
            record = self._record(post)
            for picture in post.pictures:
                self._put_picture(picture)
            with _troubles(OutcomeUnknown):
                folder.keep(self._folder, FAMILY, record)
                self._rebuild()
        return self._receipt(record["live"][0])

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002 the post says it
        """Put a changed page in the place of the old one."""
        return self.send(post, address, key)

    def retract(self, external_id: str, post: Post) -> Receipt:
        """Take page and pictures away; what nobody else shows answers 410 from now on, the page with `post`."""
        with _troubles(TryLater), folder.lock(self._folder):
            folder.keep(self._folder, FAMILY, self._tombstone(external_id, post))
            self._rebuild()
        return self._receipt(external_id)

    def is_out(self, external_id: str) -> LookUp:
        """Ask the public address itself, and those of the pictures that went with it."""
        known = self._known(external_id)
        others = folder.in_use(self._folder)
        withdrawn = [one for one in known["gone"] if one not in others] if known else []
        seen = {look.status(self._public_url, one) for one in {external_id, *withdrawn}}
        if 200 in seen:
            return LookUp(Found.THERE, self._receipt(external_id))
        return LookUp(Found.NOT_THERE if seen == {410} else Found.CANNOT_TELL)

    def shown(self, external_id: str) -> Shown:
        """The page as the public address gives it, with one size of each of its pictures."""
        html, known = look.page(self._public_url, external_id), self._known(external_id)
        if html is None:
            raise Gone(_("The page does not stand at its address."))
        live = [one for one in (known["live"] if known else []) if f'src="{one}"' in html]
        bodies = [look.picture(self._public_url, one) for one in live]
        return Shown(
            text=plain(html)[0],
            permalink=self._public_url + external_id,
            pictures=tuple((body, "") for body in bodies if body is not None),
            html=html,
            missing=tuple(shown.NO_PICTURE for body in bodies if body is None),
        )

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002 the post says it
        """Whether exactly this post stands in the folder, whole."""
        said = json.loads(post.files[site_pages.RECORD])
        known = folder.record(self._folder, FAMILY, said["language"], said["appeal"])
        if known is None or known["sha256"] != post.sha256() or not self._is_whole(known):
            return LookUp(Found.NOT_THERE)
        return LookUp(Found.THERE, self._receipt(addresses.page_address(said["language"], said["appeal"])))

    def check(self) -> Health:
        """Whether the folder can be written; makes the empty list where there is no site yet."""
        try:
            self.prepare()
        except OSError as error:
            return Health(False, say("The site's folder cannot be written: %(why)s.", why=error.strerror))
        return Health(True, "The site's folder can be written.")

    def prepare(self) -> None:
        """Make list pages, sitemap and what else follows from the records; changes nothing when they are right."""
        with folder.lock(self._folder):
            self._rebuild()

    def _reasons(self, content: Content) -> list[str]:
        limits = self.capabilities
        reasons = [] if content.title.strip() else [_("The title is empty.")]
        length = len(site_pages.text(content))
        if length > limits.text_limit:
            reasons.append(text.over(length, limits.text_limit))
        if len(content.pictures) > limits.pictures.number:
            reasons.append(text.over_pictures(len(content.pictures), limits.pictures.number))
        for number, picture in enumerate(content.pictures, 1):
            if not picture.alt.strip():
                reasons.append(say("Picture %(number)s has no alt text.", number=number))
            if any(rendition.mime not in addresses.SUFFIXES for rendition in picture.renditions):
                reasons.append(say("Picture %(number)s is of a kind that browsers do not show.", number=number))
        return reasons

    def _put_picture(self, picture: Picture) -> None:
        for rendition in picture.renditions:
            if hashlib.sha256(rendition.data).hexdigest() != rendition.sha256:
                raise ContentRefused("A picture is not the one that was approved.", detail=rendition.sha256)
            folder.write(folder.place(self._folder, addresses.picture_address(rendition)), rendition.data)

    def _record(self, post: Post) -> folder.Record:
        said = json.loads(post.files[site_pages.RECORD])
        live = [addresses.page_address(said["language"], said["appeal"]), *addresses.picture_addresses(post.pictures)]
        before = folder.record(self._folder, FAMILY, said["language"], said["appeal"])
        once = {*before["live"], *before["gone"]} if before else set()
        return {
            **said,
            "html": post.html,
            "sha256": post.sha256(),
            "live": live,
            "gone": sorted(once - set(live)),
            "gone_pages": {},
        }

    def _tombstone(self, external_id: str, post: Post) -> folder.Record:
        """What is left of an appeal: where it stood, and nothing of what it said."""
        known = self._known(external_id) or {"live": [], "gone": []}
        _, language, _, appeal, _ = external_id.split("/")
        return {
            **json.loads(post.files[site_pages.RECORD]),
            "language": language,
            "appeal": appeal,
            "sha256": post.sha256(),
            "live": [],
            "gone": sorted({external_id, *known["live"], *known["gone"]}),
            "gone_pages": {external_id: post.html},
        }

    def _known(self, external_id: str) -> folder.Record | None:
        folder.place(self._folder, external_id)
        _, language, _, appeal, _ = external_id.split("/")
        return folder.record(self._folder, FAMILY, language, appeal)

    def _receipt(self, address: str) -> Receipt:
        return Receipt(external_id=address, permalink=self._public_url + address)

    def _is_whole(self, known: folder.Record) -> bool:
        if not all(folder.place(self._folder, address).is_file() for address in known["live"]):
            return False
        return not any(
            folder.place(self._folder, address).is_file()
            for address in known["gone"]
            if address not in folder.in_use(self._folder)
        )

    def _rebuild(self) -> None:
        every = folder.records(self._folder, FAMILY)
        live = [one for one in every if one["live"]]
        languages = sorted({one["language"] for one in every} | {self._settings.get("language")})
        for one in live:
            folder.put(self._folder, one["live"][0], site_pages.with_languages(one, live))
        for language in languages:
            folder.put(self._folder, f"/{language}/", self._list(language, languages, every))
        sitemap = site_pages.sitemap(live, origin=self._public_url, language=languages[0])
        folder.put(self._folder, "/sitemap.xml", sitemap)
        folder.put(self._folder, "/robots.txt", ROBOTS.format(origin=self._public_url))
        self._put_main_language()
        folder.settle(self._folder)

    def _list(self, language: str, languages: Sequence[str], every: Sequence[folder.Record]) -> str:
        is_exercise = self._settings.get("mode") == "exercise"
        return site_pages.listed(
            language,
            languages,
            every,
            force=self._settings.get("force"),
            origin=self._public_url,
            is_exercise=is_exercise,
        )

    def _put_main_language(self) -> None:
        path = self._folder / folder.SITE
        chosen = self._settings.get("main_language")
        if chosen or not path.exists():
            folder.write(path, canonical_json({"language": chosen or self._settings.get("language")}))


@contextmanager
def _troubles(error: type[TryLater] | type[OutcomeUnknown]) -> Iterator[None]:
    """What the disk refuses is said in a publisher's words."""
    try:
        yield
    except OSError as trouble:
        raise error("The site's folder could not be written.", detail=repr(trouble)) from trouble
