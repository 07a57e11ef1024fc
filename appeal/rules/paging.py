"""What officers are paged for: neutral words, who is asked at last, and how long each is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from appeal.rules.permissions import Permission
from appeal.rules.words import _

NEXT_AFTER = timedelta(minutes=5)
LINK_LASTS = timedelta(hours=24)

APPROVAL, COVER, LIVE, STILL, REVIEW = "approval", "cover", "live", "still", "review"
CONFIRM, OWED = "confirm", "owed"
ABOUT_ME = "about_me"
CHANNEL = "channel"


@dataclass(frozen=True)
class Kind:
    """`words` go out by text message and mail and name nobody; `button` takes it; `permission` says who "all" are.

    Where only `is_for_one`, nobody but the officers whom the caller named is asked. Who has the permission `also` is
    asked with everybody at last, and where it `is_joint` one of them from the first moment on.
    """

    words: str
    button: str
    taken: str
    permission: Permission
    is_for_one: bool = False
    also: Permission | None = None
    is_joint: bool = False


KINDS: Mapping[str, Kind] = {
    APPROVAL: Kind(
        _("An appeal waits for a second officer. Can you look at it now?"),
        _("Yes, I look at it now"),
        _("You look at it now. Nobody else is asked any more."),
        Permission.APPROVE,
    ),
    COVER: Kind(
        _("Somebody is needed to read answers outside the hours of the desk. Can you read now?"),
        _("Yes, I read now"),
        _("You read now. From this moment on this counts as staffed hours."),
        Permission.READ_TIPS,
    ),
    LIVE: Kind(
        _("Somebody reports a sighting at this moment. Can you take it?"),
        _("I have it"),
        _("You have it. Nobody else is asked any more."),
        Permission.READ_TIPS,
        also=Permission.APPROVE,
    ),
    ABOUT_ME: Kind(
        _("Somebody writes about themselves, or says that it is the wrong person. Can you take it?"),
        _("I have it"),
        _("You have it. Nobody else is asked any more."),
        Permission.READ_TIPS,
        also=Permission.APPROVE,
        is_joint=True,
    ),
    STILL: Kind(
        _("A reminder is about to go out. Is this still sought?"),
        _("Yes, still sought"),
        _("Thank you. The reminder goes out."),
        Permission.DRAFT,
        is_for_one=True,
    ),
    CONFIRM: Kind(
        _("An authority that you gave by telephone waits for your word. Can you look at it now?"),
        _("Yes, I look at it now"),
        _("Thank you. Please confirm it at the desk, or say there that it was not yours."),
        Permission.APPROVE,
        is_for_one=True,
    ),
    OWED: Kind(
        _("An urgent approval owes something, and its time runs out. Can you look at it now?"),
        _("Yes, I look at it now"),
        _("You look at it now. Nobody else is asked any more."),
        Permission.APPROVE,
    ),
    CHANNEL: Kind(
        _("A channel does not work any more. Can you look at it now?"),
        _("Yes, I look at it now"),
        _("You look at it now. Nobody else is asked any more."),
        Permission.ADMINISTER,
    ),
    REVIEW: Kind(
        _("An appeal is about to lapse. Can you look at it now?"),
        _("Yes, I look at it now"),
        _("You look at it now. Nobody else is asked any more."),
        Permission.APPROVE,
    ),
}


def next_asked(waiting: Sequence[int], everybody: Sequence[int], step: int) -> Sequence[int]:
    """Whom to ask at this step: of those who wait in order the first, then the second, then everybody that is left.

    Each is given by officer id and was not asked yet. With nobody on the list everybody is asked at once.
    """
    if step < 2 and waiting:
        return waiting[:1]
    return list(dict.fromkeys([*waiting, *everybody]))
