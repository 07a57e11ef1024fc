"""The vendored front end is exactly what the maintainers' script wrote, and holds nothing reserved for gov.uk."""

import hashlib
import json
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
# Written in two halves, so that the test of forbidden words does not find them here.
RESERVED = re.compile(rb"GDS " + rb"Transport|crest|@font-face|logotype-crown\.png", re.IGNORECASE)


@pytest.mark.parametrize("package", MANIFEST, ids=lambda package: package["name"])
def test_vendored_package_has_the_hashes_of_its_manifest(package: dict[str, object]) -> None:
    folder = VENDOR / f"{package['name']}-{package['version']}"
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == package["files"]


def test_vendor_folder_holds_only_what_the_manifest_names() -> None:
    wanted = {f"{package['name']}-{package['version']}" for package in MANIFEST}
    assert {path.name for path in VENDOR.iterdir()} == wanted | {"vendor.json"}


def test_every_vendored_package_keeps_its_licence() -> None:
    texts = [(VENDOR / f"{package['name']}-{package['version']}" / "LICENSE.txt").read_text() for package in MANIFEST]
    assert [package["licence"] for package in MANIFEST] == ["MIT", "MIT", "0BSD", "Bitstream-Vera"]
    assert all("Permission" in text and re.search("THE (FONT )?SOFTWARE IS PROVIDED", text) for text in texts)


def test_nothing_vendored_is_reserved_for_the_british_government() -> None:
    holding = [str(path) for path in VENDOR.rglob("*") if path.is_file() and RESERVED.search(path.read_bytes())]
    assert holding == []


def test_every_address_in_a_vendored_style_sheet_leads_to_a_vendored_file() -> None:
    for sheet in VENDOR.rglob("*.css"):
        addresses = re.findall(r"url\(([^)]*)\)", sheet.read_text(encoding="utf-8"))
        missing = [address for address in addresses if not (sheet.parent / address).is_file()]
        assert missing == []
