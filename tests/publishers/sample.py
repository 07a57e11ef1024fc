"""An appeal to compose from, and a real picture for it."""

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from PIL import Image

from appeal.rules.content import LINK_PLACEHOLDER, Content, Picture, Rendition, Subject

STORY = (
    "On Saturday evening a man ran from the jeweller's in Calle Mayor towards the river, dropped a dark blue rucksack "
    "on the bridge and got into a small grey car that was waiting with its lights off. We look for everybody who was "
    "on the bridge between ten and eleven, on foot, by bicycle or in a car, and for every dashboard camera."
)
PUBLIC_URL = "http://127.0.0.1:8000"


@lru_cache
def jpeg(side: int = 40, colour: str = "navy") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(held, "JPEG")
    return held.getvalue()


def picture(
    alt: str = "A dark blue rucksack on a bridge", data: bytes | None = None, mime: str = "image/jpeg"
) -> Picture:
    data = jpeg() if data is None else data
    return Picture(alt, (Rendition(hashlib.sha256(data).hexdigest(), mime, 40, 40, data),))


def content(key: str = LINK_PLACEHOLDER, **changes: Any) -> Content:
    usual = Content(
        appeal="k7w2m9q4",
        kind="witness",
        revision=1,
        language="en",
        action="publish",
        is_exercise=True,
        force="Policía de Prueba",
        zone="Europe/Madrid",
        title="Who was on the river bridge on Saturday?",
        happened=STORY,
        where="River bridge, Calle Mayor",
        when="Sat 21 Nov 2026, 22:15",
        subjects=(Subject("", (("hair", "black hair"), ("clothing", "grey hooded jacket"))),),
        danger="Do not approach. Call 112 immediately.",
        contacts=("Tell us: 091", "tell@force.example"),
        reference="2026/4711",
        area="River district",
        link=f"{PUBLIC_URL}/r/{key}",
        page=f"{PUBLIC_URL}/en/appeals/k7w2m9q4/",
        tell=f"{PUBLIC_URL}/en/tell",
        issued_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        reading="We read every answer until 01:00.",
    )
    return replace(usual, **changes)


def withdrawn(key: str = LINK_PLACEHOLDER, **changes: Any) -> Content:
    return content(key, action="retract", closing="This appeal is no longer shown.", pictures=(), **changes)
