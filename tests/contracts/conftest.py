"""One exercise world for all contracts, empty at the start of every test."""

from collections.abc import Iterator

import pytest

from appeal.exercise.app import Exercise
from tests.contracts.platforms import WORLD
from tests.wire.conftest import told

__all__ = ["told"]


@pytest.fixture(scope="session")
def running_world() -> Iterator[Exercise]:
    exercise = Exercise("127.0.0.1", 0, 0, WORLD)
    exercise.start()
    yield exercise
    exercise.stop()


@pytest.fixture
def world(running_world: Exercise) -> Exercise:
    running_world.world.reset()
    return running_world
