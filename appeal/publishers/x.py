"""Publishes on X: one post with up to four described pictures, found again by its own short link."""

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
    Pace,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
    Shown,
)
from appeal.rules import answering
from appeal.rules.content import Content, Picture, Post
from appeal.rules.errors import PublisherError
from appeal.rules.words import _, say
from appeal.wire import shown
from appeal.wire.x import Mention, OwnPost, XAccount

ADDRESS = re.compile(
    r"https://(?:mobile\.|www\.)?(?:x|twitter)\.com/\w+/status/(?P<real>\d+)|http://127\.0\.0\.1:\d+/#post-(?P<stand_in>\d+)"
)
SEVEN_DAYS = _("X shows answers of the last seven days only.")
OTHERS = _("The credentials belong to @%(username)s, number %(number)s.")


EVERYBODY = "everybody"
# In X's own words, but for the first.
MAY_ANSWER = (
    (EVERYBODY, _("Everybody")),
    ("mentionedUsers", _("Only who is mentioned")),
    ("following", _("Only who the account follows")),
    ("verified", _("Only accounts that X has verified")),
)
# Nobody cannot be said there: only who is mentioned, and nobody is.
MEANT = {answering.OPEN: EVERYBODY, answering.LIMITED: "following", answering.CLOSED: "mentionedUsers"}


class X:
    """One account on X."""

    name = "x"
    capabilities = Capabilities(
        no_thanks="",
        refuses_duplicates=True,
        label=_("X"),
        apply_for=_(
            "a developer account, an app with read and write "
            "access, OAuth 1.0a user tokens; ask for public utility access"
        ),
        costs=_("$0.015 a post, $0.200 with a link, $0.010 a deletion, unless X grants public utility access"),
        text_limit=280,
        counts=_("weighted characters"),
        pictures=Pictures(
            number=4, max_side=4096, max_bytes=5_000_000, formats=("image/jpeg", "image/png"), alt_limit=1000
        ),
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=300.0,
        removals=Pace(50, 900.0),
        can_hide=True,
        answered_in_public=True,
        limits_answers=True,
        settings=(
            Setting("username", _("Account name without @")),
            Setting("user_id", _("Number of the account")),
            Setting("consumer_key", _("Consumer key"), is_secret=True),
            Setting("consumer_secret", _("Consumer secret"), is_secret=True),
            Setting("access_token", _("Access token"), is_secret=True),
            Setting("access_token_secret", _("Access token secret"), is_secret=True),
            Setting("may_answer", _("Who may answer in public"), default=EVERYBODY, choices=MAY_ANSWER),
            Setting(
                "reads_messages",
                _("Direct messages"),
                default="no",
                choices=(("no", _("Are not read")), ("yes", _("Are read: the application must be allowed to"))),
            ),
            Setting("base_url", _("Address of the platform; empty for the real one")),
        ),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """The post as the public will read it; raises `DoesNotFit` with all reasons."""
        limit = self.capabilities.text_limit
        if content.action == "retract":
            words = text.tidy(render("posts/withdrawn.txt", content.language, content=content))
            return self._post(content, words, ())
        wanted = self.capabilities.pictures
        pictures = content.pictures[: wanted.number]
        reasons = text.picture_reasons(pictures, wanted)
        written = text.fitted(content, _written, lambda words: text.weighted_length(words) <= limit)
        if written is None:
            least = text.weighted_length(_written(text.without_story(content)))
            counted = say("%(least)s of %(limit)s characters", least=least, limit=limit)
            reasons.insert(0, text.too_long(content, counted))
        text.refuse_if(reasons)
        return self._post(content, written or "", pictures)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Upload the pictures, then publish. Until the post itself is asked for, nothing can be unknown."""
        with XAccount(self._settings) as account:
            media_ids = [account.upload(picture.best.data, picture.alt) for picture in post.pictures]
            own = self._settings.get("may_answer") or EVERYBODY
            chosen = answering.stricter(post.files.get(answering.FILE, ""), own, MEANT)
            return self._receipt(account.create(post.text, media_ids, "" if chosen == EVERYBODY else chosen))

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002
        """Look through the own timeline for the copy's link."""
        with XAccount(self._settings) as account:
            found = next((own for own in account.own_posts(since) if _carries(own, key)), None)
        return LookUp(Found.THERE, self._receipt(found.id)) if found else LookUp(Found.NOT_THERE)

    def retract(self, external_id: str, post: Post) -> Receipt:  # noqa: ARG002
        """Delete the post; nothing stands in its place."""
        with XAccount(self._settings) as account:
            account.delete(external_id)
        return self._receipt(external_id)

    def is_out(self, external_id: str) -> LookUp:
        """Whether the post can still be seen."""
        with XAccount(self._settings) as account:
            is_there = account.exists(external_id)
        return LookUp(Found.THERE, self._receipt(external_id)) if is_there else LookUp(Found.NOT_THERE)

    def shown(self, external_id: str) -> Shown:
        """The post with its pictures and counts, and what was answered in the last seven days."""
        with XAccount(self._settings) as account:
            answer, said = account.shown(external_id), account.conversation(external_id)
        return shown.read("X", lambda: self._shown(external_id, answer, said))

    def _shown(self, external_id: str, answer: Mapping[str, Any], said: Sequence[Mention]) -> Shown:
        there = answer.get("includes", {}).get("media", [])
        wanted = [(str(one["url"]), str(one.get("alt_text", ""))) for one in there if one.get("url")]
        found, missing = shown.pictures(self._settings, wanted)
        metrics = answer["data"].get("public_metrics") or {}
        return Shown(
            text=str(answer["data"].get("text", "")),
            permalink=self._receipt(external_id).permalink,
            posted_at=shown.moment(answer["data"].get("created_at")),
            counts=shown.counts(metrics, metrics),
            comments=tuple(Comment(one.author, one.text, one.created_at) for one in said),
            pictures=found,
            raw=shown.raw({"post": answer, "answers": said}),
            missing=(*missing, SEVEN_DAYS),
        )

    def number_at(self, permalink: str, pictures: int) -> str:  # noqa: ARG002
        """The number in the address of a post."""
        found = ADDRESS.match(permalink)
        return found["real"] or found["stand_in"] if found else ""

    def hide(self, external_id: str) -> None:
        """Hide an answer in a conversation that the force began."""
        with XAccount(self._settings) as account:
            account.hide(external_id)

    def show_again(self, external_id: str) -> None:
        """Let everybody see an answer again that was hidden."""
        with XAccount(self._settings) as account:
            account.hide(external_id, hidden=False)

    def thank(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Answer a direct message of somebody's with another."""
        with XAccount(self._settings) as account:
            return Receipt(account.tell(address.partition(" ")[0], post.text))

    def check(self) -> Health:
        """Whether the credentials belong to the account that the channel names."""
        try:
            with XAccount(self._settings) as account:
                user_id, username = account.who()
        except PublisherError as error:
            return Health(False, error.words)
        if user_id != self._settings.get("user_id"):
            return Health(False, say(OTHERS, username=username, number=user_id))
        return Health(True, say("X answers for @%(username)s.", username=username))

    def _post(self, content: Content, words: str, pictures: tuple[Picture, ...]) -> Post:
        length, limit = text.weighted_length(words), self.capabilities.text_limit
        files = {} if content.action == "retract" else answering.files(content.may_answer)
        return Post(words, language=content.language, pictures=pictures, files=files, length=length, limit=limit)

    def _receipt(self, post_id: str) -> Receipt:
        if base := self._settings.get("base_url"):  # a stand-in shows its posts on a wall beside the platform
            return Receipt(post_id, f"{base.rsplit('/', 1)[0]}/#post-{post_id}")
        return Receipt(post_id, f"https://x.com/{self._settings.get('username') or 'i'}/status/{post_id}")


def _written(content: Content) -> str:
    return text.tidy(render("posts/x.txt", content.language, content=content))


def _carries(own: OwnPost, key: str) -> bool:
    mark = f"/r/{key}"
    return any(link.partition("?")[0].endswith(mark) for link in own.links) or mark in own.text
