"""Publishes on Bluesky: one post under a record key of our own, so that the same copy is there once however often."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from appeal.pages import render
from appeal.publishers import text
from appeal.publishers.base import (
    Capabilities,
    Comment,
    Find,
    Found,
    Health,
    LookUp,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
    Shown,
)
from appeal.rules import answering
from appeal.rules.content import Content, Picture, Post
from appeal.rules.errors import Gone, PublisherError, TryLater
from appeal.rules.words import _, say
from appeal.wire import shown
from appeal.wire.bluesky import GATE, POST, BlueskyAccount, record_key
from appeal.wire.bluesky_shapes import Reply

BYTES_LIMIT = 3_000
EVERYBODY = "everybody"
# Who may answer, and the rules that say so in the platform's words; an empty list is nobody.
MAY_ANSWER: Mapping[str, list[dict[str, str]]] = {
    "mentioned": [{"$type": f"{GATE}#mentionRule"}],
    "followed": [{"$type": f"{GATE}#followingRule"}],
    "nobody": [],
}
MEANT = {answering.OPEN: EVERYBODY, answering.LIMITED: "followed", answering.CLOSED: "nobody"}
MOST_HIDDEN = 300
ADDRESS = re.compile(
    r"https://bsky\.app/profile/(?P<who>[\w.:%-]+)/post/(?P<real>\w+)|http://127\.0\.0\.1:\d+/#bluesky-(?P<stand_in>\w+)"
)
COUNTS = ("replyCount", "repostCount", "likeCount", "quoteCount")


class Bluesky:
    """One account on Bluesky."""

    name = "bluesky"
    capabilities = Capabilities(
        no_thanks="",
        label=_("Bluesky"),
        apply_for=_("an account and an app password"),
        costs=_("nothing"),
        text_limit=300,
        counts=_("characters"),
        # The network that was tried refuses pictures over a million bytes; newer servers take two.
        pictures=Pictures(
            number=4, max_side=2000, max_bytes=1_000_000, formats=("image/jpeg", "image/png"), alt_limit=2000
        ),
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=300.0,
        is_repeatable=True,
        removals=None,
        can_hide=True,
        answered_in_public=True,
        limits_answers=True,
        answers_itself=True,
        settings=(
            Setting("handle", _("Account name, such as force.bsky.social")),
            Setting("app_password", _("App password"), is_secret=True),
            Setting(
                "may_answer",
                _("Who may answer in public"),
                default=EVERYBODY,
                choices=(
                    (EVERYBODY, _("Everybody")),
                    ("mentioned", _("Only who is mentioned")),
                    ("followed", _("Only who the account follows")),
                    ("nobody", _("Nobody")),
                ),
            ),
            Setting(
                "reads_messages",
                _("Direct messages"),
                default="no",
                choices=(("no", _("Are not read")), ("yes", _("Are read: the app password must allow it"))),
            ),
            Setting("base_url", _("Address of the platform; empty for the real one")),
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
        written = text.fitted(content, _written, self._fits)
        if written is None:
            reasons.insert(0, text.too_long(content, self._counted(_written(text.without_story(content)))))
        text.refuse_if(reasons)
        return self._post(content, written or "", pictures)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Publish under the copy's own record key; a copy that is there already is not written again."""
        name = record_key(key)
        with BlueskyAccount(self._settings) as account:
            there, moment = account.kept(name)
            if there is not None:
                return self._receipt(there.uri)
            if moment is None:
                raise TryLater(say("%(platform)s did not answer.", platform="Bluesky"), 30.0, detail="no date")
            images = [_image(account, picture) for picture in post.pictures]
            record = _record(post, images, moment) | _answering(account, post.files.get("In-Reply-To", ""))
            own = self._settings.get("may_answer") or EVERYBODY
            rules = MAY_ANSWER.get(answering.stricter(post.files.get(answering.FILE, ""), own, MEANT))
            gate = None if rules is None else _gate(account.address(name), moment, rules)
            return self._receipt(account.publish(name, record, gate))

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002
        """Ask the account's own server for the record under the copy's key."""
        with BlueskyAccount(self._settings) as account:
            there, _moment = account.kept(record_key(key))
        return LookUp(Found.THERE, self._receipt(there.uri)) if there else LookUp(Found.NOT_THERE)

    def retract(self, external_id: str, post: Post) -> Receipt:  # noqa: ARG002
        """Delete the post and what says who may answer it; harmless to repeat."""
        with BlueskyAccount(self._settings) as account:
            there, _moment = account.kept(external_id)
            account.delete(external_id)
            account.delete(external_id, collection=GATE)
        if there is None:
            raise Gone(_("The post is not on Bluesky any more."))
        return self._receipt(external_id)

    def is_out(self, external_id: str) -> LookUp:
        """Whether the post is kept by the account's server or still shown by the public application."""
        with BlueskyAccount(self._settings) as account:
            there, _moment = account.kept(external_id)
            is_out = there is not None or account.is_shown(external_id)
        return LookUp(Found.THERE, self._receipt(external_id)) if is_out else LookUp(Found.NOT_THERE)

    def shown(self, external_id: str) -> Shown:
        """The post as the public application shows it, and everything that was answered under it."""
        with BlueskyAccount(self._settings) as account:
            there = account.shown([external_id])
            said = account.thread(external_id)
        if not there:
            raise Gone(_("The post is not on Bluesky any more."))
        return shown.read("Bluesky", lambda: self._shown(external_id, there, said))

    def _shown(self, external_id: str, there: Sequence[Mapping[str, Any]], said: Sequence[Reply]) -> Shown:
        record, embed = there[0].get("record") or {}, there[0].get("embed") or {}
        images = [one for one in embed.get("images") or [] if "fullsize" in one]
        wanted = [(str(one["fullsize"]), str(one.get("alt", ""))) for one in images]
        found, missing = shown.pictures(self._settings, wanted)
        return Shown(
            text=str(record.get("text", "")),
            permalink=self._receipt(external_id).permalink,
            posted_at=shown.moment(there[0].get("indexedAt")),
            counts=shown.counts(there[0], COUNTS),
            comments=tuple(Comment(one.handle, one.text, one.listed_at) for one in said),
            pictures=found,
            raw=shown.raw({"post": there[0], "answers": said}),
            missing=missing,
        )

    def number_at(self, permalink: str, pictures: int) -> str:  # noqa: ARG002
        """The address within the network of a post of this account, from the one of the public application."""
        found = ADDRESS.match(permalink)
        own = self._settings.get("handle").lower().lstrip("@")
        if not found or (found["who"] and found["who"].lower() != own and not found["who"].startswith("did:")):
            return ""
        return f"at://{found['who'] or own}/{POST}/{found['real'] or found['stand_in']}"

    def hide(self, external_id: str) -> None:
        """Hide an answer under the post of ours that begins its thread."""
        self._hidden(external_id, is_hidden=True)

    def show_again(self, external_id: str) -> None:
        """Let everybody see an answer again that was hidden."""
        self._hidden(external_id, is_hidden=False)

    def _hidden(self, external_id: str, *, is_hidden: bool) -> None:
        with BlueskyAccount(self._settings) as account:
            answer, moment = account.kept(external_id)
            root = _root(answer.value if answer else {})
            if answer is None or not root or not root.startswith(account.address("")) or moment is None:
                raise Gone(_("The answer is not under a post of this account any more."))
            key = root.rsplit("/", 1)[1]
            gate, _moment = account.kept(key, collection=GATE)
            record = dict(gate.value) if gate else _gate(root, moment, None)
            others = [one for one in record.get("hiddenReplies", []) if one != external_id]
            hidden = [*others, *([external_id] * is_hidden)]
            account.put(GATE, key, record | {"hiddenReplies": hidden[-MOST_HIDDEN:]})

    def thank(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Answer in the conversation that somebody began."""
        with BlueskyAccount(self._settings) as account:
            return Receipt(account.tell(address.partition(" ")[0], post.text))

    def check(self) -> Health:
        """Whether Bluesky accepts the app password for the account that the channel names."""
        try:
            with BlueskyAccount(self._settings) as account:
                did, handle = account.who()
        except PublisherError as error:
            return Health(False, error.words)
        if self._settings.get("handle").lower().lstrip("@") not in {handle.lower(), did}:
            return Health(False, say("The credentials belong to @%(name)s.", name=handle))
        return Health(True, say("Bluesky answers for @%(name)s.", name=handle))

    def _counted(self, words: str) -> str:
        length, limit = text.graphemes(words), self.capabilities.text_limit
        if length > limit:
            return say("%(least)s of %(limit)s characters", least=length, limit=limit)
        return say("%(least)s of %(limit)s bytes", least=len(words.encode()), limit=BYTES_LIMIT)

    def _fits(self, words: str) -> bool:
        return text.graphemes(words) <= self.capabilities.text_limit and len(words.encode()) <= BYTES_LIMIT

    def _post(self, content: Content, words: str, pictures: tuple[Picture, ...]) -> Post:
        length, limit = text.graphemes(words), self.capabilities.text_limit
        files = {} if content.action == "retract" else answering.files(content.may_answer)
        return Post(words, language=content.language, pictures=pictures, files=files, length=length, limit=limit)

    def _receipt(self, uri: str) -> Receipt:
        repo, _collection, key = uri.removeprefix("at://").split("/")
        if base := self._settings.get("base_url"):  # a stand-in shows its posts on a wall beside the platform
            return Receipt(uri, f"{base.rsplit('/', 1)[0]}/#bluesky-{key}")
        return Receipt(uri, f"https://bsky.app/profile/{repo}/post/{key}")


def facets(words: str) -> list[dict[str, Any]]:
    """Which bytes of the text are links and where they lead; without them an address is dead letters."""
    found = []
    for match in text.ADDRESS.finditer(words):
        if match["likely"]:
            continue
        address = match.group().rstrip(text.PUNCTUATION)
        begin = len(words[: match.start()].encode())
        place = {"byteStart": begin, "byteEnd": begin + len(address.encode())}
        link = {"$type": "app.bsky.richtext.facet#link", "uri": address if match["full"] else f"https://{address}"}
        found.append({"index": place, "features": [link]})
    return found


def _written(content: Content) -> str:
    return text.tidy(render("posts/bluesky.txt", content.language, content=content))


def _image(account: BlueskyAccount, picture: Picture) -> dict[str, Any]:
    best = picture.best
    ratio = {"width": best.width, "height": best.height}
    return {"alt": picture.alt, "image": account.upload(best.data, best.mime), "aspectRatio": ratio}


def _record(post: Post, images: list[dict[str, Any]], moment: datetime) -> dict[str, Any]:
    record: dict[str, Any] = {"$type": POST, "text": post.text, "createdAt": _written_moment(moment)}
    if post.language:
        record["langs"] = [post.language]
    if links := facets(post.text):
        record["facets"] = links
    if images:
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    return record


def _answering(account: BlueskyAccount, parent: str) -> dict[str, Any]:
    """What makes the post an answer to an earlier one of ours; nothing where that one is gone."""
    there, _moment = account.kept(parent) if parent else (None, None)
    if there is None:
        return {}
    own = {"uri": there.uri, "cid": there.cid}
    root = there.value.get("reply", {}).get("root", own)
    return {"reply": {"root": root, "parent": own}}


def _gate(post: str, moment: datetime, rules: list[dict[str, str]] | None) -> dict[str, Any]:
    allow = {} if rules is None else {"allow": rules}
    return {"$type": GATE, "post": post, "createdAt": _written_moment(moment)} | allow


def _root(record: Mapping[str, Any]) -> str:
    reply = record.get("reply")
    root = reply.get("root") if isinstance(reply, dict) else None
    return str(root.get("uri", "")) if isinstance(root, dict) else ""


def _written_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
