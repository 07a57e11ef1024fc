"""An officer's own way of working: named filters of the queue, and which single keys do what."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from appeal import db
from appeal.models.desk import KeyChoice, SavedView
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import own_reasons
from appeal.tips.reasons import REASONS
from appeal.tips.skim import CHOICES, SAME, SAME_KEY

MOST_VIEWS, MOST_NAME = 30, 60
FILTERS = ("which", "appeal", "lane", "source", "language", "state", "hours", "pictures", "place")

# Every command that has a single key: code and key unless the officer chose another.
USUAL: Mapping[str, str] = {
    **{f"reason.{one.code}": one.key for one in REASONS},
    **{f"skim.{choice}": key for key, choice in CHOICES.items()},
    f"skim.{SAME}": SAME_KEY,
    "go.search": "/",
    "go.next": "j",
    "go.show": "b",
    "go.radio": "r",
    "go.unbearable": "u",
}


def usual() -> Mapping[str, str]:
    """Every command with the key that it has unless the officer chose another; the force's own reasons too."""
    return {**USUAL, **{f"reason.{one.code}": one.key for one in own_reasons.known().values()}}


def save(actor: Actor, *, name: str, filters: Mapping[str, str], now: datetime) -> None:
    """Keep these filters under a name; the same name again means the new ones."""
    del now
    require(actor, Permission.READ_TIPS)
    plain = " ".join(name.split())
    if not plain or len(plain) > MOST_NAME:
        raise BadInput(fields={"name": _("Give it a name of at most 60 characters.")})
    kept = {field: filters[field] for field in FILTERS if filters.get(field)}
    with db.writing() as session:
        own = select(SavedView).where(SavedView.officer_id == actor.id)
        views = {view.name: view for view in session.scalars(own)}
        if plain not in views and len(views) >= MOST_VIEWS:
            raise BadInput(fields={"name": _("You have 30 views already: remove one first.")})
        view = views.get(plain) or SavedView(officer_id=actor.id, name=plain, filters=kept)
        view.filters = kept
        session.add(view)


def remove(actor: Actor, *, view_id: int) -> None:
    """Forget one of the officer's own views."""
    with db.writing() as session:
        gone = delete(SavedView).where(SavedView.id == view_id, SavedView.officer_id == actor.id)
        if session.scalar(gone.returning(SavedView.id)) is None:
            raise NotFound(_("There is no such view."))


def of(actor: Actor) -> Sequence[SavedView]:
    """The officer's views by name."""
    with db.reading() as session:
        return session.scalars(select(SavedView).where(SavedView.officer_id == actor.id).order_by(SavedView.name)).all()


def keys(actor: Actor) -> tuple[bool, Mapping[str, str]]:
    """Whether single keys work for this officer, and the key of every command."""
    with db.reading() as session:
        chosen = session.get(KeyChoice, actor.id)
    if chosen is None:
        return False, usual()
    whole = usual()
    return chosen.is_on, {**whole, **{code: key for code, key in chosen.keys.items() if code in whole}}


def choose_keys(actor: Actor, *, is_on: bool, changed: Mapping[str, str]) -> None:
    """Switch single keys on or off and change some; two commands of one page cannot have one key."""
    before = usual()
    wrong = {
        code: _("One letter, figure or sign.") for code, key in changed.items() if code in before and len(key) != 1
    }
    whole = {**before, **{code: key.lower() for code, key in changed.items() if code in before}}
    for code, key in whole.items():
        page = code.partition(".")[0]
        if any(other != code and other.startswith((f"{page}.", "go.")) and whole[other] == key for other in whole):
            wrong.setdefault(code, _("Another command has this key."))
    if wrong:
        raise BadInput(fields=wrong)
    own = {code: key for code, key in whole.items() if before[code] != key}
    with db.writing() as session:
        session.merge(KeyChoice(officer_id=actor.id, is_on=is_on, keys=own))
