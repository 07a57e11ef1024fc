"""The channel table of the page that everybody reads first says what the publishers say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from appeal import publishers

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("channels_script", ROOT / "scripts" / "channels.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_channel_table_is_what_the_publishers_say(script: ModuleType) -> None:
    text = (ROOT / "README.md").read_text()
    assert script.written(text) == text, "run `python scripts/channels.py`"


@pytest.mark.parametrize("name", sorted(publishers.PUBLISHERS))
def test_every_publisher_says_what_to_apply_for_and_what_it_costs(name: str) -> None:
    able = publishers.get(name).capabilities
    assert able.apply_for
    assert able.costs
