"""The query language of recent search, as far as a police force needs it."""

import re
import shlex
from collections.abc import Callable

from appeal.exercise.world import Post
from appeal.exercise.x_text import links_in

QUERY_LIMIT = 512
Test = Callable[[Post, str], bool]

OPERATORS: dict[str, Test] = {
    "conversation_id": lambda post, value: post.conversation_id == value,
    "from": lambda post, value: post.author.username.lower() == value.lower().lstrip("@"),
    "to": lambda post, value: post.text.lower().startswith(f"@{value.lower().lstrip('@')}"),
    "url": lambda post, value: any(value.lower() in link.lower() for link in links_in(post.text)),
    "is": lambda post, value: value == "reply" and post.in_reply_to is not None,
    "has": lambda post, value: (
        (value == "images" and bool(post.media)) or (value == "links" and bool(links_in(post.text)))
    ),
}
VALUES = {"is": {"reply", "retweet", "quote"}, "has": {"images", "links"}}


class NotAQuery(ValueError):
    """The query uses words that this search does not know."""


def matcher(query: str) -> Callable[[Post], bool]:
    """Return the test of a query: terms joined by AND, `-` negates; raises NotAQuery."""
    if not query.strip() or len(query) > QUERY_LIMIT:
        raise NotAQuery(f"The query has 1 to {QUERY_LIMIT} characters.")
    try:
        tests = [_test(term) for term in shlex.split(query)]
    except ValueError as wrong:
        raise NotAQuery(str(wrong)) from wrong
    return lambda post: all(test(post) for test in tests)


def _test(term: str) -> Callable[[Post], bool]:
    negated, bare = term.startswith("-"), term.lstrip("-")
    name, colon, value = bare.partition(":")
    if colon and re.fullmatch(r"[a-z_]+", name):
        if name not in OPERATORS or value not in VALUES.get(name, {value}):
            raise NotAQuery(f"The operator {bare} is not known here.")
        return lambda post: OPERATORS[name](post, value) != negated
    return lambda post: (bare.lower() in post.text.lower()) != negated
