"""Kits for the press: pictures, posters and conditions of one appeal under a random address that dies with it.

The files stand in the site's folder, so that any web server serves them; the page is made when it is asked for, because
it says when the appeal was last found valid. `keep` makes the files follow the appeal.
"""

import io
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from appeal import cards, db, installation, ledger, pages, posters
from appeal.models.appeal import Appeal, Revision
from appeal.models.picture import PressKit
from appeal.rules import telling
from appeal.rules.content import Content
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import prints, renditions
from appeal.wire import folder

FAMILY = "press"
ID_BYTES = 12
ZIP, TERMS = "kit.zip", "conditions.txt"
PAPERS = ("A4", "A5")
# Every file of a kit is as old as its revision; a clock would give the same kit other bytes.
EARLIEST = 1980


@dataclass(frozen=True)
class Shown:
    """What the public page of a kit shows: plain rows, and the addresses of its files."""

    appeal: str
    language: str
    title: str
    revision: int
    issued_at: datetime
    contacts: Sequence[str]
    pictures: Sequence[tuple[str, str, str]]
    files: Sequence[tuple[str, str]]


def give(actor: Actor, *, appeal_id: int, language: str, now: datetime) -> str:
    """Open a kit in one language and return its address; one that is open already is found again.

    Only what is approved and not taken down has one.
    """
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update=True)
        revision = _approved(appeal)
        if appeal is None or revision is None:
            raise WrongState(_("Only an appeal that is approved and not taken down has a kit for the press."))
        if not _has_text(revision, language):
            raise BadInput(fields={"language": _("There is no text in this language.")})
        known = session.scalars(_open().where(PressKit.appeal_id == appeal_id, PressKit.language == language)).first()
        if known is not None:
            return address(known.public_id)
        kit = PressKit(public_id=secrets.token_hex(ID_BYTES), appeal_id=appeal_id, language=language)
        kit.made_by_id, kit.made_at = actor.id, now
        session.add(kit)
        session.flush()
        fields = {"language": language, "kit": kit.public_id}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="open press kit", target=target, fields=fields)
        return address(kit.public_id)


def of(appeal_id: int) -> Sequence[PressKit]:
    """The kits of an appeal, oldest first, closed ones too."""
    with db.reading() as session:
        return session.scalars(select(PressKit).where(PressKit.appeal_id == appeal_id).order_by(PressKit.id)).all()


def address(public_id: str) -> str:
    """The public address of a kit's page."""
    return renditions.kit_of(public_id)


def keep(*, now: datetime) -> int:
    """Make the files of every open kit what its appeal says now, and take away those of appeals that are over.

    Returns how many kits changed. Harmless to repeat and to break off.
    """
    changed = 0
    with db.reading() as session:
        rows = [(kit, _approved(session.get(Appeal, kit.appeal_id))) for kit in session.scalars(_open())]
    for kit, revision in rows:
        if revision is None:
            _put(kit, {})
            _note(kit.id, {"closed_at": now})
        elif revision.id != kit.revision_id:
            _put(kit, _files(revision, kit.language))
            _note(kit.id, {"revision_id": revision.id})
        else:
            continue
        changed += 1
    return changed


def shown(public_id: str) -> Shown:
    """What a kit's page says, read anew each time; raises `WrongState` once the appeal is down, for good."""
    with db.reading() as session:
        kit = session.scalars(select(PressKit).where(PressKit.public_id == public_id)).first()
        if kit is None:
            raise NotFound(_("There is no such page."))
        revision = _approved(session.get(Appeal, kit.appeal_id))
        if revision is None or kit.closed_at is not None:
            raise WrongState(telling.NO_LONGER_SHOWN)
        live = _live(kit)
        own = {one.field: one.body for one in revision.texts if one.language == kit.language}
        shown_pictures = [
            (
                f"picture-{number}.jpg",
                one.alt.get(kit.language) or next(iter(one.alt.values()), ""),
                one.photo.conditions,
            )
            for number, one in enumerate(revision.pictures, 1)
        ]
        return Shown(
            appeal=revision.appeal.public_id,
            language=kit.language,
            title=own.get("title", ""),
            revision=revision.number,
            issued_at=revision.submitted_at or revision.created_at,
            contacts=tuple(line.strip() for line in own.get("contact", "").splitlines() if line.strip()),
            pictures=[(name, alt, terms) for name, alt, terms in shown_pictures if name in live],
            files=[(name, f"/{FAMILY}/{public_id}/{name}") for name in live],
        )


def _files(revision: Revision, language: str) -> dict[str, bytes]:
    """Everything that a kit holds, by name; the archive holds the rest."""
    said = prints.content(revision, language)
    made = {f"picture-{number}.jpg": one.best.data for number, one in enumerate(said.pictures, 1)}
    made |= {f"poster-{paper}.pdf": posters.poster(said, paper) for paper in PAPERS}
    made |= {f"{shape}.jpg": cards.card(said, shape) for shape in cards.SHAPES}
    made[TERMS] = _terms(revision, said).encode()
    return {**made, ZIP: _zipped(made, said.issued_at)}


def _terms(revision: Revision, said: Content) -> str:
    """The conditions in words, as they lie beside the pictures in the archive."""
    say = pages.translate
    issued = pages.moment_in_words(said.issued_at, said.zone, said.language)
    lines = [telling.marked(said, said.title, say(said.language, telling.EXERCISE)), said.force, ""]
    lines += [say(said.language, posters.VERSION, number=said.revision, moment=issued)]
    lines += [say(said.language, renditions.VALID_AT, page=said.page), ""]
    for number, (one, picture) in enumerate(zip(revision.pictures, said.pictures, strict=False), 1):
        lines += [f"picture-{number}.jpg", picture.alt, one.photo.conditions, ""]
    return "\n".join([*lines, *said.contacts, ""])


def _zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    out = io.BytesIO()
    stamp = (max(at.year, EARLIEST), at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, stamp), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _put(kit: PressKit, files: Mapping[str, bytes]) -> None:
    """Write the files and say in the folder's records what stands there and what stands there no more."""
    site = installation.current().config.site
    with folder.lock(site):
        before = folder.record(site, FAMILY, kit.language, kit.public_id)
        once = {*before["live"], *before["gone"]} if before else set()
        places = {f"/{FAMILY}/{kit.public_id}/{name}": data for name, data in files.items()}
        for place, data in places.items():
            folder.write(folder.place(site, place), data)
        record = {"language": kit.language, "appeal": kit.public_id, "live": sorted(places), "gone_pages": {}}
        folder.keep(site, FAMILY, {**record, "gone": sorted(once - places.keys())})
        folder.settle(site)


def _live(kit: PressKit) -> list[str]:
    """The names of the files that stand in the folder now, the archive first."""
    record = folder.record(installation.current().config.site, FAMILY, kit.language, kit.public_id)
    names = [place.rsplit("/", 1)[-1] for place in record["live"]] if record else []
    return sorted(names, key=lambda name: (name != ZIP, name))


def _note(kit_id: int, values: Mapping[str, object]) -> None:
    with db.writing() as session:
        kit = session.get_one(PressKit, kit_id, populate_existing=True)
        for name, value in values.items():
            setattr(kit, name, value)


def _open() -> Select[PressKit]:
    return select(PressKit).where(PressKit.closed_at.is_(None)).order_by(PressKit.id)


def _approved(appeal: Appeal | None) -> Revision | None:
    """The revision that may be shown, with everything of it loaded; None once the appeal is down or over."""
    if appeal is None or appeal.taken_down_at is not None or appeal.ended_at is not None:
        return None
    found = [one for one in appeal.revisions if one.state == RevisionState.APPROVED]
    _loaded = [(one.texts, one.pictures, one.appeal.revisions) for one in found]
    return found[-1] if found else None


def _has_text(revision: Revision, language: str) -> bool:
    return any(one.field == "title" and one.language == language and one.body for one in revision.texts)
