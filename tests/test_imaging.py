"""Pictures: what is refused, what is removed, what fits."""

import io
import json
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from appeal import decoding, imaging
from appeal.imaging import Box, Fit, clean, cut, examine, fingerprint, fit, fit_all, variants
from appeal.rules.content import Rendition
from appeal.rules.errors import PictureRefused
from appeal.rules.likeness import distance

SECRETS = (
    b"Exif",
    b"GPS",
    b"SecretPhone",
    b"xpacket",
    b"Photoshop",
    b"ICC_PROFILE",
    b"iCCP",
    b"tEXt",
    b"eXIf",
    b"SN-12345",
)
JPEG_SEGMENTS_WITH_METADATA = {0xE1, 0xE2, 0xED, 0xFE}


def scene(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture that is different in each corner: red at the top left, blue at the bottom right."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    pen = ImageDraw.Draw(image)
    if mode in ("RGB", "RGBA"):
        pen.rectangle((0, 0, width // 4, height // 4), fill=(220, 20, 20))
        pen.rectangle((width * 3 // 4, height * 3 // 4, width, height), fill=(20, 20, 220))
        pen.ellipse((width // 3, height // 5, width // 2, height // 2), fill=(20, 180, 20))
    return image


def saved(image: Image.Image, name: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def telling_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    exif[0xA431] = "SN-12345"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 25.0, 1.5)
    return exif


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_near(colour: object, wanted: tuple[int, int, int]) -> bool:
    return isinstance(colour, tuple) and all(abs(a - b) < 30 for a, b in zip(colour, wanted, strict=True))


def png_with_header(width: int, height: int) -> bytes:
    """A tiny file that claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def jpeg_segments(data: bytes) -> set[int]:
    """The markers of all segments before the pixels."""
    found, place = set(), 2
    while data[place + 1] != 0xDA:
        found.add(data[place + 1])
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return found


# Examine.


@pytest.mark.parametrize(
    ("name", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("AVIF", "image/avif")]
)
def test_examine_reads_format_and_size(name: str, mime: str) -> None:
    found = examine(saved(scene(60, 40), name))
    assert (found.format, found.width, found.height, found.mime) == (name, 60, 40, mime)


def test_a_heic_picture_of_a_telephone_is_read() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    pillow_heif.from_pillow(scene(128, 64)).save(out, quality=80, exif=telling_exif(6).tobytes())
    cleaned = clean(out.getvalue())
    assert cleaned.mime == "image/jpeg"
    assert {cleaned.width, cleaned.height} == {128, 64}
    assert not any(secret in cleaned.data for secret in SECRETS)


# Clean.


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_clean_leaves_no_metadata(name: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {"exif": telling_exif(), "icc_profile": profile}
    if name in ("JPEG", "PNG", "WEBP", "AVIF"):
        options["xmp"] = b"<?xpacket begin=''?><x:xmpmeta>SecretPhone</x:xmpmeta>"
    told = saved(scene(), name, **options)
    assert b"SecretPhone" in told, "the fixture itself must tell something"
    master = clean(told).data
    assert not any(secret in master for secret in SECRETS)
    assert not jpeg_segments(master) & JPEG_SEGMENTS_WITH_METADATA
    assert not opened(master).getexif()


def test_clean_drops_comments_and_what_follows_the_picture() -> None:
    told = saved(scene(), "JPEG", comment=b"SecretPhone") + b"SecretPhone video"
    assert b"SecretPhone" not in clean(told).data


def test_clean_drops_the_text_of_a_transparent_png() -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Author", "SecretPhone")
    image = scene(mode="RGBA")
    image.putalpha(120)
    master = clean(saved(image, "PNG", pnginfo=text, exif=telling_exif(), dpi=(72, 72))).data
    assert opened(master).info == {}
    assert not any(secret in master for secret in SECRETS)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_clean_turns_the_picture_upright(orientation: int) -> None:
    stored = scene()
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        stored = stored.transpose(undo[orientation])
    cleaned = clean(saved(stored, "JPEG", quality=95, exif=telling_exif(orientation)))
    upright = opened(cleaned.data)
    assert (cleaned.width, cleaned.height) == upright.size == (400, 300)
    assert is_near(upright.getpixel((20, 20)), (220, 20, 20))
    assert is_near(upright.getpixel((380, 280)), (20, 20, 220))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\0" * 20,
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\0\0\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x02\0\0\0A\0\0\0\0\0\0\0",
        b"Exif\0\0" + b"garbage" * 40,
    ],
)
def test_a_broken_note_of_the_camera_does_not_spoil_the_picture(exif: bytes) -> None:
    cleaned = clean(saved(scene(), "JPEG", exif=exif))
    assert (cleaned.width, cleaned.height) == (400, 300)
    assert not jpeg_segments(cleaned.data) & JPEG_SEGMENTS_WITH_METADATA


def test_clean_keeps_transparency_as_png_and_photos_as_jpeg() -> None:
    glass = scene(mode="RGBA")
    glass.putalpha(100)
    solid = scene(mode="RGBA")
    assert (clean(saved(glass, "PNG")).mime, opened(clean(saved(glass, "PNG")).data).mode) == ("image/png", "RGBA")
    assert clean(saved(solid, "PNG")).mime == "image/jpeg"
    assert clean(saved(scene().quantize(8), "PNG")).mime == "image/png"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    image = Image.new("I;16", (40, 30), 30000) if mode == "I;16" else scene(40, 30, "RGB").convert(mode)
    cleaned = clean(saved(image, "PNG"))
    assert (cleaned.width, cleaned.height) == (40, 30)
    assert opened(cleaned.data).mode == "RGB"


def test_a_deep_grey_keeps_its_brightness() -> None:
    pixel = opened(clean(saved(Image.new("I;16", (40, 30), 128 * 256), "PNG")).data).getpixel((5, 5))
    assert is_near(pixel, (128, 128, 128))


def test_a_printers_picture_becomes_rgb() -> None:
    cleaned = clean(saved(scene().convert("CMYK"), "JPEG", quality=95))
    assert opened(cleaned.data).mode == "RGB"
    assert is_near(opened(cleaned.data).getpixel((20, 20)), (220, 20, 20))


def test_colours_of_another_profile_are_turned_into_srgb() -> None:
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = saved(Image.new("RGB", (40, 40), (200, 100, 50)), "PNG")
    assert is_near(opened(clean(plain).data).getpixel((9, 9)), (200, 100, 50))
    broken = saved(Image.new("RGB", (40, 40), (200, 100, 50)), "PNG", icc_profile=b"not a profile")
    foreign = saved(Image.new("RGB", (40, 40), (200, 100, 50)), "PNG", icc_profile=lab_like)
    assert clean(broken).data == clean(foreign).data == clean(plain).data


def test_a_wide_gamut_profile_changes_the_numbers() -> None:
    wide = saved(Image.new("RGB", (40, 40), (60, 200, 60)), "PNG", icc_profile=wide_profile())
    red, green, blue = opened(clean(wide).data).getpixel((9, 9))  # type: ignore[misc]
    assert red < 50
    assert blue < 60
    assert green > 195


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ((220, 20, 20), (20, 20, 220))]
    moving = saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100)
    assert is_near(opened(clean(moving).data).getpixel((9, 9)), (220, 20, 20))


def test_a_very_large_photo_becomes_a_smaller_master() -> None:
    cleaned = clean(saved(Image.new("RGB", (6000, 3000), (90, 90, 90)), "JPEG"))
    assert (cleaned.width, cleaned.height) == (4096, 2048)


def test_the_same_bytes_give_the_same_bytes() -> None:
    data = saved(scene(), "JPEG", exif=telling_exif(6))
    assert clean(data) == clean(data)
    spec = Fit(200, 200, 9000, mark="EXERCISE")
    assert fit(clean(data).data, spec) == fit(clean(data).data, spec)


# Refused.


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(PictureRefused, match="more than 60 million pixels"):
        clean(png_with_header(60_000, 60_000))
    with pytest.raises(PictureRefused, match="more than 60 million pixels"):
        clean(png_with_header(400_000_000, 100))
    with pytest.raises(PictureRefused, match="more than 60 million pixels"):
        examine(png_with_header(10_000, 7_000))


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(PictureRefused, match="larger than 25 MB"):
        clean(saved(scene()) + b"\0" * decoding.MAX_BYTES)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_picture_that_is_cut_off_is_refused(name: str, part: float) -> None:
    data = saved(scene(), name)
    with pytest.raises(PictureRefused, match="not complete"):
        clean(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"\0" * 100,
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM" + b"\0" * 60,
        b"RIFF",
    ],
)
def test_what_is_no_picture_is_refused_with_words(data: bytes) -> None:
    with pytest.raises(PictureRefused, match="not a picture we can read"):
        clean(data)


@pytest.mark.parametrize("name", ["GIF", "TIFF", "BMP", "ICO", "PPM"])
def test_other_formats_are_never_opened(name: str) -> None:
    with pytest.raises(PictureRefused, match="not a picture we can read"):
        examine(saved(scene(64, 64), name))


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_spoiled_bytes_are_refused_or_cleaned_and_nothing_else(name: str) -> None:
    data = saved(scene(120, 90), name, exif=telling_exif(6))
    outcomes = set()
    for place in range(0, len(data), max(1, len(data) // 150)):
        spoiled = data[:place] + bytes([data[place] ^ 0xFF, 0xFF, 0x00]) + data[place + 3 :]
        try:
            outcomes.add(clean(spoiled).mime)
        except PictureRefused as refused:
            outcomes |= {refused.words, refused.detail}
    assert not any("SecretPhone" in outcome for outcome in outcomes)
    assert any(words.endswith(".") for words in outcomes)


def test_refusals_have_words_and_no_cause_with_details() -> None:
    with pytest.raises(PictureRefused) as caught:
        clean(saved(scene())[:300])
    assert caught.value.words.endswith(".")
    assert caught.value.__suppress_context__


# Fit.


def test_fit_keeps_a_picture_that_fits_at_its_size() -> None:
    made = fit(saved(scene()), Fit(1000, 1000, 500_000))
    assert (made.width, made.height, made.mime) == (400, 300, "image/jpeg")
    assert opened(made.data).size == (400, 300)


def test_fit_obeys_sides_and_shape() -> None:
    assert sides(fit(saved(scene()), Fit(200, 200, 500_000))) == (200, 150)
    assert sides(fit(saved(scene()), Fit(1000, 60, 500_000))) == (80, 60)


@pytest.mark.parametrize("limit", [200_000, 40_000, 10_000, 3000])
def test_fit_obeys_the_limit_of_bytes(limit: int) -> None:
    noise = Image.effect_noise((600, 400), 90).convert("RGB")
    made = fit(saved(noise), Fit(600, 600, limit))
    assert len(made.data) <= limit
    assert opened(made.data).size == sides(made)


def test_fit_says_so_when_nothing_is_small_enough() -> None:
    with pytest.raises(PictureRefused, match="cannot be made smaller"):
        fit(saved(scene()), Fit(400, 400, 50))


def test_fit_puts_paper_beside_a_face_and_cuts_nothing_off() -> None:
    tall = fit(saved(scene(100, 300)), Fit(1080, 1080, 500_000, min_ratio=0.8, max_ratio=1.91))
    assert sides(tall) == (240, 300)
    assert is_near(opened(tall.data).getpixel((5, 150)), (255, 255, 255))
    assert is_near(opened(tall.data).getpixel((80, 20)), (220, 20, 20))
    wide = fit(saved(scene(900, 100)), Fit(450, 450, 500_000, min_ratio=0.8, max_ratio=1.91))
    assert wide.width == 450
    assert wide.width / wide.height <= 1.91


def test_fit_takes_the_first_format_and_png_for_drawings_only() -> None:
    drawing = clean(saved(scene().quantize(8), "PNG")).data
    photo = clean(saved(scene())).data
    assert fit(drawing, Fit(400, 400, 500_000, ("JPEG", "PNG"))).mime == "image/png"
    assert fit(photo, Fit(400, 400, 500_000, ("JPEG", "PNG"))).mime == "image/jpeg"
    assert fit(photo, Fit(400, 400, 500_000, ("PNG",))).mime == "image/png"
    assert fit(photo, Fit(400, 400, 500_000, ("WEBP", "JPEG"))).mime == "image/webp"


def test_fit_of_a_transparent_picture_stands_on_white_as_jpeg() -> None:
    glass = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    made = fit(saved(glass, "PNG"), Fit(40, 40, 50_000, ("JPEG",)))
    assert is_near(opened(made.data).getpixel((20, 20)), (255, 255, 255))


def test_fit_all_gives_what_fit_gives() -> None:
    specs = [Fit(300, 300, 90_000), Fit(64, 64, 2000), Fit(200, 200, 90_000, ("PNG",), mark="EXERCISE")]
    master = clean(saved(scene())).data
    assert fit_all(master, specs) == [fit(master, spec) for spec in specs]
    assert fit_all(master, []) == []


def test_the_mark_is_a_stripe_along_the_lower_edge() -> None:
    plain, marked = (opened(fit(saved(scene()), Fit(400, 400, 90_000, mark=mark)).data) for mark in (None, "EXERCISE"))
    assert is_near(marked.getpixel((3, 292)), imaging.STRIPE)
    assert not is_near(plain.getpixel((3, 292)), imaging.STRIPE)
    stripe = marked.crop((0, 282, 400, 300)).convert("L")
    dark = sum(count for value, count in enumerate(stripe.histogram()) if value < 90)
    assert dark > 200, "letters are written on it"
    assert is_near(marked.getpixel((20, 20)), (220, 20, 20))


@pytest.mark.parametrize("size", [(1, 1), (20, 4), (3, 60)])
def test_the_smallest_picture_can_be_marked(size: tuple[int, int]) -> None:
    assert sides(fit(saved(Image.new("RGB", size)), Fit(60, 60, 9000, mark="EXERCISE"))) == size


def test_variants_are_sorted_and_never_larger_than_the_master() -> None:
    made = variants(saved(scene()), [960, 320, 640, 100], mark="EXERCISE")
    assert [each.width for each in made] == [100, 320, 400]
    assert all(opened(each.data).size == sides(each) for each in made)


# Fingerprints.


@pytest.mark.parametrize("change", [lambda image: image.resize((200, 150)), lambda image: image.convert("L")])
def test_fingerprints_of_one_picture_are_near(change: Callable[[Image.Image], Image.Image]) -> None:
    one, other = fingerprint(saved(scene())), fingerprint(saved(change(scene()), "JPEG", quality=40))
    assert len(one) == 16
    assert distance(one, other) <= 4


def test_fingerprints_of_different_pictures_are_far() -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    assert distance(fingerprint(saved(scene())), fingerprint(saved(noise))) > 15


def test_the_fingerprint_does_not_mind_how_the_camera_was_held() -> None:
    turned = saved(scene().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=90, exif=telling_exif(6))
    assert distance(fingerprint(turned), fingerprint(saved(scene()))) <= 3
    assert clean(turned).fingerprint == fingerprint(clean(turned).data)


def test_the_drawn_persons_are_good_pictures() -> None:
    folder = Path(__file__).parent.parent / "static" / "exercise"
    for name in ("person-1.jpg", "person-2.jpg"):
        found = examine((folder / name).read_bytes())
        assert (found.width, found.height) == (640, 800)


def sides(made: Rendition) -> tuple[int, int]:
    return made.width, made.height


def wide_profile() -> bytes:
    """A made-up RGB profile with a wider green than sRGB, built from its five needed tags."""

    def s15(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    gamma = b"curv" + struct.pack(">IIH", 0, 1, round(2.2 * 256))
    tags = {
        b"rXYZ": b"XYZ \0\0\0\0" + s15(0.6097, 0.3111, 0.0195),
        b"gXYZ": b"XYZ \0\0\0\0" + s15(0.2053, 0.6257, 0.0609),
        b"bXYZ": b"XYZ \0\0\0\0" + s15(0.1492, 0.0632, 0.7446),
        b"wtpt": b"XYZ \0\0\0\0" + s15(0.9642, 1.0, 0.8249),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    body, table, place = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", place + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    header = bytearray(128)
    header[0:4] = struct.pack(">I", place + len(body))
    header[8:12] = b"\x02\x10\0\0"
    header[12:24] = b"mntrRGB XYZ "
    header[36:40] = b"acsp"
    header[68:80] = s15(0.9642, 1.0, 0.8249)
    return bytes(header) + struct.pack(">I", len(tags)) + table + body


# Another reader than Pillow.


EVERY_FIT = [Fit(200, 200, 1_000_000, (name,)) for name in ("JPEG", "PNG", "WEBP")]
ABOUT_PIXELS = {"SourceFile", "ExifTool", "File", "Composite", "JFIF", "PNG"}


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs exiftool: apt-get install libimage-exiftool-perl")
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exiftool_finds_nothing_but_pixels(name: str, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretPhone</x:xmpmeta>"
    told = saved(
        scene(mode="RGBA" if name == "PNG" else "RGB"), name, exif=telling_exif(), icc_profile=profile, xmp=xmp
    )
    master = clean(told).data
    made = [master, cut(master, None, [Box(0, 0, 100, 100)]).data, *(one.data for one in fit_all(master, EVERY_FIT))]
    assert found_by_exiftool([told], tmp_path / "before")
    assert found_by_exiftool(made, tmp_path / "after") == set()


def found_by_exiftool(pictures: list[bytes], folder: Path) -> set[str]:
    """Groups and names of everything beside the pixels."""
    folder.mkdir()
    for number, data in enumerate(pictures):
        (folder / f"{number}.jpg").write_bytes(data)
    run = subprocess.run(["exiftool", "-j", "-G", "-a", "-u", folder], capture_output=True, text=True, check=True)
    return {name for one in json.loads(run.stdout) for name in one if name.split(":")[0] not in ABOUT_PIXELS | {"RIFF"}}


# Cut.


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_a_box_turns_pixels_into_black_and_leaves_the_rest(name: str) -> None:
    image = scene(mode="RGBA" if name == "PNG" else "RGB")
    master = clean(saved(image, name)).data
    made = opened(cut(master, None, [Box(0, 0, 250, 250)]).data).convert("RGB")
    assert is_near(made.getpixel((50, 40)), imaging.INK)
    assert is_near(made.getpixel((390, 290)), (20, 20, 220))
    assert is_near(opened(master).convert("RGB").getpixel((50, 40)), (220, 20, 20))


def test_what_was_under_a_box_is_in_no_byte_of_the_file() -> None:
    """Two pictures that differ only under the box are the same file afterwards."""
    one, other = scene(), scene()
    ImageDraw.Draw(other).text((150, 80), "PLATE 1234", fill="white")
    box = Box(300, 150, 400, 300)
    lossless = [saved(image, "PNG", compress_level=1) for image in (one, other)]
    assert lossless[0] != lossless[1]
    assert cut(lossless[0], None, [box]).data == cut(lossless[1], None, [box]).data


def test_a_crop_is_counted_on_the_whole_picture_and_applied_last() -> None:
    made = cut(clean(saved(scene())).data, Box(500, 500, 500, 500), [Box(750, 750, 250, 250)])
    assert (made.width, made.height, made.mime) == (200, 150, "image/jpeg")
    assert is_near(opened(made.data).getpixel((190, 140)), imaging.INK)


def test_a_box_reaches_outwards_to_whole_pixels_and_is_never_empty() -> None:
    assert Box(1, 1, 1, 1).pixels(100, 100) == (0, 0, 1, 1)
    assert Box(999, 999, 1, 1).pixels(10, 10) == (9, 9, 10, 10)
    assert Box(0, 0, 1000, 1000).pixels(33, 77) == (0, 0, 33, 77)


def test_a_grid_is_drawn_for_people_who_place_boxes_by_numbers() -> None:
    made = opened(imaging.gridded(clean(saved(scene(1000, 800))).data, 500))
    assert (made.width, made.height) == (500, 400)
    yellow, beside = made.getpixel((250, 220)), made.getpixel((230, 220))
    assert isinstance(yellow, tuple)
    assert isinstance(beside, tuple)
    assert (yellow[2] < 80, beside[2] > 100) == (True, True)
