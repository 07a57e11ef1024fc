"""What an approval has to hold beside a second officer: further signatures, dialled numbers, haste, a telephone."""

from datetime import timedelta
from typing import Any

import pytest

from appeal.db import reading
from appeal.models.appeal import Approval
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.services import appeals, approvals, lines, releases, signatures
from appeal.services import force as settings
from tests import factories
from tests.factories import ANSWERS, NOON, REVIEW, Force

TOMORROW = NOON.date() + timedelta(days=1)


def waiting(force: Force, *, kind: str = "wanted", texts: dict[str, str] | None = None, **facts: Any) -> int:
    """A submitted revision with other facts than usual."""
    revision_id = factories.draft(force.people, kind=kind)
    given = {"level": "missing"} if kind == "missing" else {}
    titles = {"title": "Child missing"} if kind == "missing" else {}
    version = appeals.revision(revision_id).version
    appeals.save(
        force.people.author,
        revision_id=revision_id,
        expected_version=version,
        facts={**given, **facts},
        texts={"en": {**titles, **(texts or {})}},
        now=NOON,
    )
    factories.submit(force.people, revision_id)
    return revision_id


def person(**more: str) -> list[dict[str, str]]:
    (one,) = factories.FACTS["subjects"]  # type: ignore[misc]
    return [{**one, **more}]  # type: ignore[dict-item]


def launch(force: Force, revision_id: int, *, by: Any = None, review_on: Any = REVIEW, **answers: str) -> Approval:
    release_id = releases.launch(
        by or force.people.approver,
        revision_id=revision_id,
        content_sha256=appeals.revision(revision_id).content_sha256,
        posts_sha256=approvals.posts_sha256(approvals.previews(revision_id)),
        answers={**ANSWERS, **answers},
        review_on=review_on,
        now=NOON,
    )
    assert release_id
    return appeals.revision(revision_id).approvals[-1]


def refused(force: Force, revision_id: int, **more: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        launch(force, revision_id, **more)
    return list(caught.value.fields)


def further(force: Force, revision_id: int, by: Any = None) -> int:
    return signatures.sign_further(
        by or force.people.other_approver,
        revision_id=revision_id,
        content_sha256=appeals.revision(revision_id).content_sha256,
        statement="I decided that he may be named.",
        now=NOON,
    )


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"level": "named_suspect"}, "naming"),
        ({"sexual_offence": "yes"}, "sexual"),
        ({"subjects": person(age_from="15", age_to="17")}, "child"),
    ],
)
def test_some_appeals_need_a_further_approver_first(force: Force, facts: dict[str, Any], code: str) -> None:
    revision_id = waiting(force, **facts)
    assert signatures.asked(revision_id).further == [code]
    assert refused(force, revision_id, review_on=TOMORROW, flags_kept="yes") == ["statement"]
    further(force, revision_id)
    assert launch(force, revision_id, review_on=TOMORROW, flags_kept="yes").approver_id == force.people.approver.id


def test_one_approver_is_never_both(force: Force) -> None:
    revision_id = waiting(force, level="named_suspect")
    further(force, revision_id, force.people.approver)
    assert refused(force, revision_id) == ["statement"]
    with pytest.raises(WrongState):
        further(force, revision_id, force.people.approver)


def test_the_author_is_no_further_approver_and_neither_is_somebody_without_the_role(force: Force) -> None:
    revision_id = waiting(force, level="named_suspect")
    with pytest.raises(NotAllowed):
        further(force, revision_id, force.people.author)
    with pytest.raises(NotAllowed):
        further(force, revision_id, force.people.triager)


def test_a_further_signature_is_over_what_was_shown(force: Force) -> None:
    revision_id = waiting(force, level="named_suspect")
    with pytest.raises(WrongState):
        signatures.sign_further(
            force.people.other_approver,
            revision_id=revision_id,
            content_sha256="0" * 64,
            statement="I agree.",
            now=NOON,
        )
    plain = waiting(force)
    with pytest.raises(WrongState):
        further(force, plain)


def test_what_is_about_a_child_is_looked_at_again_within_a_day(force: Force) -> None:
    revision_id = waiting(force, kind="missing", subjects=person(age_from="9"))
    further(force, revision_id)
    assert refused(force, revision_id) == ["review_on"]
    assert launch(force, revision_id, review_on=TOMORROW).review_at == NOON + timedelta(hours=24)


def test_a_child_alert_has_each_criterion_ticked(force: Force) -> None:
    evidence = {"alert_age": "Born 2019", "alert_danger": "Taken", "alert_enough": "A plate"}
    revision_id = waiting(force, kind="missing", child_alert="yes", **evidence)
    further(force, revision_id)
    assert refused(force, revision_id, alert="alert_age alert_danger") == ["alert"]
    approval = launch(force, revision_id, alert="alert_age alert_danger alert_enough")
    assert approval.checks == {"alert": "alert_age alert_danger alert_enough"}


def test_a_number_that_is_not_the_force_s_is_dialled(force: Force) -> None:
    line = "Call 900 333 444 with information."
    revision_id = waiting(force, texts={"contact": f"Call 112.\n{line}"})
    assert signatures.asked(revision_id).to_dial == [("en", line)]
    assert refused(force, revision_id) == ["dialled"]
    assert launch(force, revision_id, dialled=line).checks == {"dialled": line}


def test_the_force_s_own_list_needs_no_dialling_by_the_approver(force: Force) -> None:
    line = "Call 900 333 444 with information."
    lines.keep(force.people.administrator, kind="contact", code="tips", language="en", body=line, now=NOON)
    assert signatures.asked(waiting(force, texts={"contact": line})).to_dial == []


def test_marked_words_are_decided_by_a_person_and_kept(force: Force) -> None:
    revision_id = waiting(force, texts={"happened": "The killer fled."})
    ((language, flag),) = signatures.asked(revision_id).flags
    assert (language, flag.field, flag.word) == ("en", "happened", "killer")
    assert refused(force, revision_id) == ["flags_kept"]
    assert launch(force, revision_id, flags_kept="yes").checks == {"flags_kept": "yes"}
    with reading() as session:
        entry = session.query(LedgerEntry).filter_by(action="approve").one()
        assert "killer" not in str(vars(entry))
        assert "checks" in str(entry.fields)


def test_a_judge_s_order_is_wanted_where_the_force_says_so(force: Force) -> None:
    settings.change(force.people.administrator, values={"order_kinds": "wanted"}, now=NOON)
    assert refused(force, waiting(force)) == ["legal_basis"]
    launch(force, waiting(force, court_order="Court 3, 17/2026, 1 March 2026"))


def test_an_urgent_approval_owes_its_reasons_for_a_day(force: Force) -> None:
    revision_id = waiting(force, kind="missing", subjects=person(age_from="9"))
    empty = dict.fromkeys(("necessity", "proportionality", "risk", "statement"), "")
    assert refused(force, revision_id, review_on=TOMORROW, urgent="yes", **empty) == ["why_now"]
    approval = launch(force, revision_id, review_on=TOMORROW, urgent="yes", why_now="It is freezing.", **empty)
    assert (approval.is_urgent, approval.urgent_reason) == (True, "It is freezing.")
    assert approval.review_at == NOON + timedelta(hours=24)
    with pytest.raises(BadInput) as caught:
        approvals.complete(force.people.approver, approval_id=approval.id, answers={"risk": "None."}, now=NOON)
    assert list(caught.value.fields) == ["necessity", "proportionality"]
    approvals.complete(force.people.approver, approval_id=approval.id, answers=ANSWERS, now=NOON)
    assert appeals.revision(revision_id).approvals[-1].necessity == ANSWERS["necessity"]
    further(force, revision_id)


def test_only_danger_is_urgent(force: Force) -> None:
    assert refused(force, waiting(force, danger="none"), urgent="yes", why_now="Now.", review_on=TOMORROW) == ["urgent"]


def by_telephone(force: Force, revision_id: int, **more: Any) -> Approval:
    given = {"recorded_for": str(force.people.approver.id), "authority_words": "At 02:10: “Yes, publish it.”"}
    return launch(force, revision_id, by=force.people.triager, **{**given, **more})


def test_an_authority_by_telephone_names_two_officers_and_is_confirmed(force: Force) -> None:
    settings.change(force.people.administrator, values={"telephone_authority": "yes"}, now=NOON)
    approval = by_telephone(force, waiting(force))
    people = force.people
    assert (approval.approver_id, approval.recorder_id) == (people.approver.id, people.triager.id)
    with pytest.raises(NotAllowed):
        approvals.confirm(people.other_approver, approval_id=approval.id, now=NOON)
    approvals.confirm(people.approver, approval_id=approval.id, now=NOON)
    with pytest.raises(WrongState):
        approvals.confirm(people.approver, approval_id=approval.id, now=NOON)


def test_an_authority_by_telephone_is_refused_where_the_force_does_not_want_it(force: Force) -> None:
    with pytest.raises(NotAllowed):
        by_telephone(force, waiting(force))


def test_one_alone_never_publishes_by_telephone(force: Force) -> None:
    settings.change(force.people.administrator, values={"telephone_authority": "yes"}, now=NOON)
    revision_id, people = waiting(force), force.people
    with pytest.raises(NotAllowed):
        launch(force, revision_id, by=people.author, recorded_for=str(people.approver.id), authority_words="Yes.")
    with pytest.raises(BadInput):
        by_telephone(force, revision_id, recorded_for=str(people.author.id))
    with pytest.raises(BadInput):
        launch(force, revision_id, by=people.approver, recorded_for=str(people.approver.id), authority_words="Yes.")
    with pytest.raises(BadInput):
        by_telephone(force, revision_id, authority_words=" ")


def test_somebody_with_the_same_name_is_shown(force: Force) -> None:
    first = appeals.revision(waiting(force)).appeal_id
    second = waiting(force, subjects=person(name="PRUEBA, Juán"))
    assert signatures.asked(second).namesakes == [(first, "Juan Prueba")]
    appeals.end(force.people.approver, appeal_id=first, ending="closed", now=NOON)
    assert signatures.asked(second).namesakes == []


def test_reasons_that_were_said_before_are_marked(force: Force) -> None:
    launch(force, waiting(force))
    again = waiting(force, necessity=f"  {ANSWERS['necessity'].upper()} ", risk="Another one.")
    assert signatures.asked(again).repeated == {"necessity": 1, "proportionality": 1}


def test_comments_at_fields_go_back_with_the_reason(force: Force) -> None:
    revision_id = waiting(force)
    comments = {"title_en": "Shorter, please.", "s1_name": " "}
    approvals.give_back(
        force.people.approver, revision_id=revision_id, reason="Two words.", comments=comments, now=NOON
    )
    assert appeals.revision(revision_id).return_comments == {"title_en": "Shorter, please."}
