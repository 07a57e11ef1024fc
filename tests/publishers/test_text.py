"""Counting as X and Twilio do, and cutting only what may be cut."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeal.exercise.sms_text import segments
from appeal.publishers import text
from appeal.publishers.base import Pictures
from appeal.publishers.text import TextMessage
from appeal.rules.content import Content
from tests.publishers.sample import content, picture

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
SPAIN = "\U0001f1ea\U0001f1f8"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
LINK = "https://police.example/r/Ab3dEf9h"


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("", 0),
        ("hello", 5),
        ("á ñ ¿ ¡", 7),
        ("‘quoted’ – dash", 15),
        ("€", 2),
        ("…", 2),
        ("•", 2),
        ("日本", 4),
        ("a\u0301", 1),
        ("👍", 2),
        ("👍🏽", 2),
        (FAMILY, 2),
        (SPAIN + SPAIN, 4),
        (SCOTLAND, 2),
        ("1\ufe0f\u20e3", 2),
        ("☎\ufe0f 112", 6),
        (LINK, 23),
        (f"See {LINK}.", 28),
        (f"({LINK})", 25),
        (f"{LINK} {LINK}", 47),
        ("https://a.es", 23),
        ("example.com", 23),
        ("write to tell@force.example", 27),
        ("www.example.com/a/very/long/path/indeed/it/is", 23),
        ("a-very-long-name-of-a-page-in-spain.gob.es", 42),
        ("policia.es", 23),
        ("12.30", 5),
    ],
)
def test_weighted_length_is_what_x_counts(words: str, length: int) -> None:
    assert text.weighted_length(words) == length


def test_weighted_length_is_never_less_than_the_exercise_counts() -> None:
    from appeal.exercise.x_text import weighted_length

    for words in (f"See {LINK}, or example.com/now.", f"A {FAMILY} 👍🏽 in España €5 – “now”…", "policia.es 091"):
        assert text.weighted_length(words) >= weighted_length(words)


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        ("", TextMessage("GSM-7", 0, 1, "")),
        ("a" * 160, TextMessage("GSM-7", 160, 1, "")),
        ("a" * 161, TextMessage("GSM-7", 161, 2, "")),
        ("a" * 306, TextMessage("GSM-7", 306, 2, "")),
        ("a" * 307, TextMessage("GSM-7", 307, 3, "")),
        ("€" * 80, TextMessage("GSM-7", 160, 1, "")),
        ("a" * 152 + "€" + "a" * 152, TextMessage("GSM-7", 306, 3, "")),
        ("ñ" * 160, TextMessage("GSM-7", 160, 1, "")),
        ("á" * 70, TextMessage("UCS-2", 70, 1, "á")),
        ("á" * 71, TextMessage("UCS-2", 71, 2, "á")),
        ("👍" * 35, TextMessage("UCS-2", 70, 1, "👍")),
        ("á" + "👍" * 66, TextMessage("UCS-2", 133, 2, "á👍")),
        ("👍" * 67, TextMessage("UCS-2", 134, 3, "👍")),
    ],
)
def test_text_message_is_counted_in_parts(body: str, counted: TextMessage) -> None:
    assert text.text_message(body) == counted


@given(st.text(alphabet="aé€á👍 \n", max_size=400))
def test_parts_are_never_fewer_than_a_plain_division_says(body: str) -> None:
    assert 0 <= text.text_message(body).parts - segments(body) <= 1


def test_price_is_parts_times_numbers() -> None:
    assert text.text_message("a" * 161).price(Decimal("0.0075"), 1000) == Decimal("15.0000")


def test_typographic_marks_do_not_double_the_price() -> None:
    plain = text.plain_for_texts("“Who’s there?” – he said…")
    assert plain == '"Who\'s there?" - he said...'
    assert text.text_message(plain).encoding == "GSM-7"
    assert text.plain_for_texts("policía") == "policía"


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        (FAMILY + "x", [FAMILY, "x"]),
        (SPAIN * 2, [SPAIN, SPAIN]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("a\r\nb", ["a", "\r\n", "b"]),
    ],
)
def test_clusters_are_what_a_reader_sees(words: str, pieces: list[str]) -> None:
    assert text.clusters(words) == pieces


@pytest.mark.parametrize(
    ("words", "most", "left"),
    [
        ("One two three", 13, "One two three"),
        ("One two three", 12, "One two…"),
        ("One, two, three", 9, "One, two…"),
        ("One, two, three", 8, "One…"),
        ("One two three", 3, ""),
        ("She (and he) ran", 6, "She…"),
        (FAMILY * 3, 9, FAMILY + "…"),
        ("e\u0301" * 4, 4, "e\u0301…"),
        ("", 0, ""),
    ],
)
def test_cut_ends_at_a_word_and_says_so(words: str, most: int, left: str) -> None:
    assert text.cut(words, lambda part: len(part) <= most) == left


@given(st.text(alphabet="ab ,.é👍", max_size=120), st.integers(0, 60))
def test_cut_always_fits(words: str, most: int) -> None:
    left = text.cut(words, lambda part: len(part) <= most)
    assert len(left) <= most
    assert left in {words, ""} or left.endswith("…")


def rendered(given: Content) -> str:
    return " ".join(filter(None, [given.title, given.danger, given.happened, given.where, given.when, given.link]))


def test_fitted_cuts_the_story_first_then_where_and_never_the_rest() -> None:
    given = content(title="T" * 10, danger="D" * 10, happened="aa bb cc", where="xx yy", when="12:00", link="L" * 10)
    fixed = f"{'T' * 10} {'D' * 10}"
    texts = {limit: text.fitted(given, rendered, lambda words, limit=limit: len(words) <= limit) for limit in range(60)}  # type: ignore[misc]

    assert texts[53] == f"{fixed} aa bb cc xx yy 12:00 {'L' * 10}"
    assert texts[52] == f"{fixed} aa bb… xx yy 12:00 {'L' * 10}"
    assert texts[48] == f"{fixed} aa… xx yy 12:00 {'L' * 10}"
    assert texts[44] == f"{fixed} xx yy 12:00 {'L' * 10}"
    assert texts[43] == f"{fixed} xx… 12:00 {'L' * 10}"
    assert texts[40] == f"{fixed} {'L' * 10}"
    assert texts[32] == f"{fixed} {'L' * 10}"
    assert texts[31] is None


def test_tidy_leaves_no_gaps() -> None:
    assert text.tidy("\n\n a  b \n\n\n c\t\n") == "a b\nc"


def test_pictures_are_refused_with_all_reasons() -> None:
    wanted = Pictures(number=4, max_bytes=1000, formats=("image/jpeg",), alt_limit=10)
    wrong = picture("x" * 11, b"x" * 1001, "image/webp")

    assert text.picture_reasons([picture("fine", b"x"), wrong], wanted) == [
        "Picture 2 is larger than 1,000 bytes.",
        "Picture 2 is not of a kind that is taken (image/jpeg).",
        "The description of picture 2 is longer than 10 characters.",
    ]


def test_too_long_names_what_is_never_cut() -> None:
    given = replace(content(), title="Title", danger="", contacts=("Tell us: 091",))
    assert text.too_long(given, "300 of 280 characters") == (
        "The text is too long even without the story: 300 of 280 characters. "
        "Never cut, so to be shortened: the title (5 characters), the contact lines (12 characters)."
    )
