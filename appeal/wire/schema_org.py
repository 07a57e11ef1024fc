"""What search engines are told about an appeal, in the words of schema.org.

There is no type for a wanted or missing person; the announcement is the nearest, and it is about a person or a thing.
"""

from typing import Any

from appeal.rules import contacts
from appeal.rules.content import Content, Subject

PEOPLE = frozenset({"wanted", "missing", "identify"})

Structured = dict[str, Any]


def announcement(content: Content, *, headline: str, images: tuple[str, ...]) -> Structured:
    """A SpecialAnnouncement as plain data; `images` are absolute addresses."""
    said: Structured = {
        "@context": "https://schema.org",
        "@type": "SpecialAnnouncement",
        "name": headline,
        "text": content.happened,
        "url": content.page,
        "inLanguage": content.language,
        "datePosted": content.issued_at.isoformat(timespec="seconds"),
        "identifier": content.appeal,
        "publisher": _force(content),
    }
    if images:
        said["image"] = list(images)
    if content.where or content.area:
        said["spatialCoverage"] = {"@type": "Place", "name": content.where or content.area}
    about = [_subject(content.kind, subject) for subject in content.subjects]
    if about:
        said["about"] = about
    return said


def _force(content: Content) -> Structured:
    numbers = [number for line in content.contacts for number in contacts.numbers(line)]
    points = [
        {"@type": "ContactPoint", "telephone": number, "availableLanguage": content.language}
        for number in dict.fromkeys(numbers)
    ]
    force: Structured = {"@type": "GovernmentOrganization", "name": content.force}
    return {**force, "contactPoint": points} if points else force


def _subject(kind: str, subject: Subject) -> Structured:
    said: Structured = {"@type": _type(kind, subject)}
    if subject.name:
        said["name"] = subject.name
    words = ". ".join(words for _, words in subject.descriptors)
    return {**said, "description": words} if words else said


def _type(kind: str, subject: Subject) -> str:
    if subject.type == "vehicle":
        return "Vehicle"
    return "Person" if kind in PEOPLE and subject.type == "person" else "Thing"
