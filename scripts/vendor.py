"""Fetch the front-end packages and the font of printed pages from npm into static/vendor.

For maintainers; the result is committed, so that nobody else needs Node. The fonts, crests and logotypes of the British
government are not free to use: they are not taken, and every rule of the style sheets that names them is removed.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",arial,sans-serif'


@dataclass(frozen=True)
class Package:
    """One npm package; `files` maps a path inside the package to a name inside our folder."""

    npm: str
    version: str
    folder: str
    licence: str
    files: dict[str, str]
    licence_text: Path | None = None


MOJ_ICONS = (
    "icon-close-cross-black.svg",
    "icon-document.svg",
    "icon-progress-tick.svg",
    "icon-tag-remove-cross-white.svg",
    "icon-tag-remove-cross.svg",
    "icon-toggle-plus-minus.svg",
    "icon-wysiwyg-bold.svg",
    "icon-wysiwyg-italic.svg",
    "icon-wysiwyg-ordered-list.svg",
    "icon-wysiwyg-underline.svg",
    "icon-wysiwyg-unordered-list.svg",
)

PACKAGES = (
    Package(
        npm="govuk-frontend",
        version="6.6.0",
        folder="govuk-frontend",
        licence="MIT",
        files={
            "dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
            "dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
        },
        licence_text=ROOT / "scripts/licences/govuk-frontend.txt",
    ),
    Package(
        npm="@ministryofjustice/frontend",
        version="11.1.0",
        folder="moj-frontend",
        licence="MIT",
        files={
            "moj/moj-frontend.min.css": "moj-frontend.min.css",
            "moj/moj-frontend.min.js": "moj-frontend.min.js",
            **{f"moj/assets/images/{icon}": f"images/{icon}" for icon in MOJ_ICONS},
        },
        licence_text=ROOT / "scripts/licences/moj-frontend.txt",
    ),
    Package(
        npm="htmx.org",
        version="2.0.11",
        folder="htmx",
        licence="0BSD",
        files={"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE.txt"},
    ),
    Package(
        npm="dejavu-fonts-ttf",
        version="2.37.3",
        folder="dejavu-fonts",
        licence="Bitstream-Vera",
        files={
            "ttf/DejaVuSans.ttf": "DejaVuSans.ttf",
            "ttf/DejaVuSans-Bold.ttf": "DejaVuSans-Bold.ttf",
            "LICENSE": "LICENSE.txt",
        },
    ),
)


def main() -> None:
    """Replace static/vendor by what the table above says."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    manifest = [_vendor(package) for package in PACKAGES]
    (VENDOR / "vendor.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _vendor(package: Package) -> dict[str, object]:
    target = VENDOR / f"{package.folder}-{package.version}"
    with tempfile.TemporaryDirectory() as scratch:
        archive, integrity = _fetch(package, Path(scratch))
        with tarfile.open(archive) as contents:
            for source, name in package.files.items():
                _put(target / name, _read(contents, f"package/{source}"))
    if package.licence_text is not None:
        _put(target / "LICENSE.txt", package.licence_text.read_bytes())
    names = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    return {
        "name": package.folder,
        "npm": package.npm,
        "version": package.version,
        "licence": package.licence,
        "sha512": integrity,
        "files": {name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in names},
    }


def _fetch(package: Package, scratch: Path) -> tuple[Path, str]:
    """Download the package and compare it with the hash that the registry publishes for this version."""
    wanted = f"{package.npm}@{package.version}"
    published = _npm(scratch, "view", wanted, "dist.integrity", "--json").strip().strip('"')
    _npm(scratch, "pack", wanted)
    (archive,) = scratch.glob("*.tgz")
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != published:
        raise SystemExit(f"{wanted}: the registry says {published}, the download is {found}")
    return archive, found


def _npm(folder: Path, *words: str) -> str:
    command = ["npm", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S603


def _read(contents: tarfile.TarFile, name: str) -> bytes:
    member = contents.extractfile(name)
    if member is None:
        raise SystemExit(f"{name} is not in the package")
    return member.read()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".css":
        content = _without_reserved(content.decode()).encode()
    if path.suffix in {".css", ".js"}:
        content = re.sub(rb"\s*(/\*#|//#) sourceMappingURL=[^\s*]*( \*/)?", b"", content) + b"\n"
    path.write_bytes(content)


def _without_reserved(css: str) -> str:
    """Take out fonts and crests, and make the remaining addresses relative to the style sheet."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", SYSTEM_FONTS)
    css = re.sub(r"[\w-]*image:url\([^)]*crest[^)]*\);?", "", css)
    css = re.sub(r"[^{}]*crest[^{}]*\{[^}]*\}", "", css)
    return css.replace("url(/assets/images/", "url(images/")


if __name__ == "__main__":
    main()
