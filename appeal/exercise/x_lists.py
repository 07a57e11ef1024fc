"""Lists on X: timeline, mentions and recent search, page by page."""

import time
from collections.abc import Callable, Iterable

from flask import Response, request

from appeal.exercise.world import Post, World
from appeal.exercise.x_search import NotAQuery, matcher
from appeal.exercise.x_shapes import answer, invalid, not_found, posts_page

MENTIONS_KEPT = 800
TIMELINE_KEPT = 3200
SEARCH_SECONDS = 7 * 86_400


def timeline(world: World, user_id: str) -> Response:
    """Return the posts of one account."""
    if user_id not in {user.id for user in list(world.users.values())}:
        return answer({"errors": [not_found("user", "id", user_id)]})
    return _page(world, lambda post: post.author.id == user_id, (5, 10, 100), "pagination_token", TIMELINE_KEPT)


def mentions(world: World, user_id: str) -> Response:
    """Return what others said to the force, the newest 800 at most."""
    if user_id != world.force.id:
        return answer({"errors": [not_found("user", "id", user_id)]})
    return _page(world, lambda post: _speaks_to_force(world, post), (5, 10, 100), "pagination_token", MENTIONS_KEPT)


def _speaks_to_force(world: World, post: Post) -> bool:
    if post.author == world.force:
        return False
    parent = world.posts.get(post.in_reply_to or "")
    answers = parent is not None and parent.author == world.force
    return answers or f"@{world.force.username}".lower() in post.text.lower()


def search(world: World) -> Response:
    """Return the posts of the last seven days that match a query."""
    query = request.args.get("query", "")
    try:
        matches = matcher(query)
    except NotAQuery as wrong:
        return invalid("query", query, str(wrong))
    oldest = time.time() - SEARCH_SECONDS
    return _page(world, lambda post: post.published_at >= oldest and matches(post), (10, 10, 100), "next_token")


def _page(
    world: World,
    wanted: Callable[[Post], bool],
    sizes: tuple[int, int, int],
    token_name: str,
    kept: int | None = None,
) -> Response:
    """Return the page that max_results, since_id, until_id and the token ask for; sizes are least, usual, most."""
    asked = {name: request.args.get(name) for name in ("max_results", "since_id", "until_id", token_name)}
    for name, value in asked.items():
        if value is not None and not value.isdigit():
            return invalid(name, value, f"`{name}` is not a number.")
    size = int(asked["max_results"] or sizes[1])
    if not sizes[0] <= size <= sizes[2]:
        return invalid("max_results", size, f"`max_results` must be between {sizes[0]} and {sizes[2]}.")
    now = time.time()
    found = _newest_first(post for post in world.snapshot()[0] if post.is_listed(now) and wanted(post))[:kept]
    below = [int(value) for value in (asked["until_id"], asked[token_name]) if value]
    found = [post for post in found if all(int(post.id) < limit for limit in below)]
    found = [post for post in found if int(post.id) > int(asked["since_id"] or 0)]
    page = found[:size]
    return posts_page(world, page, page[-1].id if len(found) > size else None)


def _newest_first(posts: Iterable[Post]) -> list[Post]:
    return sorted(posts, key=lambda post: int(post.id), reverse=True)
