"""Pictures, bytes in and bytes out: verified, upright, sRGB, without a trace of metadata, fitted to limits.

The same bytes always give the same bytes, because approvals are bound to the hashes of these pictures.
Whatever is wrong with a picture leaves this file as `PictureRefused` and as nothing else.
"""

import hashlib
import io
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from PIL import Image, ImageCms, ImageDraw, ImageFont

from appeal.rules.content import Rendition
from appeal.rules.errors import PictureRefused
from appeal.rules.words import _, say

P = ParamSpec("P")
R = TypeVar("R")

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 60_000_000
# WebP is unpacked four times over in memory before we see it; 600 MB is what one picture may take.
MAX_PIXELS_OF = {"WEBP": 30_000_000}
TOO_LARGE = _("This picture is larger than %(most)s MB. Please send a smaller one.")
MASTER_SIDE = 4096
MASTER_QUALITY = 92

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

QUALITIES = (85, 75, 65, 55)
SHRINK = 0.85
SMALLEST_SIDE = 16
PAPER, STRIPE, INK = (255, 255, 255), (255, 221, 0), (11, 12, 12)
STRIPE_SHARE = 14

# At its finest level Pillow logs the metadata that we are here to remove.
logging.getLogger("PIL").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Examined:
    """What the header says; sides in pixels as they are stored."""

    format: str
    width: int
    height: int
    mime: str


@dataclass(frozen=True)
class Cleaned:
    """The master of a picture: upright, sRGB, JPEG or PNG, its longer side at most `MASTER_SIDE`."""

    data: bytes = field(repr=False)
    width: int
    height: int
    mime: str
    fingerprint: str


@dataclass(frozen=True)
class Fit:
    """What a place takes: sides in pixels, size in bytes, formats best first, bounds of width / height.

    `mark` is written across a stripe at the lower edge.
    """

    max_width: int
    max_height: int
    max_bytes: int
    formats: tuple[str, ...] = ("JPEG",)
    min_ratio: float | None = None
    max_ratio: float | None = None
    mark: str | None = None


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


@refusing
def examine(data: bytes) -> Examined:
    """Read the header only; raises `PictureRefused`."""
    image, name = _opened(data)
    return Examined(name, image.width, image.height, MIMES[name])


@refusing
def clean(data: bytes) -> Cleaned:
    """The master of an uploaded picture, of an animation the first frame; raises `PictureRefused`."""
    image, name = _opened(data)
    turn = _orientation(image)
    image.draft(None, (MASTER_SIDE, MASTER_SIDE))
    image.load()
    is_drawn = name == "PNG" and image.mode in ("P", "1")
    profile = image.info.get("icc_profile")
    # Rebinding frees the large picture as soon as there is a smaller one.
    image = _plain(image)
    image.thumbnail((MASTER_SIDE, MASTER_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    bare = _bare(_srgb(image, profile))
    upright = bare.transpose(UPRIGHT[turn]) if turn in UPRIGHT else bare
    made = "PNG" if is_drawn or upright.mode == "RGBA" else "JPEG"
    master = _encoded(upright, made, MASTER_QUALITY)
    return Cleaned(master, upright.width, upright.height, MIMES[made], fingerprint(master))


def fit(master: bytes, spec: Fit) -> Rendition:
    """The picture made for one place, as large and as good as it takes; raises `PictureRefused` if nothing fits."""
    return fit_all(master, [spec])[0]


@refusing
def fit_all(master: bytes, specs: Sequence[Fit]) -> list[Rendition]:
    """The same for several places with one decoding; each is byte for byte what `fit` alone gives."""
    image, name = _opened(master)
    image.load()
    plain = _plain(image)
    source = _bare(plain if plain.mode in ("RGB", "RGBA") else plain.convert("RGB"))
    return [_fitted(source, name == "PNG", spec) for spec in specs]


def variants(master: bytes, widths: Sequence[int], mark: str | None = None) -> list[Rendition]:
    """The picture at the widths of a page, smallest first; never wider than the master, and no width twice."""
    width = examine(master).width
    wanted = sorted({min(each, width) for each in widths})
    return fit_all(master, [Fit(each, 4 * MASTER_SIDE, MAX_BYTES, ("JPEG",), mark=mark) for each in wanted])


@refusing
def fingerprint(data: bytes) -> str:
    """64 bits in hex that change little when a picture is made smaller or compressed (dHash)."""
    image, _ = _opened(data)
    turn = _orientation(image)
    image.draft("L", (128, 128))
    image.load()
    grey = _flat(_plain(image)).convert("L").resize((64, 64), Image.Resampling.BOX)
    upright = grey.transpose(UPRIGHT[turn]) if turn in UPRIGHT else grey
    pixels = upright.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = (pixels[9 * row + column] > pixels[9 * row + column + 1] for row in range(8) for column in range(8))
    return f"{int(''.join('01'[bit] for bit in bits), 2):016x}"


def distance(one: str, other: str) -> int:
    """In how many of 64 bits two fingerprints differ; up to about 10 they show the same picture."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _opened(data: bytes) -> tuple[Image.Image, str]:
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


def _orientation(image: Image.Image) -> int:
    """The turn that the camera noted, 1 … 8; broken notes count as upright, for the picture itself may be good."""
    try:
        turn = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return turn if isinstance(turn, int) else 1


def _plain(image: Image.Image) -> Image.Image:
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


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
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


def _bare(image: Image.Image) -> Image.Image:
    """Only the pixels: a new picture has no place where metadata could have stayed."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _fitted(source: Image.Image, is_drawn: bool, spec: Fit) -> Rendition:
    """Full size first and the best quality first; then lower quality, then smaller."""
    scale = 1.0
    while True:
        image = _drawn(source, spec, scale)
        for name, quality in _tries(spec.formats, is_drawn):
            data = _encoded(image if name != "JPEG" else _flat(image), name, quality)
            if len(data) <= spec.max_bytes:
                return Rendition(hashlib.sha256(data).hexdigest(), MIMES[name], image.width, image.height, data)
        scale *= SHRINK
        if min(image.size) * SHRINK < SMALLEST_SIDE:
            raise PictureRefused(say("This picture cannot be made smaller than %(most)s bytes.", most=spec.max_bytes))


def _tries(formats: Sequence[str], is_drawn: bool) -> Iterator[tuple[str, int]]:
    """Drawings stay PNG where that is small enough; photos only where nothing else is taken."""
    lossy = [name for name in formats if name != "PNG"]
    if "PNG" in formats and (is_drawn or not lossy):
        yield "PNG", 100
    for quality in QUALITIES if lossy else ():
        yield lossy[0], quality


def _drawn(source: Image.Image, spec: Fit, scale: float) -> Image.Image:
    """The picture at `scale` of the largest size that fits, on paper where its shape is out of bounds, marked."""
    width, height = _canvas(source.width, source.height, spec)
    scale *= min(1.0, spec.max_width / width, spec.max_height / height)
    size = max(1, math.floor(source.width * scale + 1e-6)), max(1, math.floor(source.height * scale + 1e-6))
    image = source.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) if size != source.size else source.copy()
    canvas = _canvas(image.width, image.height, spec)
    if canvas != image.size:
        paper = Image.new("RGB", canvas, PAPER)
        flat = _flat(image)
        paper.paste(flat, ((canvas[0] - image.width) // 2, (canvas[1] - image.height) // 2))
        image = paper
    return _marked(image, spec.mark) if spec.mark else image


def _canvas(width: int, height: int, spec: Fit) -> tuple[int, int]:
    """The smallest shape within the bounds that holds the picture whole; nothing is ever cut off a face."""
    if spec.min_ratio and width < height * spec.min_ratio:
        return math.ceil(height * spec.min_ratio - 1e-6), height
    if spec.max_ratio and width > height * spec.max_ratio:
        return width, math.ceil(width / spec.max_ratio - 1e-6)
    return width, height


def _marked(image: Image.Image, mark: str) -> Image.Image:
    """The mark again and again along a stripe, so that no cut-out of the lower edge is without it."""
    height = max(14, min(image.size) // STRIPE_SHARE)
    pen = ImageDraw.Draw(image)
    top = image.height - height
    pen.rectangle((0, top, image.width, image.height), fill=STRIPE)
    font = ImageFont.load_default(height * 0.62)
    step = pen.textlength(mark, font) + height
    count = max(1, int(image.width // step))
    for number in range(count):
        middle = image.width * (number + 0.5) / count
        pen.text((middle, top + height / 2), mark, fill=INK, font=font, anchor="mm")
    return image


def _encoded(image: Image.Image, name: str, quality: int) -> bytes:
    out = io.BytesIO()
    if name == "PNG":
        image.save(out, "PNG", optimize=False)
    elif name == "JPEG":
        image.save(out, "JPEG", quality=quality, progressive=quality != MASTER_QUALITY)
    else:
        image.save(out, name, quality=quality)
    return out.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
