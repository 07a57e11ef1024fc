"""Which tips speak of a place: asked of the blind index, so that the place stands in no address and no log."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from appeal.rules import naming
from appeal.rules.errors import BadInput
from appeal.rules.urgency import fold
from appeal.rules.words import _
from appeal.tips import blind

MOST_WORDS, MOST_TIPS = 6, 500
_HEX = frozenset("0123456789abcdef")


def mark(place: str) -> str:
    """What stands in an address for a place: keyed hashes of what is left of its words when they are misspelt."""
    bones = [naming.skeleton(word) for word in fold(place).split()]
    kept = dict.fromkeys(bone for bone in bones if len(bone) > 1)
    if not kept:
        raise BadInput(fields={"place": _("Write the name of a street, a place or a town.")})
    return ".".join(blind.token(blind.SKELETON, bone) for bone in list(kept)[:MOST_WORDS])


def tips_at(session: Session, written: str) -> Sequence[int]:
    """The newest tips that name this place, 500 at most; none for a mark that is none."""
    tokens = written.split(".")[:MOST_WORDS]
    if not all(len(one) == 2 * blind.TOKEN_BYTES and set(one) <= _HEX for one in tokens):
        return []
    return [tip_id for _number, tip_id in blind.matches(session, [[one] for one in tokens], limit=MOST_TIPS)]
