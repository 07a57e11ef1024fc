"""Bytes of a picture in, plain pixels out: of a known format, within limits, turned upright, in sRGB.

Whatever is wrong with a picture leaves this file as `PictureRefused` and as nothing else.
"""

import io
import logging
from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from PIL import Image, ImageCms

from appeal.rules.errors import PictureRefused
from appeal.rules.words import _, say

P = ParamSpec("P")
R = TypeVar("R")

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 60_000_000
# WebP is unpacked four times over in memory before we see it; 600 MB is what one picture may take.
MAX_PIXELS_OF = {"WEBP": 30_000_000}
TOO_LARGE = _("This picture is larger than %(most)s MB. Please send a smaller one.")

MIMES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
# (offset, bytes there, format): the one decoder that may then look at the file.
MAGIC = ((0, b"\xff\xd8\xff", "JPEG"), (0, b"\x89PNG\r\n\x1a\n", "PNG"), (8, b"WEBP", "WEBP"))
AVIF_BRANDS = {b"avif", b"avis"}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}

ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The colour space that a profile names, and the pictures it can belong to.
PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
DEEP_MODES = {"I;16": 256, "I;16L": 256, "I;16B": 256, "I;16N": 256, "I": 256}

PAPER = (255, 255, 255)

# At its finest level Pillow logs the metadata that we are here to remove.
logging.getLogger("PIL").setLevel(logging.WARNING)


def refusing(work: Callable[P, R]) -> Callable[P, R]:
    """Let nothing but `PictureRefused` out: fuzzed files have raised nearly every class there is."""

    @wraps(work)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except PictureRefused:
            raise
        except Image.DecompressionBombError as error:
            raise PictureRefused(_too_many_pixels(), type(error).__name__) from None
        except Exception as error:
            words = "This picture is broken or not complete. Please save it again and try once more."
            raise PictureRefused(words, type(error).__name__) from None

    return guarded


def opened(data: bytes) -> tuple[Image.Image, str]:
    """The picture, its header read and its size within limits, and the name of its format."""
    if len(data) > MAX_BYTES:
        raise PictureRefused(say(TOO_LARGE, most=MAX_BYTES // 1024**2))
    name = _sniffed(data)
    if name == "HEIF":
        _load_heif()
    image = Image.open(io.BytesIO(data), formats=(name,))
    most = MAX_PIXELS_OF.get(name, MAX_PIXELS)
    if image.width * image.height > most:
        raise PictureRefused(_too_many_pixels(most), f"{image.width} x {image.height}")
    return image, name


def _sniffed(data: bytes) -> str:
    for offset, magic, name in MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return name
    if data[4:8] == b"ftyp":
        length = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[8:12], *(data[start : start + 4] for start in range(16, length, 4))}
        if brands & AVIF_BRANDS:
            return "AVIF"
        if brands & HEIF_BRANDS:
            return "HEIF"
    raise PictureRefused("This file is not a picture we can read. JPEG, PNG, WebP, AVIF and HEIC pictures are.")


@cache
def _load_heif() -> None:
    """Its libraries take 26 MB and are loaded only when the first such picture arrives."""
    from pillow_heif import register_heif_opener  # noqa: PLC0415

    register_heif_opener(thumbnails=False)


def _too_many_pixels(most: int = MAX_PIXELS) -> str:
    return say("This picture has more than %(most)s million pixels. Please send a smaller one.", most=most // 1_000_000)


def orientation(image: Image.Image) -> int:
    """The turn that the camera noted, 1 … 8; broken notes count as upright, for the picture itself may be good."""
    try:
        turn = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return turn if isinstance(turn, int) else 1


def plain(image: Image.Image) -> Image.Image:
    """In one of the modes L, RGB, RGBA and CMYK, whatever it was."""
    if image.mode in DEEP_MODES:
        return image.convert("I").point(lambda value: value * (1 / DEEP_MODES["I"])).convert("L")
    if image.mode in ("RGBA", "CMYK"):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode in ("1", "F") else "RGB")


def srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours turned into sRGB; a profile that is broken or belongs to another kind of picture is ignored."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    turned = _through_profile(colours, profile) if profile else colours
    turned = turned if turned.mode == "RGB" else turned.convert("RGB")
    if alpha is None or alpha.getextrema()[0] == 255:
        return turned
    turned.putalpha(alpha)
    return turned


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if PROFILE_MODES.get(source.profile.xcolor_space.strip()) != image.mode:
            return image
        if "srgb" in (source.profile.profile_description or "").lower():
            return image
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return turned or image


def bare(image: Image.Image) -> Image.Image:
    """Only the pixels: a new picture has no place where metadata could have stayed."""
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
