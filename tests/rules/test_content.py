"""The hash an approval is bound to changes with everything that the public would see, and with nothing else."""

from dataclasses import replace

import pytest

from appeal.rules.content import (
    LINK_KEY_LENGTH,
    LINK_PLACEHOLDER,
    Picture,
    Post,
    Rendition,
    canonical_json,
    canonical_sha256,
)

SMALL = Rendition("a" * 64, "image/jpeg", 100, 80, b"small")
LARGE = Rendition("b" * 64, "image/jpeg", 1000, 800, b"large")
POST = Post("words", "title", "<p>words</p>", "en", (Picture("alt", (SMALL, LARGE)),), {"a.html": "page"}, 5, 280)


@pytest.mark.parametrize(
    "changed",
    [
        replace(POST, text="words "),
        replace(POST, title="Title"),
        replace(POST, html=""),
        replace(POST, language="es"),
        replace(POST, pictures=()),
        replace(POST, pictures=(Picture("other", (SMALL, LARGE)),)),
        replace(POST, pictures=(Picture("alt", (LARGE, SMALL)),)),
        replace(POST, pictures=(Picture("alt", (SMALL,)),)),
        replace(POST, files={"a.html": "other"}),
        replace(POST, files={"b.html": "page"}),
    ],
)
def test_what_the_public_sees_is_in_the_hash(changed: Post) -> None:
    assert changed.sha256() != POST.sha256()


@pytest.mark.parametrize("same", [replace(POST), replace(POST, length=6), replace(POST, limit=500)])
def test_what_nobody_sees_is_not_in_the_hash(same: Post) -> None:
    assert same.sha256() == POST.sha256()


def test_the_order_of_files_is_not_in_the_hash() -> None:
    one, other = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    assert replace(POST, files=one).sha256() == replace(POST, files=other).sha256()


def test_canonical_json_is_one_way_to_write_a_thing() -> None:
    assert canonical_json({"b": 1, "a": ["ñ", None]}) == '{"a":["ñ",null],"b":1}'.encode()
    assert canonical_sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_placeholder_is_as_long_as_a_key() -> None:
    assert len(LINK_PLACEHOLDER) == LINK_KEY_LENGTH


def test_the_best_rendition_is_the_largest() -> None:
    assert POST.pictures[0].best == LARGE


def test_another_version_of_a_stylesheet_is_not_another_post() -> None:
    page = '<link rel="stylesheet" href="/static/site.css?v={}"><p>He fled.</p>'
    first, second = (Post("He fled.", html=page.format(version)) for version in ("0123456789", "abcdef0123"))
    assert first.sha256() == second.sha256()


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="stylesheet" href="/static/other.css?v=0123456789"><p>He fled.</p>',
        '<link rel="stylesheet" href="/static/site.css?v=0123456789"><p>He fled</p>',
        '<link rel="stylesheet" href="https://else.example/static.css?v=0123456789"><p>He fled.</p>',
    ],
)
def test_whatever_else_changes_on_a_page_is_another_post(html: str) -> None:
    page = Post("He fled.", html='<link rel="stylesheet" href="/static/site.css?v=0123456789"><p>He fled.</p>')
    assert page.sha256() != Post("He fled.", html=html).sha256()
