"""Who and what the story is about: the draft, its pictures, the triager's decisions. Nobody in it is real."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from appeal.config import ROOT
from appeal.rules.errors import BadInput
from appeal.story.forms import Upload
from appeal.story.people import Decision

DRAWINGS = ROOT / "static" / "exercise"
ANSWERS = Path(__file__).with_name("answers.csv")
MOST_PICTURES = 10
MIME = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".avif": "image/avif",
}

KIND = "wanted"
FIELDS: Mapping[str, str] = {
    "title_en": "Wanted after a robbery at a pharmacy",
    "title_es": "Se busca al autor de un atraco a una farmacia",
    "happened_en": "A man robbed a pharmacy at knifepoint and ran towards the harbour. Nobody was hurt.",
    "happened_es": "Un hombre atracó una farmacia con un cuchillo y huyó hacia el puerto. No hubo heridos.",
    "place_en": "Harbour Street, Riverside",
    "place_es": "Calle del Puerto, Riverside",
    "s1_clothing_en": "green jacket, white trainers",
    "s1_clothing_es": "chaqueta verde, zapatillas blancas",
    "s1_marks_en": "tattoo of an anchor on the right hand",
    "s1_marks_es": "tatuaje de un ancla en la mano derecha",
    "when_at": "2026-11-22T19:15",
    "case_reference": "EX-2026-0342",
    "area": "Riverside",
    "level": "warrant",
    "s1_name": "Julián Inventado",
    "s1_age_from": "30",
    "s1_age_to": "35",
    "s1_height_from": "180",
    "s1_height_to": "185",
    "s1_sex": "man",
    "s1_build": "athletic",
    "s1_hair": "black",
    "s1_eyes": "green",
    "danger": "do_not_approach",
    "necessity": "The pharmacy's cameras are the only lead, and nobody on the force knows the man.",
    "proportionality": "Two pictures and the facts needed to know him again; no address, no family.",
    "risk": "Somebody who looks like him may be stopped by mistake.",
}
ALTS = {
    "en": "Drawing of a man; an exercise picture, no real person",
    "es": "Dibujo de un hombre; es un simulacro, no una persona real",
}

DECISIONS: Sequence[Decision] = (
    Decision("passed_on", "Passed to the patrol at the harbour."),
    Decision("in_case", "Added to the case."),
    Decision("too_vague", "Neither a place nor a time."),
    Decision("supervisor", "A supervisor should read this."),
    Decision("nothing_said", "Says nothing about this man."),
    Decision("known_already", "The same was said by others."),
)
TAKE_DOWN_REASON, ENDING = "found", "arrested"


def drawings() -> list[Upload]:
    """The pictures of the exercise."""
    return pictures_in(DRAWINGS)


def pictures_in(folder: Path) -> list[Upload]:
    """The first ten pictures in a folder, by name; raises `BadInput` if there is none."""
    found = [path for path in sorted(folder.glob("*")) if path.suffix.lower() in MIME][:MOST_PICTURES]
    if not found:
        raise BadInput(f"There is no picture in {folder}.")
    return [Upload(path.name, path.read_bytes(), MIME[path.suffix.lower()]) for path in found]
