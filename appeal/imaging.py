"""Pictures, bytes in and bytes out: verified, upright, sRGB, without a trace of metadata, fitted to limits.

The same bytes always give the same bytes, because approvals are bound to the hashes of these pictures.
Whatever is wrong with a picture leaves this file as `PictureRefused` and as nothing else.
"""

import hashlib
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from appeal.decoding import MAX_BYTES, MIMES, PAPER, UPRIGHT, bare, flat, opened, orientation, plain, refusing, srgb
from appeal.rules.content import Rendition
from appeal.rules.errors import PictureRefused
from appeal.rules.words import say

MASTER_SIDE = 4096
MASTER_QUALITY = 92

QUALITIES = (85, 75, 65, 55)
SHRINK = 0.85
SMALLEST_SIDE = 16
STRIPE, INK = (255, 221, 0), (11, 12, 12)
STRIPE_SHARE = 14


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
class Box:
    """A part of a picture in thousandths of its width and height, from the left and from the top."""

    left: int
    top: int
    width: int
    height: int

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in whole pixels of a picture of this size, rounded outwards, never empty."""
        left, top = self.left * width // 1000, self.top * height // 1000
        right = min(width, -(-(self.left + self.width) * width // 1000))
        bottom = min(height, -(-(self.top + self.height) * height // 1000))
        return min(left, width - 1), min(top, height - 1), max(right, left + 1), max(bottom, top + 1)


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


@refusing
def examine(data: bytes) -> Examined:
    """Read the header only; raises `PictureRefused`."""
    image, name = opened(data)
    return Examined(name, image.width, image.height, MIMES[name])


@refusing
def clean(data: bytes) -> Cleaned:
    """The master of an uploaded picture, of an animation the first frame; raises `PictureRefused`."""
    image, name = opened(data)
    turn = orientation(image)
    image.draft(None, (MASTER_SIDE, MASTER_SIDE))
    image.load()
    is_drawn = name == "PNG" and image.mode in ("P", "1")
    profile = image.info.get("icc_profile")
    # Rebinding frees the large picture as soon as there is a smaller one.
    image = plain(image)
    image.thumbnail((MASTER_SIDE, MASTER_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = _turned(bare(srgb(image, profile)), turn)
    made = "PNG" if is_drawn or upright.mode == "RGBA" else "JPEG"
    master = _encoded(upright, made, MASTER_QUALITY)
    return Cleaned(master, upright.width, upright.height, MIMES[made], fingerprint(master))


def fit(master: bytes, spec: Fit) -> Rendition:
    """The picture made for one place, as large and as good as it takes; raises `PictureRefused` if nothing fits."""
    return fit_all(master, [spec])[0]


@refusing
def fit_all(master: bytes, specs: Sequence[Fit]) -> list[Rendition]:
    """The same for several places with one decoding; each is byte for byte what `fit` alone gives."""
    image, name = opened(master)
    image.load()
    source = _colours(image)
    return [_fitted(source, name == "PNG", spec) for spec in specs]


def variants(master: bytes, widths: Sequence[int], mark: str | None = None) -> list[Rendition]:
    """The picture at the widths of a page, smallest first; never wider than the master, and no width twice."""
    width = examine(master).width
    wanted = sorted({min(each, width) for each in widths})
    return fit_all(master, [Fit(each, 4 * MASTER_SIDE, MAX_BYTES, ("JPEG",), mark=mark) for each in wanted])


@refusing
def fingerprint(data: bytes) -> str:
    """64 bits in hex that change little when a picture is made smaller or compressed (dHash)."""
    image, _name = opened(data)
    turn = orientation(image)
    image.draft("L", (128, 128))
    image.load()
    grey = flat(plain(image)).convert("L").resize((64, 64), Image.Resampling.BOX)
    upright = _turned(grey, turn)
    pixels = upright.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = (pixels[9 * row + column] > pixels[9 * row + column + 1] for row in range(8) for column in range(8))
    return f"{int(''.join('01'[bit] for bit in bits), 2):016x}"


@refusing
def cut(master: bytes, crop: Box | None, boxes: Sequence[Box]) -> Cleaned:
    """The master with each box turned into black pixels, then cropped; nothing of what was there is left in the file.

    Boxes and crop are parts of the whole picture; a box reaches to the next whole pixel outwards.
    """
    image, name = opened(master)
    image.load()
    picture = _colours(image)
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        left, top, right, bottom = box.pixels(picture.width, picture.height)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=INK)
    if crop is not None:
        picture = bare(picture.crop(crop.pixels(picture.width, picture.height)))
    made = _encoded(picture, name, MASTER_QUALITY)
    return Cleaned(made, picture.width, picture.height, MIMES[name], fingerprint(made))


def gridded(master: bytes, side: int) -> bytes:
    """A JPEG with lines at each tenth of width and height, numbered, for people who place boxes by numbers."""
    image, _name = opened(master)
    image.load()
    picture = flat(_colours(image))
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(max(11, side // 60))
    thick = max(2, side // 400)
    for tenth in range(1, 10):
        x, y = picture.width * tenth // 10, picture.height * tenth // 10
        pen.line((x, 0, x, picture.height), fill=STRIPE, width=thick)
        pen.line((0, y, picture.width, y), fill=STRIPE, width=thick)
        for place, anchor in (((x, 0), "ma"), ((0, y), "lm")):
            pen.text(place, str(10 * tenth), fill=STRIPE, font=font, anchor=anchor, stroke_width=2, stroke_fill=INK)
    return _encoded(picture, "JPEG", QUALITIES[0])


def _turned(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(UPRIGHT[turn]) if turn in UPRIGHT else image


def _colours(image: Image.Image) -> Image.Image:
    """The bare pixels of a master, RGB or RGBA."""
    known = plain(image)
    return bare(known if known.mode in ("RGB", "RGBA") else known.convert("RGB"))


def _fitted(source: Image.Image, is_drawn: bool, spec: Fit) -> Rendition:
    """Full size first and the best quality first; then lower quality, then smaller."""
    scale = 1.0
    while True:
        image = _drawn(source, spec, scale)
        for name, quality in _tries(spec.formats, is_drawn):
            data = _encoded(image if name != "JPEG" else flat(image), name, quality)
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
        paper.paste(flat(image), ((canvas[0] - image.width) // 2, (canvas[1] - image.height) // 2))
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
