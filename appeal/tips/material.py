"""A tip opened for the machine: what it says, where, when and who says it, ready to be compared and looked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from appeal import imaging, installation
from appeal.models.tip import Message, Tip
from appeal.rules import lexicon, moments, naming, terms
from appeal.rules.errors import CannotOpen, FileDamaged, NotFound, PictureRefused
from appeal.rules.urgency import fold
from appeal.tips import blind, opening

# Further messages and pictures of one tip are kept and shown, but not looked for.
MOST_MESSAGES = 60
MOST_PICTURES = 12
MOST_PICTURE_BYTES = 12_000_000
# The cell of a tip that names no place on the map.
NOWHERE = "-"
BLOCK_HOURS = 4
# Of a file that is locked nothing is opened: see `tips.custody`.
LOCKED = "locked"
HIDDEN = frozenset({*opening.CONTACT, "safe", "in_reply_to", "conversation", "posted_at"})


@dataclass(frozen=True)
class Seen:
    """When and where: what a map shows of a tip. `where` is as the person wrote it."""

    at: datetime
    position: tuple[float, float] | None = field(repr=False)
    where: str = field(repr=False)


@dataclass(frozen=True)
class Material:
    """Everything of a tip that is compared; `at` is when it happened, `prints` are fingerprints of its pictures."""

    tip_id: int
    appeal_id: int | None
    source: str
    language: str
    received_at: datetime
    at: datetime
    text: str = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    where: tuple[str, ...] = field(repr=False)
    position: tuple[float, float] | None = field(repr=False)
    links: tuple[str, ...] = field(repr=False)
    senders: frozenset[str] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    plates: frozenset[str] = field(repr=False)
    things: frozenset[str] = field(repr=False)
    prints: tuple[str, ...] = field(repr=False, default=())


def of(tip: Tip, zone: str, *, with_pictures: bool = True) -> Material:
    """The material of a tip whose messages and contents are loaded; raises `CannotOpen`."""
    rows = tip.messages[:MOST_MESSAGES]
    contents = [opening.content_of(row.content.sealed) for row in rows]
    plain: dict[str, Any] = {
        "tip_id": tip.id,
        "appeal_id": tip.appeal_id,
        "source": tip.source,
        "language": tip.language,
    }
    built = made(contents, zone=zone, **plain)
    return replace(built, prints=tuple(_prints(rows))) if with_pictures and tip.file_count else built


def made(
    contents: Sequence[dict[str, Any]], *, tip_id: int, appeal_id: int | None, source: str, language: str, zone: str
) -> Material:
    """The material of opened contents."""
    text = "\n".join(said(content) for content in contents)
    received_at = min(datetime.fromisoformat(content["received_at"]) for content in contents)
    said_only = [content["text"] for content in contents]
    where = [content["facts"].get("where", "") for content in contents]
    seen = seen_in(contents, zone=zone, text=text)
    return Material(
        tip_id=tip_id,
        appeal_id=appeal_id,
        source=source,
        language=language,
        received_at=received_at,
        at=seen.at,
        text=text,
        words=tuple(terms.words(text)),
        where=tuple(terms.unique([*naming.places(text), *(fold(one) for one in where if one)])),
        position=seen.position,
        links=tuple(terms.links(" ".join([text, *(content["facts"].get("links", "") for content in contents)]))),
        senders=frozenset(opening.alias(content["sender"]) for content in contents if content["sender"]),
        names=tuple(naming.names(text)),
        plates=frozenset(naming.plates(text)),
        things=frozenset(lexicon.meanings(fold(" ".join([*said_only, *map(_narrowest, where)])).split())),
    )


def seen_in(contents: Sequence[dict[str, Any]], *, zone: str, text: str | None = None) -> Seen:
    """Where and when opened contents speak of; `text` is everything said in them, if it is at hand."""
    text = "\n".join(said(content) for content in contents) if text is None else text
    received_at = min(datetime.fromisoformat(content["received_at"]) for content in contents)
    placed = " ".join([*(content["facts"].get("position", "") for content in contents), text])
    when = next((content["facts"]["when"] for content in contents if content["facts"].get("when")), "")
    # Figures of a position look like a time.
    when = when or terms.POSITION.sub(" ", "\n".join(content["text"] for content in contents))
    where = next((content["facts"]["where"] for content in contents if content["facts"].get("where")), "")
    return Seen(moments.moment(when, received_at, zone), terms.position(placed), where)


def said(content: dict[str, Any]) -> str:
    """The words of a message and its further answers, without what says who the person is."""
    facts = content["facts"]
    return "\n".join([content["text"], *(value for name, value in facts.items() if value and name not in HIDDEN)])


def tokens(one: Material) -> set[str]:
    """Everything by which this tip can be found, as keyed hashes."""
    token, hour = blind.token, terms.hour(one.at)
    found = {token(blind.WORD, word) for word in set(one.words)}
    found |= {token(blind.START, start) for word in set(one.words) for start in terms.starts(word)}
    found |= {token(blind.BAND, band) for band in terms.bands(one.words)}
    found |= {token(blind.LINK, link) for link in one.links}
    found |= {token(blind.SENDER, sender) for sender in one.senders}
    found |= {token(blind.NAME, naming.name_key(name)) for name in one.names}
    found |= {token(blind.SKELETON, bone) for bone in bones(one)}
    found |= {token(blind.PICTURE, band) for one_print in one.prints for band in terms.picture_bands(one_print)}
    found |= {token(blind.APPEAL, one.appeal_id or 0), token(blind.SOURCE, one.source)}
    found |= {token(blind.LANGUAGE, one.language), token(blind.HOUR, hour)}
    found |= {token(blind.MEANING, thing) for thing in one.things} | {token(blind.PLATE, plate) for plate in one.plates}
    found.add(token(blind.DAY, hour // 24))
    cell = terms.cell(*one.position, terms.COARSE) if one.position else NOWHERE
    found |= {token(blind.THERE_THEN, f"{one.appeal_id or 0} {cell} {then}") for then in (block(hour), day(hour))}
    if one.position:
        found.add(token(blind.COARSE, terms.cell(*one.position, terms.COARSE)))
        found.add(token(blind.FINE, terms.cell(*one.position, terms.FINE)))
        found.add(token(blind.FINE, blind.ANYWHERE))
    return found


def block(hour: int) -> str:
    """Four hours that belong together for whoever looks for what happened about then."""
    return f"h{hour // BLOCK_HOURS}"


def day(hour: int) -> str:
    """The day of an hour, among blocks of hours."""
    return f"d{hour // 24}"


def there_then(one: Material, cells: Iterable[str], times: Iterable[str]) -> list[str]:
    """Tokens of which a tip of the same appeal has one that speaks of one of these cells and times."""
    wanted = list(times)
    return [blind.token(blind.THERE_THEN, f"{one.appeal_id or 0} {cell} {then}") for cell in cells for then in wanted]


def _narrowest(where: str) -> str:
    """A place without what stands after the last comma: the town, which many tips share, says little."""
    narrow, comma, _rest = where.rpartition(",")
    return narrow if comma else where


def bones(one: Material) -> set[str]:
    """What is left of the words of its places when they are misspelt."""
    found = (naming.skeleton(word) for place in one.where for word in place.split())
    return {bone for bone in found if len(bone) > 1}


def _prints(rows: Sequence[Message]) -> Iterator[str]:
    """Fingerprints of the first pictures; what cannot be opened or is no picture is left to the person who reads."""
    held = installation.current()
    files = [file for row in rows for file in row.files][:MOST_PICTURES]
    for file in files:
        if file.state == LOCKED or file.size > MOST_PICTURE_BYTES or not opening.name_of(file)[1].startswith("image/"):
            continue
        try:
            yield imaging.fingerprint(held.desk_keys.open(held.files.open(file.file)))
        except (CannotOpen, FileDamaged, NotFound, PictureRefused):
            continue
