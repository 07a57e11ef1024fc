"""Compile every translation catalogue: messages.po becomes messages.mo beside it."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "appeal" / "translations"


def main() -> None:
    """Write each catalogue under a temporary name first, so that a running process never reads half a file."""
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
        language = source.parent.parent.name
        with source.open("rb") as file:
            catalogue = read_po(file, locale=language)
        compiled = source.with_suffix(".mo.new")
        with compiled.open("wb") as file:
            write_mo(file, catalogue)
        compiled.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    main()
