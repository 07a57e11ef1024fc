"""Servers of others, one of each for all tests; without APPEAL_TEST_REAL nothing here is collected."""

import os
from collections.abc import Iterator

import pytest

from tests.real import bluesky_network, mail_servers
from tests.real import scanner as real_scanner
from tests.real.judges import judged, judged_world, prism, specs, verdicts  # noqa: F401 fixtures

collect_ignore_glob = [] if os.environ.get("APPEAL_TEST_REAL") else ["test_*.py"]


@pytest.fixture(scope="session")
def dovecot() -> Iterator[mail_servers.Dovecot]:
    if reason := mail_servers.missing("dovecot"):
        pytest.skip(reason)
    with mail_servers.running_dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def exim() -> Iterator[mail_servers.Exim]:
    if reason := mail_servers.missing("exim4"):
        pytest.skip(reason)
    with mail_servers.running_exim() as server:
        yield server


@pytest.fixture(scope="session")
def network() -> Iterator[bluesky_network.Network]:
    if reason := bluesky_network.missing():
        pytest.skip(reason)
    with bluesky_network.running() as opened:
        yield opened


@pytest.fixture(scope="session")
def scanner() -> Iterator[str]:
    if reason := real_scanner.missing():
        pytest.skip(reason)
    with real_scanner.running() as path:
        yield path
