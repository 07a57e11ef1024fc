"""What the stand-in Bluesky network holds: accounts, posts under their record keys, pictures, a log of messages."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import regex  # type: ignore[import-untyped]

from appeal.exercise.rooms import Answer, NotPossible, Picture, Room, Thing, said
from appeal.exercise.world import World

POST, GATE = "app.bsky.feed.post", "app.bsky.feed.threadgate"
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
TEXT_GRAPHEMES, TEXT_BYTES = 300, 3000
DIRECT_GRAPHEMES = 1000
GRAPHEME = regex.compile(r"\X")
# Under this name stands what mentions the force and answers nothing.
MENTION = "@"


@dataclass
class Post(Thing):
    """A post of the force as its server holds it; `id` is its record key, `value` the record as it was written."""

    cid: str = ""
    value: Mapping[str, object] = field(default_factory=dict)
    blobs: tuple[str, ...] = ()
    did: str = ""


@dataclass
class Reply(Answer):
    """A post of somebody else; `parent` is the post of the force that begins the thread."""

    cid: str = ""
    value: Mapping[str, object] = field(default_factory=dict)
    blobs: tuple[str, ...] = ()


class BlueskyRoom(Room):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        self.handles: dict[str, str] = {}
        self.gates: dict[str, Mapping[str, object]] = {}
        self.blobs: dict[str, Picture] = {}
        # What the force wrote back, by conversation.
        self.told: dict[str, list[str]] = {}

    def did(self, handle: str) -> str:
        """The id of an account; a member of the public gets one on first sight."""
        name = handle.strip().lstrip("@").lower()
        name = name if "." in name else f"{name}.example"
        did = "did:plc:" + base64.b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()[:24]
        self.handles[did] = name
        return did

    def new_key(self) -> str:
        """A record key that sorts by this moment."""
        number = int(time.time() * 1_000_000) << 10 | self.next() & 0x3FF
        return "".join(LETTERS[number >> 5 * place & 31] for place in range(12, -1, -1))

    def keep_blob(self, picture: Picture) -> str:
        """Keep a picture and return its content id."""
        name = content_id(picture.content, 0x55)
        self.blobs.setdefault(name, picture)
        return name

    def blob_shape(self, name: str) -> dict[str, object]:
        """The reference to a kept picture."""
        kept = self.blobs[name]
        return {"$type": "blob", "ref": {"$link": name}, "mimeType": kept.media_type, "size": len(kept.content)}

    def posts(self) -> list[Post | Reply]:
        """Every post that the public can see now."""
        now = time.time()
        every = [*self.things.values(), *self.answers.values()]
        return [one for one in every if isinstance(one, Post | Reply) and one.is_public(now) and one.value]

    def found(self, uri: str) -> Post | Reply | None:
        """The post at this address if the public can see it now."""
        return next((one for one in self.posts() if self.uri(one) == uri), None)

    def uri(self, post: Post | Reply) -> str:
        """The address of a post."""
        return f"at://{self.author(post)}/{POST}/{post.id}"

    def author(self, post: Post | Reply) -> str:
        """The id of the account that wrote a post."""
        return self.did(post.author) if isinstance(post, Reply) else post.did

    def letters(self) -> list[Answer]:
        """What the public wrote to the force alone, newest first."""
        return [one for one in super().letters() if not (isinstance(one, Reply) and one.value)]


def force(world: World) -> str:
    """The id of the force's account."""
    return world.room(BlueskyRoom).did(world.settings.bluesky_handle)


def say(world: World, author: str, text: str, parent: str, pictures: tuple[Picture, ...] = ()) -> Answer:
    """Answer a post or an answer to one, or write to the force alone when none is named; raises NotPossible."""
    room = world.room(BlueskyRoom)
    words, name = _said(world, author, text, TEXT_GRAPHEMES if parent else DIRECT_GRAPHEMES)
    with world.lock:
        if not parent:
            now = time.time()
            letter = Reply(now, now, now, room.new_key(), name, words)
            room.answers[letter.id] = letter
            return letter
        above = next((one for one in room.posts() if one.id == parent), None)
        if above is None:
            raise NotPossible("This post is gone. Nobody can answer it.")
        root = room.things[above.parent] if isinstance(above, Reply) and above.parent != MENTION else above
        if isinstance(root, Thing) and not root.is_answerable:
            raise NotPossible("The force limited who may answer this post.")
        reply = {"root": _reference(room, root), "parent": _reference(room, above)}
        return _post(room, name, words, root.id, {"reply": reply}, pictures)


def mention(world: World, author: str, text: str) -> Answer:
    """Name the force in a post that answers nothing; raises NotPossible."""
    whole = f"@{world.settings.bluesky_handle} {text}"
    words, name = _said(world, author, whole, TEXT_GRAPHEMES)
    with world.lock:
        return _post(world.room(BlueskyRoom), name, words, MENTION, {}, ())


def content_id(content: bytes, codec: int) -> str:
    """The content id of some bytes, as the network writes it."""
    digest = bytes((1, codec, 0x12, 0x20)) + hashlib.sha256(content).digest()
    return "b" + base64.b32encode(digest).decode().lower().rstrip("=")


def stamp(moment: float) -> str:
    """A moment as the network writes it."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
    return f"{whole}.{int(moment * 1000) % 1000:03d}Z"


def _said(world: World, author: str, text: str, most: int) -> tuple[str, str]:
    words, name = said(text, author, 10 * most)
    room = world.room(BlueskyRoom)
    if room.did(name) == force(world):
        raise NotPossible("The public cannot write as the force.")
    if len(GRAPHEME.findall(words)) > most:
        raise NotPossible(f"A message has 1 to {most} characters.")
    return words, name


def _post(
    room: BlueskyRoom, author: str, text: str, parent: str, more: Mapping[str, object], pictures: tuple[Picture, ...]
) -> Reply:
    now = time.time()
    value: dict[str, object] = {"$type": POST, "text": text, "createdAt": stamp(now), **more}
    blobs = tuple(room.keep_blob(picture) for picture in pictures)
    if blobs:
        images = [{"alt": "", "image": room.blob_shape(name)} for name in blobs]
        value["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    cid = content_id(json.dumps(value).encode(), 0x71)
    reply = Reply(now, now, now, room.new_key(), author, text, parent, False, pictures, cid, value, blobs)
    room.answers[reply.id] = reply
    return reply


def _reference(room: BlueskyRoom, post: Thing | Answer) -> dict[str, str]:
    if not isinstance(post, Post | Reply):
        raise NotPossible("This post cannot be answered.")
    return {"uri": room.uri(post), "cid": post.cid}
