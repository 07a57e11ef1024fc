"""The Spanish catalogue is whole: every text of the sources has a translation with the same places for values."""

import importlib.util
import re
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).resolve().parent.parent
VALUES = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")


@lru_cache
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sources() -> Catalog:
    catalogue: Catalog = messages().extracted()
    return catalogue


@pytest.fixture(scope="module", params=["es"])
def translation(request: pytest.FixtureRequest) -> Catalog:
    path = ROOT / "appeal" / "translations" / request.param / "LC_MESSAGES" / "messages.po"
    catalogue: Catalog = messages().read(path)
    return catalogue


def test_every_text_of_the_sources_is_translated(sources: Catalog, translation: Catalog) -> None:
    missing = [message.id for message in sources if message.id and not _is_whole(translation.get(message.id))]
    assert missing == [], "run `make messages`, then write these in messages.po"


def test_no_translation_is_a_guess(translation: Catalog) -> None:
    assert [message.id for message in translation if message.id and message.fuzzy] == []


def test_translations_keep_the_places_of_values(translation: Catalog) -> None:
    different = [
        message.id
        for message in translation
        if isinstance(message.id, str)
        and message.id
        and message.string
        and _values(message.id) != _values(str(message.string))
    ]
    assert different == []


def _is_whole(message: Message | None) -> bool:
    if message is None:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def _values(text: str) -> list[str]:
    return sorted(VALUES.findall(text))
