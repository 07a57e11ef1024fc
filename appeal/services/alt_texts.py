"""A first description of a picture for people who cannot see it, put together from what the draft says."""

from appeal.models.appeal import Photo, Revision
from appeal.pages import translate
from appeal.rules.pictures import KINDS
from appeal.services import contents

# What stands in a description: how somebody or something looks, not what the case is about.
SHOWN = (
    "age",
    "sex",
    "height",
    "build",
    "hair",
    "eyes",
    "clothing",
    "marks",
    "make",
    "model",
    "colour",
    "details",
    "what",
)


def propose(revision: Revision, photo: Photo, language: str) -> str:
    """The type of the picture, the name and the looks of the subject; empty when the draft describes nobody yet.

    With several subjects nobody but a person can tell which one a picture shows: all are named, in their order.
    """
    told = []
    for one in contents.subjects(revision, language):
        looks = [words for label, words in one.descriptors if label in SHOWN]
        told.append(", ".join(part for part in (one.name, *looks) if part))
    said = "; ".join(part for part in told if part)
    kind = translate(language, KINDS[photo.kind]) if photo.kind in KINDS else ""
    return ": ".join(part for part in (kind, said) if part) if said else ""
