"""How soon a tip must be read, on written examples in two languages."""

import time

import pytest

from appeal.rules.urgency import LANES, POINTS, REASONS, Judgement, fold, judge, language

LIVE = [
    "He is here right now, at the bus station",
    "I can see him. Platform 3, Atocha.",
    "He's sitting in the café opposite the town hall",
    "I'm watching him, he is in a blue jacket",
    "I just saw him get on the number 27 bus",
    "The man is standing outside my shop",
    "saw her 5 minutes ago on Gran Via",
    "shes at the airport check in desk",
    "Lo estoy viendo ahora mismo en la plaza de España",
    "Está aquí, en el bar de la esquina",
    "Acabo de verlo entrar en el metro de Sol",
    "Le tengo delante, lleva una gorra roja",
    "Hace 10 minutos estaba en la estación de Chamartín",
    "La mujer está sentada a mi lado en el tren",
    "ESTÁ EN EL MERCADO",
]
URGENT = [
    "He has a gun and said he will shoot the neighbours",
    "She told me she is going to kill herself tonight",
    "My son is in danger, please hurry",
    "Va a matar a su mujer, lo dijo anoche",
    "Tiene una pistola en casa",
    "Dice que quiere suicidarse",
    "You have the wrong man, he was with us all day",
    "Se han equivocado, no es él",
    "I recognise him, his name is Peter Brown and he lives in Leeds, Station Road",
    "Lo conozco, se llama Juan y trabaja en el taller de la calle Mayor",
]
TO_READ = [
    "",
    "I have not seen him",
    "If I see him I will call you",
    "I don't know him, sorry",
    "No lo he visto nunca",
    "Si lo veo os aviso",
    "Last year I saw somebody like that in Portugal",
    "Good luck with the search",
    "Suerte, ojalá lo encontréis",
    "lol he is in my bed right now haha",
    "jajaja está en mi cama",
    "WINNER! Claim your prize, click here http://win.example",
    "Has ganado un premio, haz clic aquí ahora mismo",
    "He looks a bit like an actor from television",
    "?",
    "El lunes por la tarde pasó un coche blanco",
]
ABOUT_ME = [
    "This is me on the picture and I did nothing",
    "You are looking for me",
    "I'm the man in your photo",
    "Ese soy yo, y no he hecho nada",
    "Han puesto mi foto sin permiso",
]


@pytest.mark.parametrize(
    ("text", "lane"),
    [(text, lane) for lane, texts in zip(LANES, (ABOUT_ME, LIVE, URGENT, TO_READ), strict=True) for text in texts],
)
def test_written_examples_go_to_their_lane(text: str, lane: str) -> None:
    assert judge(text).lane == lane, judge(text)


@pytest.mark.parametrize("text", ["", "lol", "click here, you have won", "I have not seen him", "wrong person"])
def test_the_button_always_means_live(text: str) -> None:
    judgement = judge(text, is_live=True)
    assert judgement.lane == "live"
    assert "pressed_now" in judgement.reasons


def test_about_me_is_never_a_sighting() -> None:
    assert judge("I am here right now", is_live=True, is_about_me=True).lane == "about_me"
    assert judge("", is_about_me=True).reasons == ("about_me",)


def test_reasons_are_named_the_weightiest_first() -> None:
    judgement = judge("I recognise him, he drives a white van, near the station, on Monday", has_pictures=True)
    assert judgement == Judgement(
        "urgent", 70, ("recognised", "gives_place", "gives_vehicle", "has_pictures", "gives_time")
    )


def test_a_name_and_a_plate_weigh_more_than_silence() -> None:
    named = judge("His name is Peter, plate 1234 BCD")
    assert {"names_someone", "gives_vehicle"} <= set(named.reasons)
    assert named.score > judge("I was at home").score


def test_a_weapon_that_is_denied_is_still_read_soon() -> None:
    assert judge("He says he is not going to hurt anybody").lane == "urgent"


def test_half_an_hour_ago_is_lately_and_not_now() -> None:
    assert judge("saw him 45 minutes ago").lane == "to_read"
    assert "seen_lately" in judge("hace 45 minutos").reasons


def test_words_are_matched_whole() -> None:
    assert judge("The thermometer was broken and I am unarmed").reasons == ()
    assert "looks_like_mockery" not in judge("Lola saw it").reasons


def test_accents_case_and_apostrophes_do_not_matter() -> None:
    assert fold("  ¡ESTÁ   aquí!  He’s_there ") == "esta aqui hes there"
    assert judge("esta aqui").lane == judge("¡¡ESTÁ AQUÍ!!").lane == "live"


def test_scores_stay_within_bounds() -> None:
    everything = " ".join(LIVE + URGENT + ABOUT_ME)
    assert judge(everything, True, True, True).score == 100
    assert judge("you have won a prize lol click here").score == 0


def test_every_reason_has_words_and_points() -> None:
    assert set(REASONS) == set(POINTS)
    assert all(words.endswith(".") for words in REASONS.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw him at the station with a bag", "en"),
        ("Lo he visto en la estación con una bolsa", "es"),
        ("He is in the metro", "en"),
        ("Está en el parque", "es"),
        ("Atocha 22:40", "und"),
        ("", "und"),
        ("Widziałem go wczoraj", "und"),
    ],
)
def test_language_is_told_by_small_words(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize("piece", ["a", "no ", "he is ", "in a a a ", "1 ", "está ", "hace 1 "])
def test_a_very_long_text_is_judged_quickly(piece: str) -> None:
    began = time.perf_counter()
    judge(piece * (100_000 // len(piece)))
    assert time.perf_counter() - began < 2
