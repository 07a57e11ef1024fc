"""One installation for all journeys that do no harm to it, with one appeal that is out."""

from collections.abc import Iterator

import pytest

from appeal.story.running import Running
from tests import live

DRAFTED = 1  # the exercise comes with one appeal already drafted


@pytest.fixture(scope="session")
def force(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with live.installation(tmp_path_factory.mktemp("force") / "instance") as running:
        yield running


@pytest.fixture(scope="session")
def public_id(force: Running) -> str:
    """The public id of the appeal that is out."""
    with live.officer(force, "author") as author:
        author.submit(DRAFTED)
    return live.put_out(force, DRAFTED)
