"""The pages of the site as texts: an appeal, what stands in its place when it is gone, the list, the sitemap."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appeal import pages
from appeal.rules import addresses, contacts, telling
from appeal.rules.content import Content, Post, canonical_json
from appeal.rules.drafting import KIND_WORDS
from appeal.wire import schema_org

RECORD = "record.json"
TEXT_LIMIT = 10_000
# The approved page has this mark; the links to the same appeal in other languages, known only later, take its place.
LANGUAGES_MARK = "<!-- languages -->"

Record = dict[str, Any]


def opened(content: Content) -> Post:
    """The finished page of an appeal, and what is recorded of it."""
    headline = _headline(content)
    said = {
        **telling.identity(content),
        "kind": content.kind,
        "title": content.title,
        "summary": telling.summary(content.happened),
        "danger": content.danger,
        "contacts": list(content.contacts),
        "zone": content.zone,
        "picture": addresses.shown(content.pictures[0]) if content.pictures else None,
    }
    return Post(
        text=text(content),
        title=headline,
        html=_page(content, headline),
        language=content.language,
        pictures=content.pictures,
        files={RECORD: canonical_json(said).decode()},
        length=len(text(content)),
        limit=TEXT_LIMIT,
    )


def text(content: Content) -> str:
    """The words of the page without its furniture."""
    return "\n\n".join(
        part for part in (_headline(content), content.danger, content.happened, *content.contacts) if part
    )


def closed(content: Content) -> Post:
    """Says nothing of what the appeal said."""
    title = _marked(content, pages.translate(content.language, telling.NO_LONGER_SHOWN))
    words = _marked(content, content.closing) if content.closing else title
    html = pages.render(
        "public/gone.html",
        content.language,
        force_name=content.force,
        is_exercise=content.is_exercise,
        home=f"/{content.language}/",
        tell=_tell(content),
        content=content,
        contact_lines=[contacts.linked(line) for line in content.contacts],
    )
    return Post(
        text=words,
        title=title,
        html=html,
        language=content.language,
        files={RECORD: canonical_json(telling.identity(content)).decode()},
        length=len(words),
        limit=TEXT_LIMIT,
    )


def with_languages(one: Record, live: Sequence[Record]) -> str:
    """The approved page with links to the same appeal in its other languages."""
    html: str = one["html"]
    others = [(other["language"], other["live"][0]) for other in live if other["appeal"] == one["appeal"]]
    others = [(language, address) for language, address in others if language != one["language"]]
    links = pages.render("public/languages.html", one["language"], others=others) if others else ""
    return html.replace(LANGUAGES_MARK, links)


def listed(
    language: str, languages: Sequence[str], every: Sequence[Record], *, force: str, origin: str, is_exercise: bool
) -> str:
    """The list of one language from all records, newest first."""
    entries = [one for one in every if one["live"] and one["language"] == language]
    return pages.render(
        "public/list.html",
        language,
        force_name=force,
        is_exercise=is_exercise or any(one["is_exercise"] for one in every),
        home=f"/{language}/",
        alternates=[(code, f"/{code}/") for code in languages] if len(languages) > 1 else [],
        canonical=f"{origin}/{language}/",
        entries=[
            {**one, "kind_words": KIND_WORDS[one["kind"]], "issued": datetime.fromisoformat(one["issued"])}
            for one in sorted(entries, key=lambda one: (one["issued"], one["appeal"]), reverse=True)
        ],
    )


def sitemap(live: Sequence[Record], *, origin: str, language: str) -> str:
    """Every live page with the same appeal in all its languages."""
    return pages.render("public/feeds/sitemap.xml", language, base=origin, entries=_together(live))


def _page(content: Content, headline: str) -> str:
    origin = addresses.origin(content.page)
    shown = [addresses.shown(picture) for picture in content.pictures]
    images = tuple(origin + picture["largest"] for picture in shown)
    return pages.render(
        "public/appeal.html",
        content.language,
        force_name=content.force,
        is_exercise=content.is_exercise,
        home=f"/{content.language}/",
        tell=_tell(content),
        content=content,
        headline=headline,
        kind_words=KIND_WORDS[content.kind],
        when=_when(content),
        descriptors=telling.DESCRIPTORS,
        pictures=shown,
        origin=origin,
        summary=telling.summary(content.happened),
        contact_lines=[contacts.linked(line) for line in content.contacts],
        structured=schema_org.announcement(content, headline=headline, images=images),
        languages_mark=LANGUAGES_MARK,
    )


def _headline(content: Content) -> str:
    return _marked(content, content.title)


def _marked(content: Content, words: str) -> str:
    return telling.marked(content, words, pages.translate(content.language, telling.EXERCISE))


def _when(content: Content) -> str:
    """A local moment in words with its zone; words that are no moment stay as they are."""
    try:
        moment = datetime.fromisoformat(content.when)
    except ValueError:
        return content.when
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(content.zone))
    return pages.moment_in_words(aware, content.zone, content.language)


def _tell(content: Content) -> str:
    return f"/{content.language}/tell"


def _together(live: Sequence[Record]) -> list[dict[str, Any]]:
    """Every live page with the addresses of the same appeal in all its languages."""
    return [
        {
            "address": one["live"][0],
            "issued": one["issued"],
            "alternates": [(o["language"], o["live"][0]) for o in live if o["appeal"] == one["appeal"]],
        }
        for one in live
    ]
