"""The responder in front of Flask: files, caches, what is gone, and nothing that is not ours."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from appeal.routes.public.site import SiteResponder
from tests.publishers.appeals import nothing_else

PAGE = b"<!DOCTYPE html><title>An appeal</title>" + b"<p>words</p>" * 100


class Answer:
    """What came back from one call."""

    def __init__(self, responder: SiteResponder, path: str, method: str = "GET", **environ: str) -> None:
        started: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            started.update(status=int(status[:3]), headers=dict(headers))

        asked = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": "", **environ}
        body: Iterable[bytes] = responder(asked, start_response)
        self.body = b"".join(body)
        self.status: int = started["status"]
        self.headers: dict[str, str] = started["headers"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    files = {
        "en/index.html": b"the list",
        "en/appeals/abcd/index.html": PAGE,
        "pictures/00ff.jpg": b"a picture",
        "feeds/en/atom.xml": b"<feed/>",
        "feeds/en/feed.json": b"{}",
        "feeds/en/cap/abcd-en-1.xml": b"<alert/>",
        "records/site/en/abcd.json": b"{}",
        "gone/en/appeals/wxyz/index.html": b"no longer shown",
        "gone/pictures/aa11.jpg": b"",
        "gone.map": b"/en/appeals/wxyz/ en\n/pictures/aa11.jpg en\n",
        "site.json": json.dumps({"language": "en"}).encode(),
        ".lock": b"",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (tmp_path / "static").mkdir()
    (tmp_path / "static/public.css").write_bytes(b"body { margin: 0 }")
    (tmp_path / "secret.txt").write_bytes(b"a secret")
    return folder


@pytest.fixture
def responder(site: Path) -> SiteResponder:
    return SiteResponder(nothing_else, site, site.parent / "static")


def test_page_is_served_with_type_and_one_minute_of_cache(responder: SiteResponder) -> None:
    answer = Answer(responder, "/en/appeals/abcd/")
    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Content-Length"] == str(len(PAGE))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/pictures/00ff.jpg", "image/jpeg"),
        ("/feeds/en/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feeds/en/feed.json", "application/feed+json; charset=utf-8"),
        ("/feeds/en/cap/abcd-en-1.xml", "application/cap+xml; charset=utf-8"),
        ("/static/public.css", "text/css; charset=utf-8"),
    ],
)
def test_files_have_their_types(responder: SiteResponder, path: str, kind: str) -> None:
    answer = Answer(responder, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize("path", ["/en/appeals/abcd/", "/en/appeals/wxyz/", "/", "/static/public.css"])
def test_every_answer_is_strict_and_sets_no_cookie(responder: SiteResponder, path: str) -> None:
    headers = Answer(responder, path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_head_says_the_same_without_the_body(responder: SiteResponder) -> None:
    answer = Answer(responder, "/en/appeals/abcd/", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers == Answer(responder, "/en/appeals/abcd/").headers


def test_same_etag_is_answered_with_304(responder: SiteResponder) -> None:
    etag = Answer(responder, "/en/appeals/abcd/").headers["ETag"]
    answer = Answer(responder, "/en/appeals/abcd/", HTTP_IF_NONE_MATCH=etag)
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)


def test_changed_file_is_served_at_once(responder: SiteResponder, site: Path) -> None:
    before = Answer(responder, "/en/appeals/abcd/").headers["ETag"]
    fresh = site / "en/appeals/abcd/fresh"
    fresh.write_bytes(b"corrected")
    fresh.replace(site / "en/appeals/abcd/index.html")
    answer = Answer(responder, "/en/appeals/abcd/", HTTP_IF_NONE_MATCH=before)
    assert (answer.status, answer.body) == (200, b"corrected")


def test_removed_file_is_not_served_from_memory(responder: SiteResponder, site: Path) -> None:
    Answer(responder, "/pictures/00ff.jpg")
    (site / "pictures/00ff.jpg").unlink()
    assert Answer(responder, "/pictures/00ff.jpg").body == b"the application was asked"


def test_texts_are_packed_for_those_who_ask(responder: SiteResponder) -> None:
    answer = Answer(responder, "/en/appeals/abcd/", HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(answer.body) == PAGE
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_withdrawn_page_answers_410_with_the_neutral_page(responder: SiteResponder) -> None:
    answer = Answer(responder, "/en/appeals/wxyz/")
    assert (answer.status, answer.body) == (410, b"no longer shown")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_withdrawn_picture_answers_410_without_a_body(responder: SiteResponder) -> None:
    answer = Answer(responder, "/pictures/aa11.jpg")
    assert (answer.status, answer.body, answer.headers["Cache-Control"]) == (410, b"", "no-store")


def test_new_line_in_the_map_counts_at_once(responder: SiteResponder, site: Path) -> None:
    assert Answer(responder, "/en/appeals/later/").status == 404
    (site / "gone.map").write_bytes(b"/en/appeals/later/ en\n")
    assert Answer(responder, "/en/appeals/later/").status == 410


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/en/"),
        ("/en", "/en/"),
        ("/en/appeals", "/en/"),
        ("/en/appeals/", "/en/"),
        ("/en/appeals/abcd", "/en/appeals/abcd/"),
        ("/en/appeals/wxyz", "/en/appeals/wxyz/"),
    ],
)
def test_near_addresses_lead_to_the_right_one(responder: SiteResponder, path: str, target: str) -> None:
    answer = Answer(responder, path)
    assert (answer.status, answer.headers["Location"]) == (302, target)


@pytest.mark.parametrize(
    "path",
    [
        "/records/site/en/abcd.json",
        "/gone/en/appeals/wxyz/",
        "/gone.map",
        "/site.json",
        "/.lock",
        "/../secret.txt",
        "/static/../secret.txt",
        "/static/..%2fsecret.txt",
        "/en/../../secret.txt",
        "//etc/passwd",
        "/en//index.html",
        "/en/\x00",
        "/en/appeals/\xff",
        "/health",
        "",
    ],
)
def test_everything_else_goes_to_the_application(responder: SiteResponder, path: str) -> None:
    assert Answer(responder, path).body == b"the application was asked"


def test_what_is_sent_goes_to_the_application(responder: SiteResponder) -> None:
    assert Answer(responder, "/en/appeals/abcd/", "POST").body == b"the application was asked"


def test_a_site_that_was_never_written_leaves_everything_to_the_application(tmp_path: Path) -> None:
    assert Answer(SiteResponder(nothing_else, tmp_path / "nowhere"), "/").body == b"the application was asked"


@pytest.mark.parametrize(
    ("path", "query", "cache"),
    [
        ("/static/public.css", "", "public, max-age=300"),
        ("/static/public.css", "v=0123456789", "public, max-age=31536000, immutable"),
    ],
)
def test_static_files_named_by_content_are_kept_for_ever(
    responder: SiteResponder, path: str, query: str, cache: str
) -> None:
    assert Answer(responder, path, QUERY_STRING=query).headers["Cache-Control"] == cache
