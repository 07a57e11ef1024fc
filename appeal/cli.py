"""`python -m appeal …`: start processes, set up, and look after officers, channels, database, ledger and keys."""

import argparse
import getpass
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from appeal import keys, ownership, schema, supervisor
from appeal.config import Config, load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines
from appeal.rules.clock import now
from appeal.rules.errors import AppealError, ConfigurationWrong
from appeal.rules.exercise import OFFICERS

START_SECONDS, ASK_AGAIN_SECONDS = 60, 0.2
SMALLEST_DISK = 2 * 1024**3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what is wrong is said in sentences, with exit status 1."""
    options = _parser().parse_args(arguments)
    try:
        config = load_config(os.environ)
        ownership.begin(config)
        return int(options.command(config, options) or 0)
    except ConfigurationWrong as error:
        print("The configuration is wrong:", *(f"  - {one}" for one in error.mistakes), sep="\n", file=sys.stderr)
        return 1
    except AppealError as error:
        print(error.words or type(error).__name__, file=sys.stderr)
        return 1
    finally:
        dispose_engines()


def setup(config: Config, _options: argparse.Namespace) -> None:
    """Instance folder, keys, tables; in an exercise the force that trains. What is there is left as it is."""
    config.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not keys.exist(config.keys):
        recovery = keys.create(config.keys)
        print(
            "The recovery identity opens everything if the desk's key is lost. It is shown once and stored nowhere.",
            "Print it and lock it away:",
            f"    {recovery}",
            sep="\n",
        )
    if schema.upgrade(config.database_url):
        print("The database is up to date.")
    if not schema.is_filled(config.database_url):
        _fill(config)
    ownership.share(config)


def run(config: Config, options: argparse.Namespace) -> None:
    """Start every process of this machine and watch them."""
    setup(config, options)
    _check_quietly(config, supervisor.DESK)
    supervisor.log_plainly()
    supervisor.run(config, lambda: _announce(config))


def process(config: Config, options: argparse.Namespace) -> int:
    """One process: web, desk, worker, clock or exercise; `exercise story` plays a whole appeal instead."""
    if getattr(options, "action", None) == "story":
        return _story(options)
    if options.with_parent:
        supervisor.stop_with_parent()
    _check_quietly(config, options.name)
    if options.name == "exercise":
        from appeal import training  # noqa: PLC0415 a live installation never loads the platforms

        training.exercise(config)
        return 0
    from appeal import processes  # noqa: PLC0415 only these need all pages

    if options.name == "desk":
        processes.desk(config, only_pages=options.only_pages)
    elif options.name == "worker":
        processes.worker(config, name=options.place)
    else:
        {"web": lambda given: processes.web(given, options.door), "clock": processes.clock}[options.name](config)
    return 0


def officer(config: Config, options: argparse.Namespace) -> None:
    """Create the first officers and invite them."""
    from appeal.rules.permissions import SYSTEM  # noqa: PLC0415
    from appeal.services import officers  # noqa: PLC0415

    with create_core_app(config).app_context():
        officer_id = officers.create(
            SYSTEM, name=options.officer_name, email=options.email, roles=options.role, password=None, now=now()
        )
        token = officers.invite(SYSTEM, officer_id=officer_id, now=now())
    print(f"{config.desk_url}/invitation/{token}", "The address is good once and for 72 hours.", sep="\n")


def channel(config: Config, _options: argparse.Namespace) -> int:
    """Ask every channel whether it can publish now."""
    from appeal.services import channels  # noqa: PLC0415

    with create_core_app(config).app_context():
        found = [(one, channels.check(one)) for one in channels.every()]
    for one, health in found:
        print(f"{one.name}: {'well' if health.is_well else 'NOT WELL'} - {health.words}")
    return 0 if all(health.is_well for _, health in found) else 1


def database(config: Config, options: argparse.Namespace) -> None:
    """Bring up to date, back up, restore."""
    from appeal import backup  # noqa: PLC0415

    if options.action == "upgrade":
        print("Brought up to date." if schema.upgrade(config.database_url) else "It is up to date.")
    elif options.folder is None:
        raise AppealError(f"Name the folder: python -m appeal database {options.action} FOLDER")
    elif options.action == "backup":
        print(f"{backup.database_backup(config, options.folder)} files copied. The keys are not among them.")
    else:
        verified = backup.database_restore(config, options.folder)
        print(f"Restored. The ledger adds up: {verified.count} entries.")


def ledger(config: Config, options: argparse.Namespace) -> None:
    """Export the ledger, or verify an export or the live one."""
    from appeal import ledger_check  # noqa: PLC0415

    if options.action == "export":
        with create_core_app(config).app_context():
            count = _export(options.file)
        print(f"{count} entries.", file=sys.stderr)
        return
    public = (config.keys / keys.LEDGER_PUBLIC).read_text(encoding="ascii").strip()
    if options.file and options.file.suffix == ".zip":
        from appeal.tips import bundle_check  # noqa: PLC0415

        found = bundle_check.check(options.file, public)
        print(f"The bundle is in order: {found.tips} tips, {found.files} files, {found.entries} ledger entries.")
        return
    if options.file:
        verified = ledger_check.verify(options.file, public)
    else:
        with create_core_app(config).app_context():
            verified = ledger_check.verify_database(public)
    print(f"The ledger adds up: {verified.count} entries, head {verified.head}.")


def key(config: Config, _options: argparse.Namespace) -> int:
    """Try whether an identity opens what was sealed here; it is typed, never an argument."""
    from appeal import backup  # noqa: PLC0415

    identity = getpass.getpass("Identity (AGE-SECRET-KEY-1…): ") if sys.stdin.isatty() else sys.stdin.readline()
    opens = backup.check_key(config.keys, identity)
    print("This identity opens the sample." if opens else "This identity does NOT open the sample.")
    return 0 if opens else 1


def check(config: Config, _options: argparse.Namespace) -> int:
    """Say on one screen what is wrong and what to type."""
    problems = _problems(config, supervisor.DESK)
    print(*(problems or ["Nothing is wrong."]), sep="\n")
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m appeal", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "setup", setup)
    _add(commands, "run", run)
    for name in ("web", "desk", "worker", "clock", "exercise"):
        one = _add(commands, name, process)
        one.set_defaults(name=name)
        one.add_argument("--with-parent", action="store_true", help="end when standard input closes")
        if name == "web":
            one.add_argument("--door", type=int, help="number of a listening socket; serve when a letter comes in")
        if name == "exercise":
            _add_story(one)
        if name == "desk":
            one.add_argument("--only-pages", action="store_true", help="workers and clock are other processes")
        if name == "worker":
            one.add_argument("--place", default="worker", help="a name of its own for each worker of one machine")
    _add(commands, "check", check)
    created = _add(commands, "officer", officer)
    created.add_argument("officer_name")
    created.add_argument("email")
    created.add_argument("role", nargs="+")
    _add(commands, "channel", channel)
    for name, function, actions in (
        ("database", database, ("upgrade", "backup", "restore")),
        ("ledger", ledger, ("export", "verify")),
        ("key", key, ("check",)),
    ):
        one = _add(commands, name, function)
        one.add_argument("action", choices=actions)
        one.add_argument("folder" if name == "database" else "file", nargs="?", type=Path)
    return parser


def _add_story(exercise: argparse.ArgumentParser) -> None:
    exercise.add_argument("action", nargs="?", choices=("story",), help="play a whole appeal from draft to arrest")
    exercise.add_argument("--tips", type=Path, metavar="FILE.csv", help="answers of the public")
    exercise.add_argument("--photos", type=Path, metavar="FOLDER", help="pictures of the appeal")
    exercise.add_argument("--faults", action="store_true", help="platforms fail and processes are killed")
    exercise.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the installation there")
    exercise.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _story(options: argparse.Namespace) -> int:
    from appeal.story.play import Options, play  # noqa: PLC0415 nothing else needs it

    return play(os.environ, Options(options.tips, options.photos, options.faults, options.keep, options.json))


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, function: Callable[..., object]
) -> argparse.ArgumentParser:
    one = commands.add_parser(name, help=(function.__doc__ or "").split("\n", maxsplit=1)[0])
    one.set_defaults(command=function)
    return one


def _fill(config: Config) -> None:
    from appeal import db  # noqa: PLC0415
    from appeal.services import exercises, force, officers, paging, rota  # noqa: PLC0415

    with create_core_app(config).app_context(), db.writing() as session:
        force.bind_mode(config.mode)
        officers.ensure_roles(session)
        rota.set_default_windows()
        paging.prepare_mail(now=now())
        if config.is_exercise and exercises.prepare(now=now()):
            print("An exercise force was made, with one appeal already drafted.")


def _check_quietly(config: Config, name: str) -> None:
    problems = _problems(config, name)
    if problems:
        raise ConfigurationWrong(problems)


def _problems(config: Config, name: str) -> list[str]:
    problems = ownership.mistakes(config)
    if not keys.exist(config.keys):
        return [f"There are no keys in {config.keys}: type `make setup`."]
    if not schema.is_current(config.database_url):
        problems.append("The database is not up to date: type `python -m appeal database upgrade`.")
    if words := ownership.opens_too_much(config, name):
        problems.append(words)
    if shutil.disk_usage(config.instance).free < SMALLEST_DISK:
        problems.append("Less than 2 GB of disk are free: make room before tips come in.")
    return problems


def _announce(config: Config) -> None:
    """Print where to go, once everything answers."""
    addresses = [("Public site", config.public_url, config.public_port), ("Desk", config.desk_url, config.desk_port)]
    if config.is_exercise:
        addresses.append(("Exercise platforms", config.exercise_url, config.exercise_port))
    began = now()
    while not all(_answers(config.host, port) for _, _, port in addresses):
        if (now() - began).total_seconds() > START_SECONDS:
            print("Not everything has started; the lines above say why.", file=sys.stderr)
            return
        time.sleep(ASK_AGAIN_SECONDS)
    lines = [f"{words + ':':<20} {address}" for words, address, _ in addresses]
    if config.is_exercise:
        lines += ["", "EXERCISE. Sign in at the desk as:"]
        lines += [f"  {role:<14} {email:<34} {password}" for role, _, email, password in OFFICERS]
    print(
        "", *lines, "", f"Ready after {(now() - began).total_seconds():.1f} s. Stop with Ctrl-C.", sep="\n", flush=True
    )


def _answers(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _export(file: Path | None) -> int:
    from appeal import ledger_check  # noqa: PLC0415

    if file is None:
        return ledger_check.export(sys.stdout)
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        return ledger_check.export(stream)
