"""The configuration: a frozen value made from the environment, with every mistake reported at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from appeal.rules.errors import ConfigurationWrong

ROOT = Path(__file__).resolve().parent.parent

# name, default, sentence for the README and for the list of mistakes
SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("APPEAL_MODE", "exercise", "exercise or live; written into the database when it is created and never changed"),
    ("APPEAL_INSTANCE", str(ROOT / "instance"), "folder with database, files, site and keys"),
    ("APPEAL_DATABASE_URL", "", "SQLAlchemy address; empty means SQLite in the instance folder"),
    ("APPEAL_BROKER_URL", "", "redis:// or amqp:// when there are several machines; empty means in process"),
    ("APPEAL_GROUP", "", "group of both sides where each runs as a user of its own; empty means one user"),
    ("APPEAL_WEB_USER", "", "user of the public side, when root starts both"),
    ("APPEAL_DESK_USER", "", "user of the desk, when root starts both"),
    ("APPEAL_HOST", "127.0.0.1", "address the applications listen on; an exercise takes no other than 127.0.0.1"),
    ("APPEAL_PUBLIC_PORT", "8000", "port of the public application"),
    ("APPEAL_DESK_PORT", "8001", "port of the desk application"),
    ("APPEAL_EXERCISE_PORT", "8002", "port of the exercise platforms"),
    ("APPEAL_EXERCISE_SMTP_PORT", "8025", "port of the exercise mail server"),
    ("APPEAL_PUBLIC_URL", "", "address under which the public sees the site; empty means the public port"),
    ("APPEAL_DESK_URL", "", "address under which officers see the desk; empty means the desk port"),
    ("APPEAL_MAIL_URL", "", "smtp://user:password@host:port of the force's own mail server, for mail to officers"),
    ("APPEAL_MAIL_FROM", "desk@force.example", "sender of mail to officers"),
    ("APPEAL_SETTLE_SCALE", "1", "factor on all settle times; other than 1 only in an exercise"),
    ("APPEAL_WEB_THREADS", "16", "threads of the public application"),
    ("APPEAL_DESK_THREADS", "8", "threads of the desk application"),
    ("APPEAL_CLAMD", "", "socket of a virus scanner, a path or host:port; empty means that files are not scanned"),
    (
        "APPEAL_TRANSLATE",
        "",
        "a local program that reads a text and writes its translation into {to}; it must not use the network",
    ),
    ("APPEAL_DISK_RESERVE_PERCENT", "10", "share of the disk that files of the public leave free; 0 turns it off"),
)


@dataclass(frozen=True)
class Config:
    """Checked settings; addresses have no trailing slash."""

    mode: str
    instance: Path
    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    group: str
    web_user: str
    desk_user: str
    host: str
    public_port: int
    desk_port: int
    exercise_port: int
    exercise_smtp_port: int
    public_url: str
    desk_url: str
    mail_url: str = field(repr=False)
    mail_from: str
    settle_scale: float
    web_threads: int
    desk_threads: int
    clamd: str
    disk_reserve_percent: int
    translate: str = ""

    @property
    def is_exercise(self) -> bool:
        """Whether this installation trains and every channel points to the exercise platforms."""
        return self.mode == "exercise"

    @property
    def exercise_url(self) -> str:
        """The address of the exercise platforms."""
        return f"http://127.0.0.1:{self.exercise_port}"

    @property
    def keys(self) -> Path:
        """The folder with the keys."""
        return self.instance / "keys"

    @property
    def files(self) -> Path:
        """The folder with sealed uploads and picture renditions."""
        return self.instance / "files"

    @property
    def spool(self) -> Path:
        """The folder in which sealed messages wait for a database that is away."""
        return self.instance / "spool"

    @property
    def uploads(self) -> Path:
        """The folder with the lists of pieces of files that are on their way."""
        return self.instance / "uploads"

    @property
    def site(self) -> Path:
        """The folder that the public site is served from."""
        return self.instance / "site"


def load_config(environ: Mapping[str, str]) -> Config:
    """Build the configuration or raise `ConfigurationWrong` with one list of all mistakes."""
    given = {name: environ.get(name, default).strip() or default for name, default, _ in SETTINGS}
    mistakes = [f"{name} is not a setting." for name in sorted(environ) if _is_stranger(name)]
    config = _build(given, mistakes)
    mistakes += _contradictions(config)
    if mistakes:
        raise ConfigurationWrong(mistakes)
    return config


def _is_stranger(name: str) -> bool:
    return name.startswith("APPEAL_") and name not in {setting for setting, _, _ in SETTINGS}


def _build(given: Mapping[str, str], mistakes: list[str]) -> Config:
    """Where a number is wrong the default stands in, so that everything else is still checked."""
    ports = {name: _number(name, given[name], mistakes) for name in given if name.endswith(("_PORT", "_THREADS"))}
    instance = Path(given["APPEAL_INSTANCE"]).resolve()
    return Config(
        mode=given["APPEAL_MODE"],
        instance=instance,
        database_url=given["APPEAL_DATABASE_URL"] or f"sqlite:///{instance / 'appeal.sqlite3'}",
        broker_url=given["APPEAL_BROKER_URL"],
        group=given["APPEAL_GROUP"],
        web_user=given["APPEAL_WEB_USER"],
        desk_user=given["APPEAL_DESK_USER"],
        host=given["APPEAL_HOST"],
        public_port=ports["APPEAL_PUBLIC_PORT"],
        desk_port=ports["APPEAL_DESK_PORT"],
        exercise_port=ports["APPEAL_EXERCISE_PORT"],
        exercise_smtp_port=ports["APPEAL_EXERCISE_SMTP_PORT"],
        public_url=_address(given["APPEAL_PUBLIC_URL"], ports["APPEAL_PUBLIC_PORT"]),
        desk_url=_address(given["APPEAL_DESK_URL"], ports["APPEAL_DESK_PORT"]),
        mail_url=given["APPEAL_MAIL_URL"],
        mail_from=given["APPEAL_MAIL_FROM"],
        settle_scale=_scale(given["APPEAL_SETTLE_SCALE"], mistakes),
        web_threads=ports["APPEAL_WEB_THREADS"],
        desk_threads=ports["APPEAL_DESK_THREADS"],
        clamd=given["APPEAL_CLAMD"],
        disk_reserve_percent=_percent("APPEAL_DISK_RESERVE_PERCENT", given, mistakes),
        translate=given["APPEAL_TRANSLATE"],
    )


def _number(name: str, value: str, mistakes: list[str]) -> int:
    if value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    mistakes.append(f"{name} is {value!r}; it must be a whole number from 1 to 65535.")
    return next(int(default) for known, default, _ in SETTINGS if known == name)


def _percent(name: str, given: Mapping[str, str], mistakes: list[str]) -> int:
    value = given[name]
    if value.isascii() and value.isdigit() and int(value) <= 90:
        return int(value)
    mistakes.append(f"{name} is {value!r}; it must be a whole number from 0 to 90.")
    return 0


def _scale(value: str, mistakes: list[str]) -> float:
    try:
        scale = float(value)
    except ValueError:
        scale = -1.0
    if 0 < scale <= 10:
        return scale
    mistakes.append(f"APPEAL_SETTLE_SCALE is {value!r}; it must be a number above 0 and up to 10.")
    return 1.0


def _address(value: str, port: int) -> str:
    return (value or f"http://127.0.0.1:{port}").rstrip("/")


def _contradictions(config: Config) -> list[str]:
    by_mode = {"exercise": _not_in_an_exercise, "live": _not_when_live}
    checks = (
        (config.mode in by_mode, f"APPEAL_MODE is {config.mode!r}; it must be exercise or live."),
        (
            _is_web(config.public_url),
            f"APPEAL_PUBLIC_URL is {config.public_url!r}; it must begin with http:// or https://.",
        ),
        (_is_web(config.desk_url), f"APPEAL_DESK_URL is {config.desk_url!r}; it must begin with http:// or https://."),
        (
            _differ(config),
            "APPEAL_PUBLIC_PORT, APPEAL_DESK_PORT, APPEAL_EXERCISE_PORT and APPEAL_EXERCISE_SMTP_PORT must differ.",
        ),
        (
            bool(config.group) or not (config.web_user or config.desk_user),
            "APPEAL_WEB_USER and APPEAL_DESK_USER need APPEAL_GROUP, the group that both share.",
        ),
        (
            not config.web_user or config.web_user != config.desk_user,
            "APPEAL_WEB_USER and APPEAL_DESK_USER must differ: that is what they are for.",
        ),
        *(by_mode[config.mode](config) if config.mode in by_mode else ()),
    )
    return [words for is_right, words in checks if not is_right]


def _not_in_an_exercise(config: Config) -> tuple[tuple[bool, str], ...]:
    return ((config.host == "127.0.0.1", "An exercise has no second factor: APPEAL_HOST must be 127.0.0.1."),)


def _not_when_live(config: Config) -> tuple[tuple[bool, str], ...]:
    return (
        (config.settle_scale == 1, "APPEAL_SETTLE_SCALE may differ from 1 only in an exercise."),
        (config.public_url.startswith("https://"), "APPEAL_PUBLIC_URL must begin with https:// outside an exercise."),
        (config.desk_url.startswith("https://"), "APPEAL_DESK_URL must begin with https:// outside an exercise."),
        (bool(config.mail_url), "APPEAL_MAIL_URL is needed outside an exercise: approvers are told by mail."),
    )


def _is_web(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _differ(config: Config) -> bool:
    ports = [config.public_port, config.desk_port, config.exercise_port, config.exercise_smtp_port]
    return len(set(ports)) == len(ports)
