"""Where the pages and pictures of an appeal stand; no address tells a name or a case."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from appeal.rules.content import Picture, Rendition

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
PICTURE_NAME_LENGTH = 20
SHOWN_WIDTH = 960


def page_address(language: str, appeal: str) -> str:
    """The address of an appeal's page, without the host."""
    return f"/{language}/appeals/{appeal}/"


def picture_address(rendition: Rendition) -> str:
    """The address of a picture, without the host: named by its content, so that other content has another address."""
    return f"/pictures/{rendition.sha256[:PICTURE_NAME_LENGTH]}{SUFFIXES[rendition.mime]}"


def picture_addresses(pictures: Sequence[Picture]) -> list[str]:
    """The addresses of all renditions, each once."""
    every = (picture_address(one) for picture in pictures for one in picture.renditions)
    return list(dict.fromkeys(every))


def origin(page: str) -> str:
    """Scheme and host of an absolute address."""
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}"


def host(page: str) -> str:
    """The name of the host of an absolute address, without a port."""
    return urlsplit(page).hostname or ""


def shown(picture: Picture) -> dict[str, Any]:
    """A picture as a page shows it; `src` is for browsers that know no widths, `widths` are (address, pixels)."""
    middle = [one for one in picture.renditions if one.width <= SHOWN_WIDTH] or picture.renditions[:1]
    return {
        "src": picture_address(middle[-1]),
        "alt": picture.alt,
        "width": picture.best.width,
        "height": picture.best.height,
        "widths": [[picture_address(one), one.width] for one in picture.renditions],
        "largest": picture_address(picture.best),
        "mime": picture.best.mime,
    }
