"""Collect every text of the code and the templates and bring the translation catalogues up to date.

New texts arrive empty, texts that are gone leave the file, and nothing is guessed: a likeness with an old text is not
a translation. The test of the translations then names what is missing.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "appeal" / "translations"
TEMPLATES = [(f"**.{kind}", "jinja2") for kind in ("html", "txt", "xml")]
TRIMMED = {"trimmed": "true", "silent": "false"}
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}
# Functions whose text is not the first argument, and errors, whose words are shown to officers and translated there.
POSITIONS = {"_": 0, "say": 0, "gettext": 0, "flash": 0, "translate": 1, "Health": 1}
ERRORS = (
    "NotAllowed",
    "NotFound",
    "WrongState",
    "Changed",
    "BadInput",
    "PictureRefused",
    "Overloaded",
    "ValidationError",
    "TryLater",
    "OutcomeUnknown",
    "ContentRefused",
    "ChannelStopped",
    "Gone",
)
POSITIONS |= dict.fromkeys(ERRORS, 0)
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
    for path in sorted((ROOT / "appeal").rglob("*.py")):
        if "exercise" not in path.parts:
            for text in python_texts(ast.parse(path.read_text(encoding="utf-8"))):
                catalogue.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    templates = extract_from_dir(ROOT / "templates", TEMPLATES, {"**": TRIMMED}, KEYWORDS, directory_filter=_is_ours)
    for name, _line, message, comments, context in templates:
        catalogue.add(message, locations=[(f"templates/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def python_texts(module: ast.Module) -> Iterator[str | tuple[str, str]]:
    """Every text of one module; a pair for one and many."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            plural = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            if name == "ngettext" and len(plural) == 2:
                yield str(plural[0]), str(plural[1])
            elif name in POSITIONS:
                yield from _texts(node, name)


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


def _texts(call: ast.Call, name: str) -> Iterator[str]:
    """The constant texts of a call; of wrong input also the sentences of its fields."""
    arguments: list[ast.expr] = call.args[POSITIONS[name] :][:1]
    if name == "BadInput":
        given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "fields")]
        arguments += [value for part in given if isinstance(part, ast.Dict) for value in part.values]
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.strip():
            yield argument.value


def _is_ours(folder: str) -> bool:
    return Path(folder).name not in {"translations", "exercise", "vendor", "__pycache__", ".venv", "instance", ".git"}


if __name__ == "__main__":
    main()
