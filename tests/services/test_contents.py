"""What a channel is given: the same each time, in its own language, bound to the revision's hash."""

import pytest

from appeal.db import reading, writing
from appeal.models.appeal import Revision, RevisionText
from appeal.models.release import Channel
from appeal.rules.content import LINK_PLACEHOLDER, Content
from appeal.rules.errors import DoesNotFit
from appeal.services import appeals, contents
from tests import factories
from tests.factories import NOON, Force


def content(force: Force, revision_id: int, name: str = "x", *, action: str = "publish", key: str = "") -> Content:
    with reading() as session:
        revision = session.get_one(Revision, revision_id, populate_existing=True)
        channel = session.get_one(Channel, force.channels[name])
        return contents.for_channel(revision, channel, action=action, key=key or LINK_PLACEHOLDER)


def test_the_same_revision_and_key_give_the_same_content(force: Force) -> None:
    revision_id = factories.draft(force.people)
    factories.add_photo(force.people, revision_id)
    assert content(force, revision_id, key="abcdefgh") == content(force, revision_id, key="abcdefgh")


def test_everything_typed_is_in_it(force: Force) -> None:
    made = content(force, factories.submitted(force.people), key="abcdefgh")
    assert (made.title, made.happened, made.where) == ("Man wanted", "He fled on foot.", "Sevilla")
    assert (made.contacts, made.reference, made.subjects[0].name) == (("Call 112.",), "2026/17", "Juan Prueba")
    assert made.danger == "Do not approach. Call 112 immediately."
    assert "17:40" in made.when
    assert (made.link, made.issued_at) == ("http://127.0.0.1:8000/r/abcdefgh", NOON)
    assert made.is_exercise


def test_addresses_name_nobody(force: Force) -> None:
    made = content(force, factories.submitted(force.people))
    assert made.page == f"http://127.0.0.1:8000/en/appeals/{made.appeal}/"
    assert "juan" not in (made.page + made.link + made.tell).lower()
    assert "2026" not in made.page + made.link


def test_a_channel_speaks_its_own_language(force: Force) -> None:
    with writing() as session:
        session.get_one(Channel, force.channels["x"]).language = "es"
    made = content(force, factories.submitted(force.people))
    assert (made.language, made.title, made.contacts) == ("es", "Se busca", ("Llame al 112.",))
    assert made.danger.startswith("No se acerque")


def test_a_revision_without_that_language_does_not_fit(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    with writing() as session:
        session.get_one(Channel, force.channels["x"]).language = "fr"
    with pytest.raises(DoesNotFit):
        content(force, revision_id)


def test_a_channel_gets_as_many_pictures_as_it_takes(force: Force) -> None:
    revision_id = factories.draft(force.people)
    for colour in ("navy", "red", "green", "white"):
        factories.add_photo(force.people, revision_id, colour)
    assert [len(content(force, revision_id, name).pictures) for name in ("x", "site", "sms")] == [2, 3, 0]
    assert [one.width for one in content(force, revision_id, "site").pictures[0].renditions] == [200, 400]


def test_a_retraction_says_neither_name_nor_picture(force: Force) -> None:
    revision_id = factories.draft(force.people)
    factories.add_photo(force.people, revision_id)
    made = content(force, revision_id, action="retract")
    assert (made.pictures, made.closing) == ((), "This appeal is no longer shown.")


def test_an_outing_is_a_correction_once_an_earlier_one_was_approved(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    following = appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    first, second = appeals.view(appeal_id).revisions
    assert [contents.outing(first), contents.outing(second)] == ["publish", "update"]
    factories.submit(force.people, following.id)
    factories.launch(force.people, following.id)
    first, second = appeals.view(appeal_id).revisions
    assert [contents.outing(first), contents.outing(second)] == ["publish", "update"]


@pytest.mark.parametrize("what", ["text", "fact", "picture", "alt", "kind"])
def test_every_change_changes_the_hash(force: Force, what: str) -> None:
    revision_id = factories.draft(force.people)
    factories.add_photo(force.people, revision_id)

    def sha256() -> str:
        with reading() as session:
            return contents.frozen_sha256(session.get_one(Revision, revision_id, populate_existing=True))

    before = sha256()
    assert sha256() == before
    with writing() as session:
        revision = session.get_one(Revision, revision_id)
        if what == "text":
            session.query(RevisionText).filter_by(language="es", field="place").update({"body": "Cádiz"})
        elif what == "fact":
            revision.facts = {**revision.facts, "area": "North"}
        elif what == "picture":
            revision.pictures[0].photo.original_sha256 = "0" * 64
        elif what == "alt":
            revision.pictures[0].alt = {"en": "Other"}
        else:
            revision.appeal.kind = "missing"
    assert sha256() != before
