"""Publishes on a Mastodon server: one post with described pictures that can be changed, found by its own link."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from appeal.pages import render
from appeal.publishers import text
from appeal.publishers.base import (
    Capabilities,
    Comment,
    Find,
    Found,
    Health,
    LookUp,
    Pace,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
    Shown,
)
from appeal.rules.content import Content, Picture, Post
from appeal.rules.errors import PublisherError
from appeal.rules.words import _, say
from appeal.wire import shown
from appeal.wire.html_text import plain
from appeal.wire.mastodon import MastodonAccount, Server
from appeal.wire.mastodon_shapes import Status

USUAL_CHARACTERS, ADDRESS_CHARACTERS = 500, 23
ADDRESS = re.compile(r"/(?:@[^/]+|users/[^/]+/statuses|web/statuses)/(?P<number>\d+)/?")
STAND_IN = re.compile(r"http://127\.0\.0\.1:\d+/#mastodon-(?P<number>\d+)")
COUNTS = ("replies_count", "reblogs_count", "favourites_count")
SMALLER = _("This server takes %(number)s characters: write that into the channel.")
PICTURES_TOO_SMALL = _("This server takes fewer or smaller pictures, or shorter descriptions of them, than we send.")


class Mastodon:
    """One account on one server."""

    name = "mastodon"
    capabilities = Capabilities(
        label=_("Mastodon"),
        apply_for=_("an account on a server and an application token with write access"),
        costs=_("nothing"),
        text_limit=USUAL_CHARACTERS,
        counts=_("characters, a link as 23"),
        pictures=Pictures(
            number=4, max_side=3840, max_bytes=8_000_000, formats=("image/jpeg", "image/png"), alt_limit=1500
        ),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=300.0,
        no_thanks="",
        answered_in_public=True,
        removals=Pace(30, 1800.0),
        settings=(
            Setting("base_url", _("Address of the server, such as https://mastodon.example")),
            Setting("access_token", _("Access token"), is_secret=True),
            Setting("max_characters", _("Characters that the server takes in a post"), default=str(USUAL_CHARACTERS)),
            Setting(
                "visibility",
                _("Who sees it"),
                default="public",
                choices=(
                    ("public", _("Everybody, in all lists")),
                    ("unlisted", _("Everybody, but not in the server's public lists")),
                ),
            ),
        ),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """The post as the public will read it; raises `DoesNotFit` with all reasons."""
        if content.action == "retract":
            words = text.tidy(render("posts/withdrawn.txt", content.language, content=content))
            return self._post(content, words, ())
        wanted = self.capabilities.pictures
        pictures = content.pictures[: wanted.number]
        reasons = text.picture_reasons(pictures, wanted)
        written = text.fitted(content, _written, lambda words: characters(words) <= self._limit)
        if written is None:
            least = characters(_written(text.without_story(content)))
            counted = say("%(least)s of %(limit)s characters", least=least, limit=self._limit)
            reasons.insert(0, text.too_long(content, counted))
        text.refuse_if(reasons)
        return self._post(content, written or "", pictures)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Upload the pictures, then publish. Until the post itself is asked for, nothing can be unknown."""
        with MastodonAccount(self._settings) as account:
            media_ids = _uploaded(account, post)
            visibility = self._settings.get("visibility") or "public"
            made = account.create(post.text, media_ids, language=post.language, visibility=visibility, key=key)
            return self._receipt(made)

    def thank(self, post: Post, address: str, key: str) -> Receipt:
        """Answer somebody's direct post with one that only this person sees."""
        name, _space, answered = address.partition(" ")
        with MastodonAccount(self._settings) as account:
            words = f"@{name} {post.text}"
            made = account.create(words, [], language=post.language, visibility="direct", key=key, answers=answered)
        return Receipt(made.id)

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Replace text and pictures; the server keeps showing who asks what stood there before."""
        with MastodonAccount(self._settings) as account:
            return self._receipt(account.change(external_id, post.text, _uploaded(account, post)))

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002
        """Look through the account's own posts for the copy's link."""
        mark = f"/r/{key}"
        with MastodonAccount(self._settings) as account:
            own, _name = account.who()
            found = next((one for one in account.own(own, since) if mark in one.written), None)
        return LookUp(Found.THERE, self._receipt(found)) if found else LookUp(Found.NOT_THERE)

    def retract(self, external_id: str, post: Post) -> Receipt:  # noqa: ARG002
        """Delete the post with its pictures; nothing stands in its place."""
        with MastodonAccount(self._settings) as account:
            account.delete(external_id)
        return Receipt(external_id)

    def is_out(self, external_id: str) -> LookUp:
        """Whether the post can still be seen."""
        with MastodonAccount(self._settings) as account:
            found = account.status(external_id)
        return LookUp(Found.THERE, self._receipt(found)) if found else LookUp(Found.NOT_THERE)

    def shown(self, external_id: str) -> Shown:
        """The post with its pictures and counts, and everything that was answered under it."""
        with MastodonAccount(self._settings) as account:
            answer, said = account.shown(external_id), account.thread(external_id)
        return shown.read("Mastodon", lambda: self._shown(answer, said))

    def _shown(self, answer: Mapping[str, Any], said: Sequence[Status]) -> Shown:
        there = answer.get("media_attachments") or []
        wanted = [(str(one["url"]), str(one.get("description") or "")) for one in there if one.get("url")]
        found, missing = shown.pictures(self._settings, wanted)
        return Shown(
            text=plain(str(answer.get("content") or ""))[0],
            permalink=str(answer.get("url") or ""),
            posted_at=shown.moment(answer.get("created_at")),
            counts=shown.counts(answer, COUNTS),
            comments=tuple(Comment(one.author, one.text, one.created_at) for one in said if not one.is_direct),
            pictures=found,
            raw=shown.raw({"post": answer, "answers": said}),
            missing=missing,
        )

    def number_at(self, permalink: str, pictures: int) -> str:  # noqa: ARG002
        """The number in the address of a post on the channel's own server."""
        server = urlsplit(self._settings.get("base_url"))
        found = ADDRESS.fullmatch(urlsplit(permalink).path)
        if found and urlsplit(permalink).netloc == server.netloc:
            return found["number"]
        stand_in = STAND_IN.fullmatch(permalink)
        return stand_in["number"] if stand_in else ""

    def check(self) -> Health:
        """Whether the server accepts the token and takes what we send."""
        try:
            with MastodonAccount(self._settings) as account:
                _id, name = account.who()
                server = account.server()
        except PublisherError as error:
            return Health(False, error.words)
        if server.characters < self._limit:
            return Health(False, say(SMALLER, number=server.characters))
        if not _takes(server):
            return Health(False, PICTURES_TOO_SMALL)
        words = _("Mastodon answers for @%(name)s; this server takes %(number)s characters.")
        return Health(True, say(words, name=name, number=server.characters))

    @property
    def _limit(self) -> int:
        given = self._settings.get("max_characters")
        return int(given) if given.isdecimal() else USUAL_CHARACTERS

    def _post(self, content: Content, words: str, pictures: tuple[Picture, ...]) -> Post:
        length, limit = characters(words), self._limit
        return Post(words, language=content.language, pictures=pictures, length=length, limit=limit)

    def _receipt(self, status: Status) -> Receipt:
        return Receipt(status.id, status.url)


def characters(words: str) -> int:
    """The length as Mastodon counts it: characters as a reader sees them, every address that begins with http as 23."""
    rest, addresses = words, 0
    for match in reversed([match for match in text.ADDRESS.finditer(words) if match["full"]]):
        end = match.start() + len(match.group().rstrip(text.PUNCTUATION))
        rest, addresses = rest[: match.start()] + rest[end:], addresses + 1
    return text.graphemes(rest) + ADDRESS_CHARACTERS * addresses


def _written(content: Content) -> str:
    return text.tidy(render("posts/mastodon.txt", content.language, content=content))


def _uploaded(account: MastodonAccount, post: Post) -> list[str]:
    return [account.upload(picture.best.data, picture.best.mime, picture.alt) for picture in post.pictures]


def _takes(server: Server) -> bool:
    wanted = Mastodon.capabilities.pictures
    describes = not server.description or server.description >= wanted.alt_limit
    return describes and server.pictures >= wanted.number and server.picture_bytes >= wanted.max_bytes
