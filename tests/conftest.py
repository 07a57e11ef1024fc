"""What most tests stand on: keys made once, a migrated database copied for each test, real servers on request."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from passlib.hash import argon2
from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache

from appeal import db, keys, publishers, schema
from appeal.config import Config, load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines
from tests import factories, fakes, servers

MEMORY, WANTED_BYTES = Path("/dev/shm"), 4 * 1024**3
PAGES = "tests/routes/"


def pytest_configure() -> None:
    """Keep what tests write in memory where there is room: thousands of commits need not reach a disk."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > WANTED_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole pages take their time; `make quick` leaves them out with everything else that is marked as slow."""
    for item in items:
        if PAGES in item.path.as_posix():
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords of tests protect nothing: hashing them takes a millisecond instead of a fifth of a second."""
    cheap = pytest.MonkeyPatch()
    for name, value in {"default_rounds": 1, "memory_cost": 8, "parallelism": 1}.items():
        cheap.setattr(argon2, name, value)
    yield
    cheap.undo()


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Every test has a SQLite file and so an engine of its own: they share what was compiled for the first."""
    shared = pytest.MonkeyPatch()
    make, kept = db._make_engine, LRUCache(20_000)
    first = create_engine("sqlite://")
    with first.connect():
        common = first.dialect

    def make_sharing(url: str) -> Engine:
        engine = make(url)
        if engine.dialect.name == "sqlite":
            engine.dialect = engine.pool._dialect = common
            engine._compiled_cache = kept
        return engine

    shared.setattr(db, "_make_engine", make_sharing)
    yield
    shared.undo()


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all keys."""
    folder = tmp_path_factory.mktemp("made") / "keys"
    keys.create(folder)
    return folder


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no row."""
    path = tmp_path_factory.mktemp("migrated") / "appeal.sqlite3"
    schema.upgrade(f"sqlite:///{path}")
    dispose_engines()
    return path


@pytest.fixture
def instance(tmp_path: Path, made_keys: Path) -> Path:
    """The folder of a new installation."""
    folder = tmp_path / "instance"
    shutil.copytree(made_keys, folder / "keys")
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try modules that say `ON_POSTGRES_TOO = True` on both databases."""
    if getattr(metafunc.module, "ON_POSTGRES_TOO", False) and "database_url" in metafunc.fixturenames:
        both = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
        metafunc.parametrize("database_url", both, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, instance: Path, migrated: Path) -> str:
    """An empty database of this test's own with all tables."""
    if getattr(request, "param", "sqlite") == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(migrated, instance / "appeal.sqlite3")
    return f"sqlite:///{instance / 'appeal.sqlite3'}"


@pytest.fixture
def config(instance: Path, database_url: str) -> Config:
    """The configuration of an exercise whose settle times are the real ones."""
    return load_config({"APPEAL_INSTANCE": str(instance), "APPEAL_DATABASE_URL": database_url})


@pytest.fixture
def core(config: Config) -> Iterator[Flask]:
    """The application without routes, its context open."""
    app = create_core_app(config)
    with app.app_context():
        yield app
    dispose_engines()


@pytest.fixture
def public_app(config: Config) -> Iterator[Flask]:
    """What the public reaches."""
    app = pytest.importorskip("appeal.app").create_public_app(config)
    yield app
    dispose_engines()


@pytest.fixture
def desk_app(config: Config) -> Iterator[Flask]:
    """What officers reach."""
    app = pytest.importorskip("appeal.app").create_desk_app(config)
    yield app
    dispose_engines()


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> fakes.Platforms:
    """All publishers replaced by complete fakes on platforms in memory."""
    made = fakes.Platforms()
    for fake in fakes.FAKES:
        monkeypatch.setattr(fake, "platforms", made, raising=False)
        monkeypatch.setitem(publishers.PUBLISHERS, fake.name, fake)
    return made


@pytest.fixture
def people(core: Flask) -> factories.People:
    """Officers of every role, and noise: some who were let go."""
    return factories.make_people()


@pytest.fixture
def force(people: factories.People, platforms: fakes.Platforms) -> factories.Force:
    """Officers, rota, and a channel on each fake platform."""
    return factories.make_force(people)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Postgres]:
    """A PostgreSQL server of this session's own with one migrated database as a template."""
    if servers.postgres_folder() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with servers.running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: servers.Postgres) -> Iterator[str]:
    """An empty, migrated PostgreSQL database of this test's own."""
    name = postgres.create()
    yield postgres.url(name)
    dispose_engines()
    postgres.drop(name)


@pytest.fixture
def redis(running_redis: str) -> str:
    """The address of a Redis server that holds nothing."""
    servers.empty_redis(running_redis)
    return running_redis


@pytest.fixture(scope="session")
def running_redis() -> Iterator[str]:
    """The address of a Redis server of this session's own."""
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is not installed: apt-get install redis-server")
    with servers.running_redis() as url:
        yield url


@pytest.fixture
def environ(instance: Path) -> dict[str, str]:
    """The environment of a process of this installation, on ports of its own."""
    ports = servers.free_ports(4)
    names = ("APPEAL_PUBLIC_PORT", "APPEAL_DESK_PORT", "APPEAL_EXERCISE_PORT", "APPEAL_EXERCISE_SMTP_PORT")
    own = {name: value for name, value in os.environ.items() if not name.startswith("APPEAL_")}
    return {**own, "APPEAL_INSTANCE": str(instance), **dict(zip(names, map(str, ports), strict=True))}
