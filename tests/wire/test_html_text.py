"""HTML of others becomes words and links, and nothing else."""

import pytest

from appeal.wire.html_text import plain


@pytest.mark.parametrize(
    ("written", "text", "links"),
    [
        ("", "", ()),
        ("plain &amp; <b>bold</b>", "plain & bold", ()),
        ("<p>one</p><p>two<br/>three</p>", "one\n\ntwo\nthree", ()),
        ("<style>p{}</style><script>x</script>seen", "seen", ()),
        ("<ul><li>one<li>two</ul>", "one\ntwo", ()),
        ('<a href="https://a.example/?x=1&amp;y=2">here</a>', "here", ("https://a.example/?x=1&y=2",)),
        ('<a href="javascript:alert(1)">press</a>', "press", ()),
        ("<p>a   b\n c</p>", "a b c", ()),
        ("1 < 2 > 0", "1 < 2 > 0", ()),
        ("<p>never closed", "never closed", ()),
    ],
)
def test_text_is_what_a_reader_sees(written: str, text: str, links: tuple[str, ...]) -> None:
    assert plain(written) == (text, links)
