"""Collect every text of the code and the templates and bring the translation catalogues up to date.

New texts arrive empty, texts that are gone leave the file, and nothing is guessed: a likeness with an old text is not
a translation. The test of the translations then names what is missing.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "appeal" / "translations"
KINDS = ("html", "txt", "xml")
METHODS = [("appeal/**.py", "python"), *((f"templates/**.{kind}", "jinja2") for kind in KINDS)]
OPTIONS = {f"templates/**.{kind}": {"trimmed": "true", "silent": "false"} for kind in KINDS}
# A name and which of its arguments is a text. The words of an error are shown to officers, and translated there.
ERRORS = ("NotAllowed", "NotFound", "WrongState", "BadInput", "PictureRefused", "Overloaded", "ValidationError")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "mark": None,
    "translate": (2,),
    "flash": None,
}
KEYWORDS |= dict.fromkeys(ERRORS)
DROPPED = (
    b"-Date:",
    b"Generated-By",
    b"Project-Id-Version",
    b"Report-Msgid-Bugs-To",
    b"Last-Translator",
    b"Language-Team",
)
HEADER = (
    "# Texts of the software and their translation. `make messages` collects the texts; write the translations here."
)


def main() -> None:
    """Rewrite each catalogue; the same sources give the same bytes."""
    template = extracted()
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
        catalogue = read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.write_bytes(written(catalogue))


def extracted() -> Catalog:
    """Every text that the sources mark, with the files it stands in."""
    catalogue = Catalog(project="appeal", header_comment=HEADER, charset="utf-8")
    found = extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS, directory_filter=_is_ours)
    for name, _line, message, comments, context in found:
        catalogue.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def read(path: Path) -> Catalog:
    """The catalogue of one language; the folder's name says which."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def written(catalogue: Catalog) -> bytes:
    """The bytes of the file, sorted, without line numbers and dates, so that a change shows only what changed."""
    catalogue.header_comment = HEADER
    file = io.BytesIO()
    write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=False)
    kept = [line for line in file.getvalue().splitlines() if not any(word in line for word in DROPPED)]
    return b"\n".join(kept) + b"\n"


def _is_ours(folder: str) -> bool:
    return Path(folder).name not in {"translations", "exercise", "vendor", "__pycache__", ".venv", "instance", ".git"}


if __name__ == "__main__":
    main()
