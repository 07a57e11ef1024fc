"""Places without an interface: a person posts the composed words and pictures there. Nothing is sent by itself."""

from datetime import datetime

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
from appeal.rules.content import Content, Post
from appeal.rules.errors import OutcomeUnknown
from appeal.rules.words import _, say

USUAL_LIMIT, MOST = 2_000, 20_000
COUNTED = _("%(length)s of %(limit)s characters")


class Assisted:
    """One place in which a person posts: a neighbourhood app, a newspaper's desk, a closed platform.

    A copy waits for the person, whatever is asked of this publisher; only a person says that it is there or gone.
    """

    name = "assisted"
    capabilities = Capabilities(
        label=_("By hand"),
        apply_for=_("nothing: a person posts"),
        costs=_("the person's time"),
        text_limit=USUAL_LIMIT,
        counts=_("characters, unless the channel says otherwise"),
        pictures=Pictures(number=6, max_side=2048, max_bytes=4_000_000, alt_limit=1000),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.NONE,
        settle_seconds=0.0,
        settings=(
            Setting("place_url", _("Address of the place, where a person posts")),
            Setting("how", _("What the person has to know: where to sign in, whom to send it to")),
            Setting("text_limit", _("Longest text there, in characters"), default=str(USUAL_LIMIT)),
        ),
        by_hand=True,
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """What the person posts; raises `DoesNotFit` with all reasons."""
        limit = self._limit()
        if content.action == "retract":
            words = text.tidy(render("posts/withdrawn.txt", content.language, content=content))
            return Post(words, language=content.language, length=len(words), limit=limit)
        wanted = self.capabilities.pictures
        pictures = content.pictures[: wanted.number]
        reasons = text.picture_reasons(pictures, wanted)
        written = text.fitted(content, _written, lambda words: len(words) <= limit)
        if written is None:
            counted = say(COUNTED, length=len(_written(text.without_story(content))), limit=limit)
            reasons.insert(0, text.too_long(content, counted))
        text.refuse_if(reasons)
        words = written or ""
        return Post(words, language=content.language, pictures=pictures, length=len(words), limit=limit)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Nothing is sent: only a person can say that it is there."""
        raise OutcomeUnknown(_("A person has to post this one."))

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Nothing is changed: only a person can say that it was."""
        raise OutcomeUnknown(_("A person has to change this one."))

    def retract(self, external_id: str, post: Post) -> Receipt:  # noqa: ARG002
        """Nothing is removed: only a person can say that it was."""
        raise OutcomeUnknown(_("A person has to remove this one."))

    def is_out(self, external_id: str) -> LookUp:  # noqa: ARG002
        """Nobody can be asked but a person."""
        return LookUp(Found.CANNOT_TELL)

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002
        """Nobody can be asked but a person."""
        return LookUp(Found.CANNOT_TELL)

    def check(self) -> Health:
        """Always well, unless the longest text is no number."""
        typed = self._settings.get("text_limit")
        if typed and not typed.isdecimal():
            return Health(False, _("The longest text is a number of characters."))
        return Health(True, _("A person posts here; nothing is sent by itself."))

    def _limit(self) -> int:
        typed = self._settings.get("text_limit")
        return min(int(typed), MOST) if typed.isdecimal() and int(typed) else USUAL_LIMIT


def _written(content: Content) -> str:
    return text.tidy(render("posts/assisted.txt", content.language, content=content))
