"""What the stand-in Mastodon server holds: posts and their pictures, answers, and who was told of them."""

import html
import re
import time
from dataclasses import dataclass, field

from appeal.exercise.rooms import Answer, NotPossible, Picture, Room, Thing, said
from appeal.exercise.world import World

TEXT_LIMIT = 500
FORCE_ID = "109000000000000001"
LINK = re.compile(r"https?://[^\s<>\"']+")
HIDDEN_PART = '<span class="invisible">{}</span>'


@dataclass(frozen=True)
class Media(Picture):
    """An uploaded picture; the server needs a moment before it can be used."""

    id: str = ""
    ready_at: float = 0.0


@dataclass
class Status(Thing):
    """A post of the force. `media` are its pictures by id."""

    language: str = ""
    visibility: str = "public"
    media: tuple[Media, ...] = ()
    edited_at: float | None = None


@dataclass
class Reply(Answer):
    """A post of somebody else; `under` is the post that it answers, `names_force` whether the force is told."""

    under: str = ""
    is_direct: bool = False
    names_force: bool = True
    notification: str = ""
    media: tuple[Media, ...] = field(default=())


class MastodonRoom(Room):
    """One server with one account of the force."""

    def __init__(self) -> None:
        super().__init__()
        self.media: dict[str, Media] = {}

    def new_id(self) -> str:
        """An id that sorts by this moment."""
        return str(int(time.time() * 1000) << 16 | self.next() & 0xFFFF)

    def letters(self) -> list[Answer]:
        """What the public wrote to the force alone, newest first."""
        return [one for one in super().letters() if isinstance(one, Reply) and one.is_direct]

    def replies(self) -> list[Reply]:
        """Everything that others wrote and that can be seen now."""
        now = time.time()
        return [one for one in self.answers.values() if isinstance(one, Reply) and one.is_public(now)]


def say(world: World, author: str, text: str, parent: str, pictures: tuple[Picture, ...] = ()) -> Answer:
    """Answer a post or an answer, or write a direct post when none is named; raises NotPossible."""
    room = world.room(MastodonRoom)
    above = room.answers.get(parent)
    if parent and room.public(parent) is None and above is None:
        raise NotPossible("This post is gone. Nobody can answer it.")
    root = above.parent if above else parent
    return write(world, author, text, root, under=parent, is_direct=not parent, pictures=pictures)


def write(
    world: World,
    author: str,
    text: str,
    root: str = "",
    under: str = "",
    is_direct: bool = False,
    names_force: bool = True,
    pictures: tuple[Picture, ...] = (),
) -> Reply:
    """Post as a member of the public; raises NotPossible."""
    words, name = said(text, author, TEXT_LIMIT)
    if name.lower() == world.settings.mastodon_account.lower():
        raise NotPossible("The public cannot write as the force.")
    room, now = world.room(MastodonRoom), time.time()
    with world.lock:
        media = tuple(Media(one.content, one.media_type, one.alt, room.new_id(), now) for one in pictures)
        room.media |= {one.id: one for one in media}
        made = Reply(now, now, now, room.new_id(), name, words, root, False, pictures, under, is_direct, names_force)
        made.notification, made.media = str(1000 + room.next()), media
        room.answers[made.id] = made
    return made


def as_html(text: str) -> str:
    """The words as the server shows them: paragraphs, and links whose ends are hidden."""
    shown = html.escape(text, quote=False)
    for link in LINK.findall(text):
        scheme, _slashes, rest = link.partition("://")
        parts = HIDDEN_PART.format(f"{scheme}://") + html.escape(rest)
        anchor = f'<a href="{html.escape(link)}" target="_blank" rel="nofollow noopener">{parts}</a>'
        shown = shown.replace(html.escape(link, quote=False), anchor, 1)
    return "<p>" + shown.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"
