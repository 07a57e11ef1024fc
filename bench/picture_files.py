"""Every file of a folder as an upload: taken in or refused in words, how long, how much memory, what metadata is left.

Run with `python -m bench.picture_files FOLDER …`. Each file has a process of its own. Metadata are looked for with
exiftool, which is no part of Pillow; without it that column says so. Goals: never another error than a refusal in
words, under 10 seconds, under 600 MB, nothing left.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from appeal import imaging
from appeal.rules.errors import PictureRefused

# What exiftool says of any picture: about the file itself and about the pixels, none of it metadata.
ABOUT_PIXELS = {"SourceFile", "ExifTool", "File", "Composite", "JFIF", "PNG"}
SECONDS, MEGABYTES = 10.0, 600.0
SIDES = (480, 1600, 2048)


def main() -> None:
    """One line per file, and how many missed a goal."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(Path(sys.argv[2]))))
        return
    files = [path for folder in sys.argv[1:] for path in sorted(Path(folder).iterdir()) if path.is_file()]
    print("| file | outcome | s | MB | left behind |")
    print("|---|---|---|---|---|")
    missed = 0
    for path in files:
        said = apart(path)
        missed += said["seconds"] > SECONDS or said["megabytes"] > MEGABYTES or said["is_broken"] or bool(said["left"])
        left = said["left"] if shutil.which("exiftool") else "no exiftool"
        print(
            f"| {path.name} | {said['words']} | {said['seconds']:.1f} | {said['megabytes']:.0f} | {left or 'nothing'} |"
        )
    print(f"{len(files)} files, {missed} missed a goal")


def apart(path: Path) -> dict:
    """What a process of its own says of one file."""
    command = [sys.executable, "-m", "bench.picture_files", "--one", str(path)]
    began = time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no words"])[-1]
        whole = time.perf_counter() - began
        return {"words": f"FAILED: {last}", "seconds": whole, "megabytes": 0, "is_broken": True, "left": ""}
    return {"is_broken": False, **json.loads(run.stdout)}


def one(path: Path) -> dict:
    """Take one file in and make pictures of it."""
    data, left = path.read_bytes(), ""
    before, began = peak(), time.perf_counter()
    try:
        made = imaging.clean(data)
        shown = imaging.fit_all(made.data, [imaging.Fit(side, side, 1_000_000) for side in SIDES])
        words = f"taken in, {made.width} x {made.height}"
        left = metadata([made.data, *(each.data for each in shown)])
    except PictureRefused as error:
        words = f"refused: {error.words}"
    seconds = time.perf_counter() - began
    return {"words": words, "seconds": seconds, "megabytes": peak(), "grown": peak() - before, "left": left}


def metadata(pictures: list[bytes]) -> str:
    """The groups and names of everything that exiftool finds beside the pixels."""
    if not shutil.which("exiftool"):
        return ""
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(pictures):
            (Path(folder) / f"{number}.jpg").write_bytes(data)
        run = subprocess.run(["exiftool", "-j", "-G", "-a", "-u", folder], capture_output=True, text=True, check=False)
    names = {name for found in json.loads(run.stdout) for name in found if name.split(":")[0] not in ABOUT_PIXELS}
    return ", ".join(sorted(names))


def peak() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
