"""What says who told something is taken out; what was told stays."""

from appeal.rules.redaction import without_persons


def test_addresses_numbers_handles_and_names_are_taken_out() -> None:
    said = "I am Pedro Gomez, ring +34 600 111 222 or write p.gomez@mail.example, @pgomez, 12345678Z, www.me.example/x"
    left = without_persons(said)
    assert not [secret for secret in ("Gomez", "600", "mail", "pgomez", "12345678", "me.example") if secret in left]


def test_what_was_seen_stays() -> None:
    said = "A red van, 4821 KLM, stood at 40.41680, -3.70380 at 14:20 near number 12."
    assert without_persons(said) == said


def test_nothing_and_other_scripts_stay_as_they_are() -> None:
    assert [without_persons(text) for text in ("", "он здесь", "他在这里")] == ["", "он здесь", "他在这里"]
