"""Publishes in a Telegram channel through a bot: text, one photo or an album. Telegram cannot be asked what is out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from appeal.pages import render
from appeal.publishers import text
from appeal.publishers.base import (
    Capabilities,
    Find,
    Found,
    Health,
    LookUp,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
)
from appeal.publishers.telegram_notice import NOTICE
from appeal.rules.content import Content, Post
from appeal.rules.errors import ContentRefused, Gone, OutcomeUnknown, PublisherError
from appeal.rules.words import _, joined, say
from appeal.wire.telegram import TelegramBot, TooOld, Unchanged

TEXT_LIMIT, CAPTION_LIMIT, ALBUM_LIMIT = 4096, 1024, 10
# Between the parts of a receipt's id: message numbers, or the mark that the one message carries a photo.
BETWEEN, PHOTO = "/", "photo"
COUNTED = _("%(length)s of %(limit)s characters")
RIGHTS = {
    "can_post_messages": _("publish posts"),
    "can_edit_messages": _("edit posts"),
    "can_delete_messages": _("delete posts"),
}

ADDRESS = re.compile(
    r"https://t\.me/(?:s/|c/)?(?P<channel>\w+)/(?P<real>\d+)|http://127\.0\.0\.1:\d+/#telegram-(?P<stand_in>\d+)"
)


class Telegram:
    """One channel and the bot that posts in it.

    A receipt's id holds what changing and deleting need: `17` for a text, `17/photo`, or `17/18/19` for an album.
    """

    name = "telegram"
    capabilities = Capabilities(
        label=_("Telegram"),
        apply_for=_("a bot that is an administrator of the channel"),
        costs=_("nothing"),
        text_limit=TEXT_LIMIT,
        counts=_("characters, 1,024 under pictures"),
        pictures=Pictures(number=ALBUM_LIMIT, max_side=2560, max_bytes=5_000_000, alt_limit=1000),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.NONE,
        settle_seconds=60.0,
        parallel=1,
        no_thanks="",
        answered_in_public=True,
        settings=(
            Setting("channel", _("Channel: @name, or its number beginning with -100")),
            Setting("bot_token", _("Token of the bot"), is_secret=True),
            Setting(
                "receive",
                _("How answers come"),
                default="poll",
                choices=(("poll", _("we ask Telegram")), ("webhook", _("Telegram calls us"))),
            ),
            Setting("webhook_secret", _("Secret for the webhook: 16 to 256 letters, digits, _ and -"), is_secret=True),
            Setting("base_url", _("Address of the platform; empty for the real one")),
        ),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """The post as the public will read it; raises `DoesNotFit` with all reasons. Counted in UTF-16 units."""
        wanted = self.capabilities.pictures
        pictures = content.pictures[: wanted.number]
        if content.action == "retract":
            words = text.tidy(render("posts/withdrawn.txt", content.language, content=content))
            return Post(words, language=content.language, length=units(words), limit=CAPTION_LIMIT)
        limit = CAPTION_LIMIT if pictures else TEXT_LIMIT
        reasons = text.picture_reasons(pictures, wanted)
        written = _fitted(content, limit)
        if written is None:
            least = units(_written(_bare(content)))
            reasons.insert(0, text.too_long(content, say(COUNTED, length=least, limit=limit)))
        text.refuse_if(reasons)
        words = written or ""
        return Post(words, language=content.language, pictures=pictures, length=units(words), limit=limit)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Publish in one call; an album is out as a whole or not at all."""
        with TelegramBot(self._settings) as bot:
            ids = bot.send(post.text, [picture.best.data for picture in post.pictures])
        return self._receipt(BETWEEN.join([*ids, *([PHOTO] if len(post.pictures) == 1 else [])]))

    def thank(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Answer in the chat that somebody opened with the bot."""
        with TelegramBot(self._settings) as bot:
            return Receipt(bot.tell(address.partition(" ")[0], post.text))

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Change words and pictures where they stand; an album keeps its number of pictures."""
        ids, pictures = _messages(external_id), [picture.best.data for picture in post.pictures]
        if not pictures or (len(ids) != len(pictures)):
            if pictures or _has_photo(external_id):
                raise ContentRefused(
                    _("Telegram cannot change how many pictures a post has. Take it down and release it again.")
                )
            with TelegramBot(self._settings) as bot:
                _surely(lambda: bot.edit_text(ids[0], post.text))
            return self._receipt(external_id)
        with TelegramBot(self._settings) as bot:
            for place, message_id in enumerate(ids):
                _changed(bot, message_id, pictures[place], "" if place else post.text)
        return self._receipt(f"{ids[0]}{BETWEEN}{PHOTO}" if len(ids) == 1 else external_id)

    def retract(self, external_id: str, post: Post) -> Receipt:
        """Delete every message. After 48 hours pictures and words are replaced, and a person has to delete the rest."""
        with TelegramBot(self._settings) as bot:
            ends = [_taken_down(bot, message_id, external_id, post) for message_id in _messages(external_id)]
        if "replaced" in ends:
            raise ContentRefused(
                say(
                    "Telegram lets a bot delete for 48 hours only. Picture and words were replaced by a notice. "
                    "A person has to delete the post: %(link)s",
                    link=self._receipt(external_id).permalink,
                )
            )
        if set(ends) == {"gone"}:
            raise Gone(_("The post is not on Telegram any more."))
        return self._receipt(external_id)

    def is_out(self, external_id: str) -> LookUp:
        """Whether any of its messages is still there."""
        with TelegramBot(self._settings) as bot:
            is_there = any(bot.exists(message_id) for message_id in _messages(external_id))
        return LookUp(Found.THERE, self._receipt(external_id)) if is_there else LookUp(Found.NOT_THERE)

    def number_at(self, permalink: str, pictures: int) -> str:
        """The numbers of the messages of a post: those of an album follow one another."""
        found = ADDRESS.match(permalink)
        channel = self._settings.get("channel")
        own = channel.removeprefix("@").lower() if channel.startswith("@") else channel.removeprefix("-100")
        if not found or (found["channel"] and found["channel"].lower() != own):
            return ""
        first = int(found["real"] or found["stand_in"])
        ids = [str(first + place) for place in range(max(pictures, 1))]
        return BETWEEN.join([*ids, *([PHOTO] if pictures == 1 else [])])

    def check(self) -> Health:
        """Whether the bot is an administrator of the channel who may post, edit and delete."""
        try:
            with TelegramBot(self._settings) as bot:
                name, channel = bot.who(), bot.look_at_channel()
        except PublisherError as error:
            return Health(False, error.words)
        if channel.missing_rights:
            return Health(False, _missing(channel.missing_rights))
        if not channel.group:
            return Health(True, say("The bot @%(name)s may post. The channel has no group for comments.", name=name))
        return Health(True, say("The bot @%(name)s may post, edit and delete in the channel.", name=name))

    def _receipt(self, external_id: str) -> Receipt:
        first, channel = _messages(external_id)[0], self._settings.get("channel")
        if base := self._settings.get("base_url"):  # a stand-in shows its posts on a wall beside the platform
            return Receipt(external_id, f"{base.rsplit('/', 1)[0]}/#telegram-{first}")
        place = channel.removeprefix("@") if channel.startswith("@") else f"c/{channel.removeprefix('-100')}"
        return Receipt(external_id, f"https://t.me/{place}/{first}")


def units(words: str) -> int:
    """How long Telegram finds a text: in units of UTF-16, an emoji counts two."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _fitted(content: Content, limit: int) -> str | None:
    """With the descriptions of the pictures, or without them where they would cost the story."""
    if units(whole := _written(content)) <= limit:
        return whole
    return text.fitted(replace(content, pictures=()), _written, lambda words: units(words) <= limit)


def _written(content: Content) -> str:
    return text.tidy(render("posts/telegram.txt", content.language, content=content))


def _bare(content: Content) -> Content:
    return replace(text.without_story(content), pictures=())


def _messages(external_id: str) -> list[str]:
    return [part for part in external_id.split(BETWEEN) if part.isdigit()] or [external_id]


def _has_photo(external_id: str) -> bool:
    return BETWEEN in external_id


def _changed(bot: TelegramBot, message_id: str, picture: bytes, words: str) -> None:
    _surely(lambda: bot.edit_picture(message_id, picture, words))


def _surely(change: Callable[[], None]) -> None:
    """Change something; where no answer came it is changed once more, which is harmless and tells whether it was."""
    try:
        try:
            change()
        except OutcomeUnknown:
            change()
    except Unchanged:
        return


def _taken_down(bot: TelegramBot, message_id: str, external_id: str, post: Post) -> str:
    """How one message ended: deleted, replaced, or gone before."""
    try:
        bot.delete(message_id)
    except Gone:
        return "gone"
    except TooOld:
        return _replaced(bot, message_id, external_id, post)
    return "deleted"


def _replaced(bot: TelegramBot, message_id: str, external_id: str, post: Post) -> str:
    try:
        if not _has_photo(external_id):
            _surely(lambda: bot.edit_text(message_id, post.text))
            return "replaced"
    except Gone:
        return "gone"
    except ContentRefused:
        pass  # a correction gave it a picture after it went out
    try:
        _changed(bot, message_id, NOTICE, post.text if message_id == _messages(external_id)[0] else "")
    except Gone:
        return "gone"
    return "replaced"


def _missing(rights: Sequence[str]) -> str:

    lacks = joined([RIGHTS[right] for right in rights], ", ")
    return say("The bot may not do everything in the channel. It lacks the right to: %(rights)s.", rights=lacks)
