"""What a member of the public can do in this world: answer or mention the force on X, and send it a text."""

import time

from appeal.exercise.rooms import NotPossible, Picture
from appeal.exercise.sms_text import is_number
from appeal.exercise.texting import text_the_force
from appeal.exercise.world import Media, Post, Text, World
from appeal.exercise.x_text import TEXT_LIMIT, weighted_length

SMS_LIMIT = 1600


def say_on_x(
    world: World, author: str, text: str, in_reply_to: str | None = None, pictures: tuple[bytes, ...] = ()
) -> Post:
    """Answer a post, or mention the force when no post is named; pictures are JPEG. Raises NotPossible."""
    with world.lock:
        parent = world.public_post(in_reply_to) if in_reply_to else None
        if in_reply_to and parent is None:
            raise NotPossible("This post is gone. Nobody can answer it.")
        whole = _addressed(text.strip(), (parent.author if parent else world.force).username)
        _check(world, author, text, parent)
        now = time.time()
        post_id = world.snowflake(now)
        world.posts[post_id] = post = Post(
            now,
            now,
            now,
            post_id,
            world.user(author),
            whole,
            parent.conversation_id if parent else post_id,
            tuple(_kept(world, one, now) for one in pictures),
            in_reply_to=parent.id if parent else None,
        )
    return post


def send_text(world: World, sender: str, body: str, pictures: tuple[Picture, ...] = ()) -> Text:
    """Send a text message to the force and wait for its answer; raises NotPossible."""
    if not is_number(sender):
        raise NotPossible("A number looks like +34600123456: a plus sign, the country, no spaces.")
    if not (body.strip() or pictures) or len(body) > SMS_LIMIT:
        raise NotPossible(f"A text message has 1 to {SMS_LIMIT} characters.")
    return text_the_force(world, sender, body, pictures)


def _kept(world: World, picture: bytes, now: float) -> Media:
    media = Media(world.snowflake(now), picture, "image/jpeg", 40, 40, now)
    world.media[media.id] = media
    return media


def _check(world: World, author: str, text: str, parent: Post | None) -> None:
    if not author.strip().lstrip("@"):
        raise NotPossible("Say who writes this.")
    if world.user(author) == world.force:
        raise NotPossible("The public cannot write as the force.")
    if not text.strip() or weighted_length(text) > TEXT_LIMIT:
        raise NotPossible(f"A post has 1 to {TEXT_LIMIT} characters.")
    root = world.posts.get(parent.conversation_id) if parent else None
    if root and root.reply_settings != "everyone":
        raise NotPossible("The force limited who may answer this post.")


def _addressed(text: str, username: str) -> str:
    mention = f"@{username}"
    return text if mention.lower() in text.lower() else f"{mention} {text}"
