"""One 12-megapixel photo to every picture that goes out, against Pillow decoding once and encoding the same sizes.

Run with `python -m bench.photos [PHOTO]`; without a photo a noisy scene is drawn. Goal: at most 1.5 times.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageFilter

from appeal.imaging import QUALITIES, Fit, clean, fit_all

PASSES = 5
WIDTHS = (320, 640, 960, 1280)
SITE = [Fit(width, 16_384, 25_000_000) for width in WIDTHS]
X = Fit(2048, 2048, 5_000_000)
MAIL = Fit(1200, 1200, 400_000)


def main() -> None:
    """Time both in turn, print the medians and their ratio."""
    photo = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else drawn()
    master = clean(photo).data
    specs = [*SITE, X, MAIL]
    made = fit_all(master, specs)
    sizes = [(each.width, each.height) for each in made]
    ours, bare, whole = [], [], []
    for _ in range(PASSES):
        bare.append(seconds(lambda: by_hand(master, sizes)))
        ours.append(seconds(lambda: fit_all(master, specs)))
        whole.append(seconds(lambda: clean(photo)))
    print("| what | median, ms | ratio |")
    print("|---|---|---|")
    print(f"| Pillow: decode once, resize, encode {len(sizes)} | {middle(bare)} | 1.00 |")
    print(f"| ours: {len(sizes)} renditions of the master | {middle(ours)} | {ratio(ours, bare)} |")
    print(f"| ours: the master of the upload, once | {middle(whole)} | {ratio(whole, bare)} |")
    print("sizes:", ", ".join(f"{each.width}x{each.height} {len(each.data) // 1000} kB" for each in made))


def by_hand(master: bytes, sizes: list[tuple[int, int]]) -> None:
    """The least that anybody would do."""
    image = Image.open(io.BytesIO(master))
    image.load()
    for size in sizes:
        image.resize(size, Image.Resampling.LANCZOS).save(io.BytesIO(), "JPEG", quality=QUALITIES[0], progressive=True)


def drawn() -> bytes:
    """4032 x 3024 pixels with gradients, edges and some noise."""
    soft = Image.effect_noise((504, 378), 120).filter(ImageFilter.GaussianBlur(6)).resize((4032, 3024))
    fine = Image.effect_noise((4032, 3024), 18)
    grain = Image.blend(soft, fine, 0.25)
    out = io.BytesIO()
    colours = (grain, grain.transpose(Image.Transpose.FLIP_LEFT_RIGHT), grain.transpose(Image.Transpose.ROTATE_180))
    Image.merge("RGB", colours).save(out, "JPEG", quality=92)
    return out.getvalue()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def middle(times: list[float]) -> int:
    return round(statistics.median(times) * 1000)


def ratio(times: list[float], others: list[float]) -> str:
    return f"{statistics.median(times) / statistics.median(others):.2f}"


if __name__ == "__main__":
    main()
