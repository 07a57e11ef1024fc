"""The one Jinja environment and the gettext catalogues, without Flask.

The site, the feeds, e-mail and both applications render through it, so that a page looks the same whoever makes it.
"""

import gettext
import hashlib
import json
from collections.abc import Callable, MutableMapping
from datetime import date, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from jinja2.bccache import Bucket

from appeal.rules.words import Sentence, recalled

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
TRANSLATIONS = Path(__file__).resolve().parent / "translations"

# The source language comes first; every other has a catalogue under translations/.
LANGUAGES = {"en": "English", "es": "Español"}
# How dates and numbers are written; English here is read in Europe, day before month.
LOCALES = {"en": "en_GB", "es": "es_ES"}
LIBRARIES = ("govuk_frontend_jinja",)
# Package, domain and folder of the words that libraries bring for their own forms and mistakes.
LIBRARY_CATALOGUES = (("wtforms", "wtforms", "locale"), ("flask_security", "flask_security", "translations"))
MOMENT_PATTERN = "EEE d MMM y, HH:mm"


def languages() -> tuple[str, ...]:
    """The codes of all languages that pages exist in, the source language first."""
    return tuple(LANGUAGES)


@lru_cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The words of one language; KeyError for an unknown one, FileNotFoundError before `make setup` compiled it."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == languages()[0]:
        return gettext.NullTranslations()
    words = gettext.translation("messages", TRANSLATIONS, languages=[language])
    for package, domain, folder in LIBRARY_CATALOGUES:
        place = _package_folder(package) / folder
        words.add_fallback(gettext.translation(domain, place, [LOCALES[language], language], fallback=True))
    return words


def translate(language: str, text: str, **values: object) -> str:
    """The text in that language, a sentence with its values too; `%(name)s` is replaced only when values are given."""
    said = recalled(text)
    if isinstance(said, Sentence):
        given = {name: translate(language, one) if isinstance(one, str) else one for name, one in said.values.items()}
        return translate(language, said.pattern, **given)
    words = catalogue(language).gettext(said) if said else ""
    return words % values if values else words


@lru_cache
def environment(language: str) -> jinja2.Environment:
    """The environment of one language, made once per process."""
    catalogue(language)
    env = jinja2.Environment(loader=jinja2.ChoiceLoader([]), auto_reload=False)  # noqa: S701 configure() turns it on
    configure(env, lambda: language)
    return env


def render(template: str, language: str, **context: object) -> str:
    """Render one template without a request. UndefinedError if the context lacks a name that the template reads."""
    return environment(language).get_template(template).render(**context)


def configure(env: jinja2.Environment, language_of: Callable[[], str]) -> None:
    """Install loaders, filters, globals and gettext into an environment, Flask's own too.

    `language_of` is asked at every use, so that one environment can serve requests in several languages. Call it after
    any extension that brings a gettext of its own: the last one wins.
    """
    others = [env.loader] if env.loader is not None else []
    env.loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(TEMPLATES), _LibraryLoader(), *others])
    env.bytecode_cache = _OURS
    env.undefined = jinja2.StrictUndefined
    env.autoescape = _is_escaped
    env.trim_blocks = env.lstrip_blocks = True
    env.policies["ext.i18n.trimmed"] = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext=lambda text: catalogue(language_of()).gettext(text) if text else "",
        ngettext=lambda one, many, count: catalogue(language_of()).ngettext(one, many, count),
        newstyle=True,
    )
    env.globals.update(language=language_of, language_names=LANGUAGES, asset=asset, vendor=vendor)
    env.filters.update(_filters(language_of))


@lru_cache
def asset(name: str) -> str:
    """The address of one of our own static files; it changes with the content, so that caches may keep it for ever."""
    content = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={content[:10]}"


def vendor(package: str, name: str) -> str:
    """The address of a file of a vendored package; KeyError if the manifest does not name it."""
    version, files = _vendored()[package]
    if name not in files:
        raise KeyError(f"{package}/{name}")
    return f"/static/vendor/{package}-{version}/{name}"


def _package_folder(package: str) -> Path:
    """Where a package lies, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


class _Compiled(jinja2.BytecodeCache):
    """Templates compiled once in this process, whichever environment asks for them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the same source."""
        known = self._kept.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_OURS = _Compiled()


@lru_cache
def _lenient() -> jinja2.Environment:
    """The environment of the libraries' macros, made once.

    They ask for parameters that nobody gave, which StrictUndefined forbids in our own pages.
    """
    packages = {name: jinja2.PackageLoader(name) for name in LIBRARIES}
    loader = jinja2.PrefixLoader(packages)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined, auto_reload=False)


class _LibraryLoader(jinja2.BaseLoader):
    """Loads the macros of libraries from their own environment."""

    def load(
        self,
        environment: jinja2.Environment,  # noqa: ARG002 the library keeps its own
        name: str,
        globals: MutableMapping[str, Any] | None = None,
    ) -> jinja2.Template:
        return _lenient().get_template(name, globals=globals)

    def list_templates(self) -> list[str]:
        return _lenient().list_templates()


def _is_escaped(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")


def _filters(language_of: Callable[[], str]) -> dict[str, Callable[..., str]]:
    """Filters take the context only so that Jinja does not work out a constant once, in the language of the moment."""

    @jinja2.pass_context
    def moment(_context: jinja2.runtime.Context, value: datetime, zone: str) -> str:
        return moment_in_words(value, zone, language_of())

    @jinja2.pass_context
    def day(_context: jinja2.runtime.Context, value: date) -> str:
        return format_date(value, "long", locale=LOCALES[language_of()])

    @jinja2.pass_context
    def clock(_context: jinja2.runtime.Context, value: datetime, zone: str) -> str:
        return str(format_datetime(value, "HH:mm", tzinfo=ZoneInfo(zone), locale=LOCALES[language_of()]))

    @jinja2.pass_context
    def weekday(_context: jinja2.runtime.Context, value: date) -> str:
        return format_date(value, "EEE d MMM", locale=LOCALES[language_of()])

    @jinja2.pass_context
    def number(_context: jinja2.runtime.Context, value: float) -> str:
        return format_decimal(value, locale=LOCALES[language_of()])

    @jinja2.pass_context
    def words(_context: jinja2.runtime.Context, text: object) -> str:
        return translate(language_of(), text if isinstance(text, str) else str(text))

    return {"moment": moment, "day": day, "clock": clock, "weekday": weekday, "number": number, "words": words}


def moment_in_words(value: datetime, zone: str, language: str) -> str:
    """A moment as a person in that zone reads it, with the zone's name. ValueError if the moment is naive."""
    if value.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown")
    return f"{format_datetime(value, MOMENT_PATTERN, tzinfo=ZoneInfo(zone), locale=LOCALES[language])} {zone}"


@lru_cache
def _vendored() -> dict[str, tuple[str, frozenset[str]]]:
    manifest = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))
    return {entry["name"]: (entry["version"], frozenset(entry["files"])) for entry in manifest}
