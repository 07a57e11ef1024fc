"""The page of an approval: everything that is signed, what changed since it was signed last, and the forms."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from wtforms.fields.choices import SelectChoice

from appeal.models.appeal import Approval, Revision
from appeal.pages import LANGUAGES, translate
from appeal.routes.desk import facts, owing
from appeal.routes.desk import shown as on_pages
from appeal.routes.desk.gate import actor, language
from appeal.routes.forms.approvals import (
    ApproveForm,
    FurtherForm,
    RecordForm,
    ReturnForm,
    approve_form,
    record_form,
)
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock, wording
from appeal.rules.drafting import ALERT_EVIDENCE, FACT_LIMITS, KIND_WORDS, LABELS, REASONED, TEXT_LIMITS, label
from appeal.rules.errors import NotFound
from appeal.rules.lifecycle import RevisionState
from appeal.rules.paging import APPROVAL
from appeal.rules.permissions import Permission
from appeal.rules.pictures import KINDS, masked
from appeal.rules.signatures import FURTHER as FURTHER_WORDS
from appeal.rules.words import _
from appeal.services import appeals, approvals, barring, force, officers, outcomes, paging, signatures

# Several forms stand on one page; their fields need names of their own.
BACK, RECORD = "back", "record"
KNOWN = (RevisionState.APPROVED, RevisionState.SUPERSEDED)


def shown(revision: Revision, **forms: DeskForm) -> str:
    """The whole page; a form that was just pressed stands there as it is, the others are fresh."""
    asked = signatures.asked(revision.id)
    settings = force.settings()
    return render_template(
        "desk/approvals/approval.html",
        **_texts(revision, settings),
        **_forms(revision, forms),
        asked=asked,
        further_words=FURTHER_WORDS,
        reasons=wording.REASONS,
        labels=LABELS,
        may_sign_further=bool(asked.further)
        and not any(one.officer_id == actor().id for one in asked.signed)
        and actor().may(Permission.APPROVE),
        page=paging.latest(kind=APPROVAL, target=f"appeal:{revision.appeal_id}"),
        telephone=settings["telephone_authority"] == "yes",
        revision_state=outcomes.REVISION_STATES[revision.state],
        is_submitted=revision.state == RevisionState.SUBMITTED,
        is_author=actor().id in {revision.author_id, revision.appeal.author_id},
        now=clock.now(),
    )


def offered(form: ApproveForm, revision: Revision) -> ApproveForm:
    """The form with everything that can be chosen for this revision."""
    asked = signatures.asked(revision.id)
    criteria = [(name, LABELS[name]) for name in ALERT_EVIDENCE]
    form.offer(_bases(), asked.to_dial, criteria)
    return form


def offered_record(form: RecordForm, revision: Revision) -> RecordForm:
    """The form for an authority by telephone, with the approvers who may give it."""
    wrote = {revision.author_id, revision.appeal.author_id, actor().id}
    may = [one for one in officers.everyone() if one.active and officers.actor_of(one).may(Permission.APPROVE)]
    form.recorded_for.choices = [SelectChoice("", _("Choose"))]
    form.recorded_for.choices += [SelectChoice(str(one.id), one.name) for one in may if one.id not in wrote]
    asked = signatures.asked(revision.id)
    form.offer(_bases(), asked.to_dial, [(name, LABELS[name]) for name in ALERT_EVIDENCE])
    return form


def commentable(revision: Revision) -> list[tuple[str, str]]:
    """Anchor and words of every field that is filled in, for comments at fields."""
    found = [(name, _label(name)) for name in FACT_LIMITS if revision.facts.get(name)]
    texts = sorted((one.language, one.field) for one in revision.texts if one.body)
    found += [(f"{field}_{code}", f"{_label(field)} ({LANGUAGES.get(code, code)})") for code, field in texts]
    return [*found, ("pictures", translate(language(), _("Pictures")))]


def standing(revision: Revision) -> Approval:
    """The approval of a revision that stands; `NotFound` if there is none."""
    found = _standing(revision)
    if found is None:
        raise NotFound("This approval does not stand any more.")
    return found


def _standing(revision: Revision) -> Approval | None:
    return next((one for one in reversed(revision.approvals) if one.ended_at is None), None)


def _texts(revision: Revision, settings: Mapping[str, str]) -> dict[str, Any]:
    appeal = appeals.view(revision.appeal_id)
    earlier = [one for one in appeal.revisions if one.number < revision.number and one.state in KNOWN]
    return {
        "revision": revision,
        "appeal": revision.appeal,
        "kind_words": KIND_WORDS[revision.appeal.kind],
        "title": appeals.title(appeal, language()),
        "language_names": LANGUAGES,
        "without_text": approvals.without_text(revision.id),
        "text_fields": [(name, label(name)) for name in TEXT_LIMITS],
        "facts": facts.public(revision, settings),
        "inner": facts.inner(revision, settings),
        "subjects": facts.of_subjects(revision, settings),
        "changes": facts.differences(earlier[-1], revision, settings) if earlier else [],
        "earlier": earlier[-1] if earlier else None,
        "alike": barring.alike(revision),
        "picture_kinds": KINDS,
        "masked": masked,
        "goings": on_pages.goings(revision, approvals.previews(revision.id), clock.now()),
    }


def _forms(revision: Revision, pressed: Mapping[str, DeskForm]) -> dict[str, Any]:
    """All forms, fresh but for the one that was pressed, and what the box of what is owed says."""
    back = ReturnForm(formdata=None, prefix=BACK)
    back.offer(commentable(revision))
    hashes = {"content_sha256": revision.content_sha256, "posts_sha256": _posts(revision)}
    forms: dict[str, DeskForm] = {
        "form": _fresh(revision),
        "return_form": back,
        "record_form": offered_record(record_form(revision)(formdata=None, prefix=RECORD, data=hashes), revision),
    }
    if revision.state == RevisionState.SUBMITTED:
        forms["further_form"] = FurtherForm(formdata=None, prefix=owing.FURTHER, data=hashes)
    return {**owing.box(revision.appeal_id), **forms, **pressed}


def _fresh(revision: Revision) -> ApproveForm:
    """The author's words to adopt or change; what the approver answered last stays where the author changed nothing."""
    settings, now = force.settings(), clock.now()
    today = now.astimezone(ZoneInfo(settings["zone"])).date()
    given: dict[str, object] = {name: str(revision.facts.get(name, "") or "") for name in REASONED}
    given["review_on"] = today + timedelta(days=int(settings["review_days"]))
    latest = signatures.latest_review_on(revision, False, now)
    given["review_on"] = latest or given["review_on"]
    given |= _kept_answers(revision) | {"content_sha256": revision.content_sha256, "posts_sha256": _posts(revision)}
    return offered(approve_form(revision)(formdata=None, data=given), revision)


def _kept_answers(revision: Revision) -> dict[str, object]:
    """What was answered for the earlier revision; a reason that the author changed since then is the author's again."""
    earlier = [
        one for one in appeals.view(revision.appeal_id).revisions if one.number < revision.number and one.approvals
    ]
    if not earlier:
        return {}
    before, last = earlier[-1], earlier[-1].approvals[-1]
    same = [name for name in REASONED if before.facts.get(name) == revision.facts.get(name)]
    kept: dict[str, object] = {name: getattr(last, name) for name in same if getattr(last, name)}
    kept["legal_basis"] = last.legal_basis
    if last.approver_id == actor().id:
        kept["statement"] = last.statement
    return kept


def _posts(revision: Revision) -> str:
    return approvals.posts_sha256(approvals.previews(revision.id))


def _bases() -> list[str]:
    return force.settings()["legal_bases"].splitlines()


def _label(name: str) -> str:
    return translate(language(), label(name))
