"""Names, places and plates in what people write."""

from appeal.rules import naming


def test_names_are_what_somebody_is_called() -> None:
    assert naming.names("I know him. His name is Juan de la Cruz, from Bilbao.") == ["Juan de la Cruz"]
    assert naming.names("Se llama Pedro Gómez. Creo que es Pedro Gomez") == ["Pedro Gómez"]
    assert naming.names("He is at the bar. It is Monday. This is The end") == []
    assert naming.name_key("Juan de la Cruz") == naming.name_key("JUAN CRUZ")


def test_places_are_found_in_two_languages() -> None:
    assert naming.places("He was near Mill Bridge") == ["mill"]
    assert naming.places("estaba en la calle de Atocha") == ["atocha"]


def test_a_misspelt_place_keeps_its_skeleton() -> None:
    assert naming.skeleton("atocha") == naming.skeleton("attocha")
    assert naming.skeleton("chueca") == naming.skeleton("chuecca")
    assert naming.skeleton("atocha") != naming.skeleton("retiro")


def test_plates_are_found_without_their_spaces() -> None:
    assert naming.plates("un seat blanco 4821 KLM") == ["4821klm"]
    assert naming.plates("at 2026 and then") == []
