"""What a template keeps of an appeal: everything but the person, the matter and the moment."""

from appeal.rules import templates

FACTS = {
    "case_reference": "2026/17",
    "when_at": "2026-03-01T17:40",
    "danger": "may_be_armed",
    "necessity": "Juan is armed.",
    "risk": "Somebody alike may be stopped.",
    "channels": [1, 2],
    "subjects": [{"key": "s1", "type": "person", "name": "Juan Prueba", "category": "suspect", "age_from": "40"}],
}
TEXTS = {
    "en": {
        "title": "Prueba, JUÁN: wanted",
        "happened": "He fled on foot.",
        "contact": "Call 112 and ask for Juan.",
        "s1_clothing": "A red jacket",
        "wording.3": "Juan",
    }
}


def test_facts_of_person_matter_and_moment_go() -> None:
    kept = templates.facts(FACTS)
    subject = {"key": "s1", "type": "person", "category": "suspect"}
    (one,) = kept.pop("subjects")  # type: ignore[misc, attr-defined]
    assert kept == {"danger": "may_be_armed", "risk": "Somebody alike may be stopped.", "channels": [1, 2]}
    assert {name: value for name, value in one.items() if value} == subject  # type: ignore[attr-defined]


def test_texts_that_name_somebody_go_and_the_force_s_own_lines_stay() -> None:
    assert templates.texts(FACTS, TEXTS) == {
        "en": {"happened": "He fled on foot.", "contact": "Call 112 and ask for Juan."}
    }
