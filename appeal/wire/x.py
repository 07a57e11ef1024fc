"""The force's account on X: posts, pictures, timeline and mentions over API v2, through tweepy."""

import base64
import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar

import tweepy

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown
from appeal.rules.words import _
from appeal.wire.http import Named, Session, base_address, limits_of
from appeal.wire.x_errors import asked, ordered
from appeal.wire.x_shapes import MESSAGE, Direct, directs, pictures

REAL = "https://api.x.com"
BUILT_IN = "https://api.twitter.com"

PAGE = 100
PAGES = 100
MENTIONS_SHOWN = 800
# Our clock and theirs may differ by as much.
CLOCKS_DIFFER = timedelta(minutes=5)

FIELDS = ("attachments", "author_id", "conversation_id", "created_at", "entities", "referenced_tweets")
NOT_FOUND = "resource-not-found"


@dataclass(frozen=True)
class OwnPost:
    """One post of the force's own timeline; `links` are the addresses behind the short ones."""

    id: str
    text: str = field(repr=False)
    links: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True)
class Mention:
    """What somebody said to the force; `in_reply_to` and `conversation` are ids of posts, `links` are full."""

    id: str
    author: str = field(repr=False)
    text: str = field(repr=False)
    created_at: datetime
    conversation: str
    in_reply_to: str = ""
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


class XAccount:
    """One account. Questions raise TryLater or ChannelStopped; orders also raise the other publisher errors."""

    def __init__(self, settings: Named) -> None:
        self._user_id, self._username = settings.get("user_id"), settings.get("username")
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        keys = {name: settings.get(name) for name in names}
        if not all(keys.values()):
            raise ChannelStopped("This channel has no complete credentials for X.")
        self._client = tweepy.Client(**keys, return_type=dict, wait_on_rate_limit=False)
        self._client.session.close()
        base = base_address(settings, REAL)
        self._client.session = Session(base, BUILT_IN, limits_of(settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.session.close()

    def upload(self, picture: bytes, alt: str) -> str:
        """Upload one picture with its description and return its media id. Publishes nothing, so never unknown."""
        body = {"media": base64.b64encode(picture).decode(), "media_category": "tweet_image"}
        media_id = str(asked(lambda: self._post("/2/media/upload", body)["data"]["id"], ContentRefused))
        if alt:
            described = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
            asked(lambda: self._post("/2/media/metadata", described), ContentRefused)
        return media_id

    def create(self, text: str, media_ids: list[str], reply_settings: str = "") -> str:
        """Publish a post and return its id; a duplicate is unknown: the first of the two may be an earlier try.

        `reply_settings` says who may answer in X's words; empty is everybody.
        """
        given = {"text": text, "media_ids": media_ids or None, "reply_settings": reply_settings or None}
        try:
            return str(ordered(lambda: self._client.create_tweet(**given)["data"]["id"]))
        except Gone as error:
            raise ChannelStopped("X is not to be found at the address of this channel.", error.detail) from None

    def delete(self, post_id: str) -> None:
        """Delete a post; `Gone` when it was not there."""

        def order() -> None:
            answer = self._client.delete_tweet(post_id)
            if _is_missing(answer):
                raise Gone("The post is not on X any more.")
            if not answer["data"]["deleted"]:
                raise OutcomeUnknown("X did not confirm that the post was deleted.")

        ordered(order)

    def hide(self, post_id: str, *, hidden: bool = True) -> None:
        """Hide somebody's answer in a conversation that we began, or show it again; `Gone` when it is not there."""

        def order() -> None:
            answer = self._client.hide_reply(post_id) if hidden else self._client.unhide_reply(post_id)
            if _is_missing(answer):
                raise Gone(_("The answer is not on X any more."))
            if answer["data"]["hidden"] is not hidden:
                raise OutcomeUnknown(_("X did not confirm what was asked about the answer."))

        ordered(order)

    def directs(self, known: str) -> list[Direct]:
        """Direct messages after the known one, oldest first. X lists them newest first, 30 days back."""
        wanted = {
            "max_results": PAGE,
            "event_types": MESSAGE,
            "dm_event_fields": ["id", "text", "event_type", "sender_id", "created_at", "dm_conversation_id"],
            "expansions": ["sender_id"],
        }
        found: list[Direct] = []
        for one in _pages(self._client.get_direct_message_events, "pagination_token", wanted, directs):
            if known and int(one.id) <= int(known):
                break
            found.append(one)
        return found[::-1]

    def tell(self, user_id: str, text: str) -> str:
        """Write to one account alone; returns the message's id."""

        def order() -> str:
            return str(self._client.create_direct_message(participant_id=user_id, text=text)["data"]["dm_event_id"])

        told: str = ordered(order)
        return told

    def exists(self, post_id: str) -> bool:
        """Whether the post can be seen."""

        def ask() -> bool:
            answer = self._client.get_tweet(post_id, user_auth=True)
            return not _is_missing(answer) and bool(answer["data"]["id"])

        try:
            return bool(asked(ask, Gone))
        except Gone:
            return False

    def shown(self, post_id: str) -> Mapping[str, Any]:
        """X's own answer about one post, with counts and pictures; `Gone` when it is not there."""
        wanted = {
            "tweet_fields": [*FIELDS, "public_metrics"],
            "expansions": ["author_id", "attachments.media_keys"],
            "media_fields": ["url", "alt_text"],
        }

        def ask() -> Mapping[str, Any]:
            answer: Mapping[str, Any] = self._client.get_tweet(post_id, user_auth=True, **wanted)
            if _is_missing(answer):
                raise Gone("The post is not on X any more.")
            return {**answer, "data": dict(answer["data"])}

        answer: Mapping[str, Any] = asked(ask, Gone)
        return answer

    def conversation(self, post_id: str) -> tuple[Mention, ...]:
        """What was answered under a post in the last seven days, oldest first: X searches no further back."""
        found = self._said(partial(self._found, f"conversation_id:{post_id}"), "next_token", "", PAGE)
        return tuple(found[key] for key in sorted(found, key=int) if key != post_id)

    def own_posts(self, since: datetime) -> Iterator[OwnPost]:
        """Yield the account's own posts since that moment, newest first."""
        earliest = since - CLOCKS_DIFFER
        wanted = {"max_results": PAGE, "tweet_fields": ["created_at", "entities"], "start_time": earliest}
        for own in _pages(self._timeline, "pagination_token", wanted, _own):
            if own.created_at < earliest:
                return
            yield own

    def mentions(self, since_id: str, limit: int = PAGE) -> tuple[Mention, ...]:
        """Everything said to the force after the post `since_id`, oldest first; `limit` is the size of a page.

        The next cursor is the id of the last one. X shows the newest 800 only; what is older comes from the search.
        """
        found = self._said(self._mentions, "pagination_token", since_id, limit)
        if len(found) >= MENTIONS_SHOWN and self._username:
            found |= self._said(self._search, "next_token", since_id, limit, until_id=str(min(map(int, found))))
        return tuple(found[key] for key in sorted(found, key=int))

    def who(self) -> tuple[str, str]:
        """The id and the name of the account that the credentials belong to."""

        def ask() -> tuple[str, str]:
            account = self._client.get_me()["data"]
            return str(account["id"]), str(account["username"])

        who: tuple[str, str] = asked(ask)
        return who

    def _post(self, path: str, body: Mapping[str, object]) -> Any:
        return self._client.request("POST", path, json=body, user_auth=True).json()

    def _said(
        self, page: "_Page", token: str, since_id: str, limit: int, until_id: str | None = None
    ) -> dict[str, Mention]:
        wanted = {
            "max_results": max(10, min(limit, PAGE)),
            "tweet_fields": [*FIELDS],
            "expansions": ["author_id", "attachments.media_keys"],
            "media_fields": ["url"],
            "since_id": since_id or None,
            "until_id": until_id,
        }
        return {said.id: said for said in _pages(page, token, wanted, _mentioned)}

    def _timeline(self, **wanted: Any) -> Any:
        return self._client.get_users_tweets(self._user_id, user_auth=True, **wanted)

    def _mentions(self, **wanted: Any) -> Any:
        return self._client.get_users_mentions(self._user_id, user_auth=True, **wanted)

    def _search(self, **wanted: Any) -> Any:
        return self._found(f"@{self._username} -from:{self._username}", **wanted)

    def _found(self, query: str, **wanted: Any) -> Any:
        return self._client.search_recent_tweets(query, user_auth=True, **wanted)


_Page = Callable[..., Any]
Read = TypeVar("Read")


def _pages(
    page: _Page, token: str, wanted: Mapping[str, object], read: Callable[[Mapping[str, Any]], list[Read]]
) -> Iterator[Read]:
    """Yield what is read from page after page until there is no next one."""
    following: dict[str, object] = {}

    def ask() -> tuple[list[Read], object]:
        answer = page(**{name: value for name, value in {**wanted, **following}.items() if value is not None})
        if _is_missing(answer) and "data" not in answer:
            raise ChannelStopped("X does not know the account of this channel.")
        return read(answer), answer["meta"].get("next_token")

    for _page in range(PAGES):
        found, following[token] = asked(ask)
        yield from found
        if not following[token]:
            return


def _own(answer: Mapping[str, Any]) -> list[OwnPost]:
    return [OwnPost(str(p["id"]), _text(p), _links(p), _moment(p)) for p in answer.get("data", [])]


def _mentioned(answer: Mapping[str, Any]) -> list[Mention]:
    names = {user["id"]: user["username"] for user in answer.get("includes", {}).get("users", [])}
    return [
        Mention(
            id=str(post["id"]),
            author=str(names.get(post.get("author_id"), post.get("author_id", ""))),
            text=_text(post),
            created_at=_moment(post),
            conversation=str(post.get("conversation_id", "")),
            in_reply_to=_replied(post),
            links=_links(post),
            pictures=pictures(post, answer),
        )
        for post in answer.get("data", [])
    ]


def _replied(post: Mapping[str, Any]) -> str:
    others = post.get("referenced_tweets", [])
    return next((str(other["id"]) for other in others if other.get("type") == "replied_to"), "")


def _text(post: Mapping[str, Any]) -> str:
    """The words as they were typed: X escapes three characters and shortens links."""
    words = str(post["text"])
    for url in (post.get("entities") or {}).get("urls", []):
        words = words.replace(url["url"], url.get("expanded_url", url["url"]))
    return html.unescape(words)


def _links(post: Mapping[str, Any]) -> tuple[str, ...]:
    urls = (post.get("entities") or {}).get("urls", [])
    return tuple(str(url.get("unwound_url") or url.get("expanded_url") or url.get("url", "")) for url in urls)


def _moment(post: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(post["created_at"])


def _is_missing(answer: Mapping[str, Any]) -> bool:
    return any(NOT_FOUND in str(error.get("type", "")) for error in answer.get("errors", []))
