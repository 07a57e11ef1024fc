"""Words that an officer should look at again."""

import time

import pytest

from appeal.rules.content import KINDS
from appeal.rules.wording import REASONS, SUGGESTIONS, Flag, flags, of_draft


def words(text: str, kind: str = "wanted") -> list[tuple[str, str]]:
    return [(flag.word, flag.reason) for flag in flags({"happened": text}, kind)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Help us find this killer.", "killer"),
        ("The thieves fled on foot.", "thieves"),
        ("This RAPIST is dangerous", "RAPIST"),
        ("Se busca al asesino", "asesino"),
        ("El ladrón huyó", "ladrón"),
        ("Las ladronas huyeron", "ladronas"),
        ("Es un violador peligroso", "violador"),
        ("El autor del crimen huyó", "autor del crimen"),
        ("He is guilty", "guilty"),
        ("un pedófilo", "pedófilo"),
    ],
)
def test_guilt_before_conviction_is_flagged_as_typed(text: str, word: str) -> None:
    assert words(text) == [(word, "guilt")]


@pytest.mark.parametrize(
    "text",
    [
        "The suspected killer left by train",
        "He is a convicted murderer who did not return to prison",
        "El presunto asesino lleva gafas",
        "Wanted on suspicion of murder and theft",
        "Condenado por asesinato en 2012",
        "A painkiller was found",
        "Los asesinatos ocurrieron en 2012",
        "He is not a thief",
    ],
)
def test_facts_and_suspicions_are_left_alone(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("If you know him, reply here", "reply_here"),
        ("Tell us in the comments", "reply_here"),
        ("Respóndenos o comenta aquí", "reply_here"),
        ("Dejad un comentario", "reply_here"),
        ("Please share", "share"),
        ("Share this photo", "share"),
        ("Máxima difusión", "share"),
        ("Comparte la foto", "share"),
        ("He lives at 12 Station Road", "address"),
        ("Vive en la calle de Alcalá, 45", "address"),
        ("C/ Mayor 3", "address"),
        ("near SW1A 1AA", "address"),
        ("Let's hunt him down", "pursuit"),
        ("A por él", "pursuit"),
        ("Stop him if you can", "pursuit"),
        ("Detenedlo", "pursuit"),
        ("Ask his wife", "family"),
        ("Su hermana vive cerca", "family"),
    ],
)
def test_dangerous_invitations_are_flagged(text: str, reason: str) -> None:
    assert [found for _, found in words(text)] == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "Last seen on Station Road near the park",
        "Visto en la calle Mayor",
        "Call 900 100 100 or use the form. Do not approach him.",
        "Do not try to stop him and never chase him",
        "Born in 1975, 180 cm tall, brown hair",
        "On 12 March at 22:40",
        "Share what you know with us by the form",
    ],
)
def test_good_wording_is_left_alone(text: str) -> None:
    assert words(text) == []


def test_flags_name_the_field_and_say_what_to_write() -> None:
    found = flags({"title": "Killer at large", "happened": "ok", "danger": "killer, killer. Please share"}, "wanted")
    assert found == [
        Flag("title", "Killer", "guilt", SUGGESTIONS["guilt"]),
        Flag("danger", "killer", "guilt", SUGGESTIONS["guilt"]),
        Flag("danger", "Please share", "share", SUGGESTIONS["share"]),
    ]


def test_a_warning_may_speak_of_thieves_and_a_missing_persons_family_is_theirs() -> None:
    assert words("Thieves pretend to be plumbers", "warning") == []
    assert words("Her mother asks for help", "missing") == []
    assert words("Her mother asks for help", "wanted") == [("Her mother", "family")]


def test_a_word_after_unusual_letters_is_still_cut_out_rightly() -> None:
    assert words("ﬁne İstanbul ½ ＡＢ — the killer") == [("killer", "guilt")]


def test_a_line_break_does_not_hide_an_invitation() -> None:
    assert words("Please\nshare") == [("Please\nshare", "share")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_an_empty_draft(kind: str) -> None:
    assert flags({}, kind) == flags({"title": ""}, kind) == []


def test_every_reason_has_words_and_a_suggestion() -> None:
    assert set(REASONS) == set(SUGGESTIONS)


@pytest.mark.parametrize("piece", ["a ", "calle a a ", "1 a ", "su ", "please "])
def test_a_very_long_draft_is_checked_quickly(piece: str) -> None:
    began = time.perf_counter()
    flags({"happened": piece * (20_000 // len(piece))}, "wanted")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A black man with a hat", "black"),
        ("Un hombre gitano", "gitano"),
        ("He is HIV positive", "HIV"),
        ("Tiene esquizofrenia", "esquizofrenia"),
        ("She may be suicidal", "suicidal"),
    ],
)
def test_what_the_law_protects_is_flagged(text: str, word: str) -> None:
    assert words(text) == [(word, "protected")]


@pytest.mark.parametrize("text", ["A black jacket and white shoes", "Chaqueta de color rojo", "Asia Street"])
def test_colours_and_places_are_left_alone(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize("text", ["The girl is wanted", "A fugitive of fifteen", "Está en busca y captura"])
def test_a_missing_person_is_not_spoken_of_as_of_a_crime(text: str) -> None:
    assert [reason for _, reason in words(text, "missing")] == ["criminal"]
    assert words(text, "wanted") == []


def draft_flags(kind: str, level: str, text: str = "", **person: str) -> list[tuple[str, str]]:
    one = {"key": "s1", "type": "person", "name": "", **person}
    return [
        (flag.field, flag.reason) for flag in of_draft(kind, {"level": level, "subjects": [one]}, {"happened": text})
    ]


def test_nobody_is_named_before_somebody_decided_it() -> None:
    assert draft_flags("identify", "helper", name="Juan Prueba") == [("s1_name", "named")]
    assert draft_flags("wanted", "warrant", name="Juan Prueba") == []


def test_a_conviction_may_be_said() -> None:
    assert draft_flags("wanted", "convicted", "The murderer fled") == []
    assert draft_flags("wanted", "warrant", "The murderer fled") == [("happened", "guilt")]


def test_a_child_that_is_sought_is_flagged() -> None:
    assert draft_flags("wanted", "warrant", age_from="16") == [("s1_age_from", "child")]
    assert draft_flags("missing", "missing", age_from="9") == []


def test_what_has_a_reason_of_its_own_is_not_flagged_again() -> None:
    facts = {"level": "missing", "subjects": []}
    assert of_draft("missing", facts, {"s1_health": "He has dementia"}) == []
