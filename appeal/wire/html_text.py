"""Words out of HTML that somebody else wrote: cleaned first, then read as plain text with its links beside it."""

import html
import re

import nh3

BREAKS = re.compile(r"<(?:br|hr)\s*/?>|</(?:div|li|tr|h[1-6]|blockquote|pre)>", re.IGNORECASE)
PARAGRAPHS = re.compile(r"</p>", re.IGNORECASE)
TAGS = re.compile(r"<[^>]*>")
LINKS = re.compile(r'href="([^"]*)"')
KEPT = {"br", "hr", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "p", "a"}
GAPS = re.compile(r"\n{3,}")


def plain(written: str) -> tuple[str, tuple[str, ...]]:
    """The text as a reader sees it, and the addresses behind its links, each once."""
    # The marks that end a line count; those of the source do not.
    clean = nh3.clean(" ".join(written.split()), tags=KEPT, attributes={"a": {"href"}}, link_rel=None)
    links = tuple(dict.fromkeys(html.unescape(address) for address in LINKS.findall(clean) if address))
    lines = PARAGRAPHS.sub("\n\n", BREAKS.sub("\n", clean))
    text = html.unescape(TAGS.sub("", lines))
    stripped = "\n".join(line.strip() for line in text.splitlines())
    return GAPS.sub("\n\n", stripped).strip(), links
