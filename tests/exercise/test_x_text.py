"""How X counts and shortens a text."""

import html

import pytest

from appeal.exercise.x_text import links_in, shorten, weighted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("plain", 5),
        ("áñ¿¡", 4),
        ("“quoted” – dash", 15),
        ("€…•", 6),
        ("👨‍👩‍👧 🇪🇸 👍🏽", 8),
        ("日本", 4),
        ("n\u0303", 1),
        ("https://example.com/" + "a" * 100, 23),
        ("see example.com now", 31),
        ("http://127.0.0.1:8000/r/Ab3dEf9h.", 24),
    ],
)
def test_weighted_length_counts_as_x_does(text: str, length: int) -> None:
    assert weighted_length(text) == length


def test_links_lose_closing_punctuation() -> None:
    assert links_in("See https://a.example/x, (http://b.example/y) mail me@example.com") == [
        "https://a.example/x",
        "http://b.example/y",
    ]


def test_shortened_text_points_at_its_links() -> None:
    text = "<A> & https://a.example/1 then https://a.example/1 end"
    shown = shorten(text, "https://x.com/p/status/1/photo/1", ["3_7", "3_8"])

    places = [(int(str(entity["start"])), int(str(entity["end"]))) for entity in shown.entities]
    assert [shown.text[start:end] for start, end in places] == [entity["url"] for entity in shown.entities]
    assert [entity.get("media_key") for entity in shown.entities] == [None, None, "3_7", "3_8"]
    restored = shown.text
    for entity in shown.entities[:2]:
        restored = restored.replace(str(entity["url"]), str(entity["expanded_url"]))
    assert html.unescape(restored).startswith(text)
