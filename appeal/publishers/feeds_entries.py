"""One entry of the feeds: composed from an appeal, kept in a record, read again for every document."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from appeal import pages
from appeal.rules import addresses, telling
from appeal.rules.content import Content, Post, canonical_json
from appeal.rules.drafting import KIND_WORDS
from appeal.wire import cap, folder, syndication

RECORD = "record.json"
CAP = "cap.xml"
TEXT_LIMIT = 10_000


def opened(content: Content) -> Post:
    """The entry of an appeal that is shown."""
    text = "\n\n".join((*_parts(content), content.page))
    alert = {
        **_sender(content),
        "headline": _headline(content),
        "description": "\n".join(part for part in (content.happened, *_described(content)) if part),
        "kind": content.kind,
        "event": pages.translate(content.language, KIND_WORDS[content.kind]),
        "area": content.area or content.where or content.force,
        "instruction": "\n".join(part for part in (content.danger, *content.contacts) if part),
        "contact": " ".join(content.contacts),
        "has_danger": bool(content.danger),
        **_picture(content),
    }
    said = {**_told(content), "kind": content.kind, "alert": alert}
    if content.pictures:
        said |= {"image": alert["picture"], "image_mime": alert["picture_mime"]}
    return _post(content, _headline(content), text, _html(content), said)


def closed(content: Content) -> Post:
    """The entry in the same place when the appeal is withdrawn: nothing of what it said."""
    title = _marked(content, pages.translate(content.language, telling.NO_LONGER_SHOWN))
    text = _marked(content, content.closing) if content.closing else title
    html = pages.render("public/feeds/closed.html", content.language, text=text)
    alert = {
        **_sender(content),
        "headline": title,
        "description": text,
        "event": pages.translate(content.language, telling.NO_LONGER_SHOWN),
        "area": content.force,
    }
    return _post(content, title, text, html, {**_told(content), "alert": alert})


def alert(
    said: dict[str, Any], *, message: str, identifier: str, sender: str, sent: datetime, references: Sequence[str]
) -> cap.Alert:
    """The CAP message with its place among the others."""
    return cap.Alert(
        message=message, identifier=identifier, sender=sender, sent=sent, references=tuple(references), **said
    )


def entry(record: folder.Record, origin: str) -> syndication.Entry:
    """The entry as the record tells it."""
    return syndication.Entry(
        id=record["page"],
        appeal=record["appeal"],
        title=record["title"],
        text=record["text"],
        html=record["html"],
        published=datetime.fromisoformat(record["published"]),
        updated=datetime.fromisoformat(record["updated"]),
        url=record["page"],
        cap=origin + record["live"][0],
        is_closed=record["is_closed"],
        kind=record.get("kind", ""),
        image=record.get("image", ""),
        image_mime=record.get("image_mime", ""),
        image_bytes=record["image_bytes"],
    )


def _post(content: Content, title: str, text: str, html: str, said: dict[str, Any]) -> Post:
    message = {"publish": "Alert", "update": "Update", "retract": "Cancel"}[content.action]
    provisional = alert(
        said["alert"],
        message=message,
        identifier=f"{content.appeal}-{content.language}",
        sender=addresses.host(content.page),
        sent=content.issued_at,
        references=(),
    )
    return Post(
        text=text,
        title=title,
        html=html,
        language=content.language,
        pictures=content.pictures if content.action != "retract" else (),
        files={RECORD: canonical_json(said).decode(), CAP: cap.document(provisional)},
        length=len(text),
        limit=TEXT_LIMIT,
    )


def _told(content: Content) -> dict[str, Any]:
    return {**telling.identity(content), "page": content.page}


def _headline(content: Content) -> str:
    return _marked(content, content.title)


def _marked(content: Content, words: str) -> str:
    return telling.marked(content, words, pages.translate(content.language, telling.EXERCISE))


def _parts(content: Content) -> tuple[str, ...]:
    parts = (_headline(content), content.danger, content.happened, *_described(content), *content.contacts)
    return tuple(part for part in parts if part)


def _described(content: Content) -> tuple[str, ...]:
    """Each subject in one line."""
    return tuple(
        ", ".join(part for part in (subject.name, *(words for _, words in subject.descriptors)) if part)
        for subject in content.subjects
    )


def _sender(content: Content) -> dict[str, Any]:
    return {
        "is_exercise": content.is_exercise,
        "force": content.force,
        "language": content.language,
        "web": content.page,
    }


def _picture(content: Content) -> dict[str, str]:
    if not content.pictures:
        return {}
    first = content.pictures[0]
    return {
        "picture": addresses.origin(content.page) + addresses.picture_address(first.best),
        "picture_mime": first.best.mime,
        "picture_words": first.alt,
    }


def _html(content: Content) -> str:
    return pages.render(
        "public/feeds/entry.html",
        content.language,
        is_exercise=content.is_exercise,
        content=content,
        origin=addresses.origin(content.page),
        pictures=[addresses.shown(picture) for picture in content.pictures],
    )
