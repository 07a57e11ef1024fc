"""How it goes out: one file per platform, knows no database, no Flask, no clock. This table names them all."""

from collections.abc import Mapping
from typing import Any

PUBLISHERS: Mapping[str, type[Any]] = {}


def get(name: str) -> type[Any]:
    """The publisher class of this name; KeyError when there is none."""
    return PUBLISHERS[name]
