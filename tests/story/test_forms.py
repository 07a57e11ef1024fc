"""Forms are read and sent as a browser would."""

import pytest

from appeal.story.forms import NotOnThePage, Page, Upload

PAGE = """<html><body><main><h1>Draft</h1>
<form method="post" action="/save" id="one">
 <input type="hidden" name="csrf_token" value="t&amp;1">
 <input name="title" value="Old"><textarea name="words">
First line
second</textarea>
 <select name="sex"><option value="">?</option><option value="man" selected>man</option></select>
 <input type="radio" name="down-reason" value="found"><input type="radio" name="down-reason" value="other">
 <input type="checkbox" name="channels" value="1" checked><input type="checkbox" name="channels" value="2">
 <input type="file" name="picture"><input name="off" value="x" disabled>
 <button type="button">Nothing</button>
 <button name="do" value="save">Save</button><button name="do" value="submit" formaction="/submit">Submit it</button>
</form>
<input name="outside" value="o" form="one">
<form action="/find"><input name="q"></form>
<a href="next?x=1">Next page</a></main></body></html>"""


@pytest.fixture
def page() -> Page:
    return Page(200, "http://desk/drafts/1", PAGE)


def test_an_untouched_form_sends_what_the_page_holds(page: Page) -> None:
    sent = page.form("title").press()
    assert (sent.method, sent.address) == ("POST", "http://desk/save")
    assert sent.fields == [
        ("csrf_token", "t&1"),
        ("title", "Old"),
        ("words", "First line\r\nsecond"),
        ("sex", "man"),
        ("channels", "1"),
        ("outside", "o"),
        ("do", "save"),
    ]


def test_a_filled_form_sends_what_was_typed_chosen_and_attached(page: Page) -> None:
    form = page.form("title").fill(title="New", words="a\nb", reason="other").tick("channels")
    sent = form.attach("picture", Upload("p.jpg", b"data", "image/jpeg")).press("submit it")
    assert sent.address == "http://desk/submit"
    assert dict(sent.fields) | {"channels": ""} == {
        "csrf_token": "t&1",
        "title": "New",
        "words": "a\r\nb",
        "sex": "man",
        "down-reason": "other",
        "channels": "",
        "outside": "o",
        "do": "submit",
    }
    assert [value for name, value in sent.fields if name == "channels"] == ["1", "2"]
    assert sent.files == [("picture", ("p.jpg", b"data", "image/jpeg"))]


@pytest.mark.parametrize("values", [{"nowhere": "x"}, {"sex": "woman"}, {"reason": "because"}, {"off": "y"}])
def test_what_is_not_there_cannot_be_filled(page: Page, values: dict[str, str]) -> None:
    with pytest.raises(NotOnThePage):
        page.form("title").fill(**values)


def test_a_form_is_found_by_fields_button_and_address(page: Page) -> None:
    assert page.form("q").press().method == "GET"
    assert page.form(button="do=submit").has("title", "picture")
    assert page.form(action="/find").has("q")
    with pytest.raises(NotOnThePage, match="Draft"):
        page.form("title", action="/find")
    with pytest.raises(NotOnThePage):
        page.form("title").press("Delete")


def test_links_are_whole_addresses(page: Page) -> None:
    assert page.link("next") == "http://desk/drafts/next?x=1"
    assert page.links("next") == ["http://desk/drafts/next?x=1"]
    assert page.select("//h1") == ["Draft"]
