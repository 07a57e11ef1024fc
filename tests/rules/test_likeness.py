"""Fingerprints: the same picture smaller, compressed, mirrored; another picture; one that says nothing."""

import io

from PIL import Image, ImageDraw

from appeal.imaging import fingerprint
from appeal.rules.likeness import ALIKE, distance, is_alike, is_telling


def face(shift: int = 0) -> Image.Image:
    image = Image.linear_gradient("L").rotate(90).resize((400, 400)).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((90 + shift, 60, 250 + shift, 320), fill=(210, 170, 140))
    pen.rectangle((40, 300, 330, 400), fill=(30, 40, 90))
    pen.ellipse((130 + shift, 140, 150 + shift, 160), fill=(20, 20, 20))
    return image


def saved(image: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_distance_counts_bits() -> None:
    assert distance("00ff00ff00ff00ff", "00ff00ff00ff00ff") == 0
    assert distance("00ff00ff00ff00ff", "00ff00ff00ff00fe") == 1


def test_a_smaller_and_worse_copy_is_alike() -> None:
    one, other = fingerprint(saved(face())), fingerprint(saved(face().resize((150, 150)), 40))
    assert is_alike(one, other)


def test_a_mirrored_copy_is_alike() -> None:
    one, other = fingerprint(saved(face())), fingerprint(saved(face().transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    assert is_alike(one, other)


def test_another_picture_is_not() -> None:
    other = Image.effect_noise((400, 400), 90)
    assert distance(fingerprint(saved(face())), fingerprint(saved(other.convert("RGB")))) > ALIKE


def test_a_flat_picture_is_like_no_other() -> None:
    one, other = (fingerprint(saved(Image.new("RGB", (200, 200), colour))) for colour in ("navy", "red"))
    assert (is_telling(one), is_alike(one, other)) == (False, False)
    assert not is_telling("")
