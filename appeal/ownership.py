"""Who may read what the processes write: one user alone, or the users of both sides who share a group.

With a group, folders hand it down (setgid), processes leave it the right to read and write, and of the keys it reads
only those that open nothing: whoever takes over the public side's user finds no file that does.
"""

import grp
import os
import pwd
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from appeal import keys
from appeal.config import Config
from appeal.rules.errors import ConfigurationWrong

WEB = "web"
SHARED_MASK = 0o007
FOLDER_MODE, KEYS_MODE, FILE_MODE = 0o2770, 0o2750, 0o660
OPEN_KEY_MODE, PRIVATE_KEY_MODE = 0o640, 0o600
OPEN_KEYS = frozenset({*keys.PUBLIC_FILES, keys.LEDGER_PUBLIC, keys.SAMPLE})


def begin(config: Config) -> None:
    """Let the group read and write what this process makes from now on; without a group nothing changes."""
    if config.group:
        os.umask(SHARED_MASK)


def mistakes(config: Config) -> list[str]:
    """Users and groups of the configuration that this machine does not know, one sentence each."""
    found = []
    if config.group and _number(grp.getgrnam, config.group) is None:
        found.append(f"APPEAL_GROUP is {config.group!r}; this machine has no such group.")
    for name, user in (("APPEAL_WEB_USER", config.web_user), ("APPEAL_DESK_USER", config.desk_user)):
        if user and _number(pwd.getpwnam, user) is None:
            found.append(f"{name} is {user!r}; this machine has no such user.")
    return found


def share(config: Config) -> None:
    """Give folders, database and open keys to the group, and as root everything to the desk's user."""
    if not config.group:
        return
    group = _number(grp.getgrnam, config.group)
    user = _number(pwd.getpwnam, config.desk_user) if config.desk_user and os.geteuid() == 0 else -1
    if group is None or user is None:
        raise ConfigurationWrong(mistakes(config))
    for path, mode in _modes(config):
        if path.exists() and path.stat().st_uid in {os.geteuid(), user}:
            os.chown(path, user, group)
            path.chmod(mode)


def account(config: Config, name: str) -> Mapping[str, Any]:
    """How a process of this name is started for its own user; empty unless root starts it for somebody else."""
    user = config.web_user if name == WEB else config.desk_user
    if os.geteuid() != 0 or not user or not config.group:
        return {}
    return {"user": user, "group": config.group, "extra_groups": [], "umask": SHARED_MASK}


def opens_too_much(config: Config, name: str) -> str:
    """Why this process may not start with the files as they are, in words; empty when it may."""
    identity = config.keys / keys.IDENTITY
    if name == WEB and config.group:
        is_readable = os.access(identity, os.R_OK, effective_ids=True)
        return "The public side can read the desk's identity: start it as a user of its own." if is_readable else ""
    if identity.exists() and identity.stat().st_mode & 0o077:
        return f"The desk's identity can be read by others: type `chmod 600 {identity}`."
    return ""


def _modes(config: Config) -> Iterator[tuple[Path, int]]:
    """Every path that is there from the start; what is made below inherits the group."""
    for folder in (config.instance, config.files, config.site, config.spool, config.uploads):
        yield folder, FOLDER_MODE
    yield config.keys, KEYS_MODE
    for path in sorted(config.keys.glob("*")):
        yield path, OPEN_KEY_MODE if path.name in OPEN_KEYS else PRIVATE_KEY_MODE
    for path in sorted(config.instance.glob("*.sqlite3*")):
        yield path, FILE_MODE


def _number(ask: Any, name: str) -> int | None:
    """The number of a user or group of this name; None when there is none."""
    try:
        return int(ask(name)[2])
    except KeyError:
        return None
