"""Answers from the site's files and from static files before Flask is asked; everything else is passed on.

Small files stay in memory as long as modification time and size stay the same. No cookie, no address, no log.
"""

import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Response

from appeal.wire import folder as served

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY: Headers = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
NAMED_TYPES: Mapping[str, str] = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
CAP_TYPE = "application/cap+xml; charset=utf-8"

# What could be ours: plain names between slashes. No name begins with a dot, so none leads up or to hidden files.
PLAIN = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9_-][A-Za-z0-9._-]*)?\Z")
APPEALS = re.compile(r"/([a-z]{2})/appeals/?\Z")
STATIC = "/static/"

SITE_CACHE = "public, max-age=60"
STATIC_CACHE = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"
MAX_CACHED_FILE = 1_000_000
MAX_CACHED_BYTES = 64_000_000
WORTH_PACKING = 512


@dataclass(frozen=True)
class _File:
    """One file in memory; `packed` is its gzip form, empty when that is not worth it."""

    stamp: tuple[int, int]
    body: bytes
    etag: str
    headers: Headers
    packed: bytes
    packed_headers: Headers


def secure(answer: Response) -> Response:
    """What every page of the public side tells the browser, unless the page says otherwise."""
    for name, value in SECURITY:
        answer.headers.setdefault(name, value)
    return answer


class SiteResponder:
    """WSGI in front of `app`: `folder` is the site's, `static` the folder behind /static/."""

    def __init__(self, app: WSGIApp, folder: Path, static: Path | None = None) -> None:
        self._app = app
        self._folder = folder
        self._root = str(folder)
        self._static = None if static is None else str(static)
        self._files: dict[str, _File] = {}
        self._bytes = 0
        self._lock = Lock()
        self._gone: tuple[tuple[int, int], dict[str, str]] = ((0, 0), {})

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD of what we have; ask the application for everything else."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not PLAIN.match(path):
            return self._app(environ, start_response)
        found = self._static_file(path) if path.startswith(STATIC) else self._site_file(path)
        if found is not None:
            return _answer(found, _cache_control(path, environ), environ, start_response)
        if path in self._withdrawn():
            return self._answer_gone(path, environ, start_response)
        target = self._elsewhere(path)
        if target:
            start_response("302 Found", [("Location", target), ("Content-Length", "0"), *SECURITY])
            return [b""]
        return self._app(environ, start_response)

    def _site_file(self, path: str) -> _File | None:
        if path.split("/", 2)[1] in served.PRIVATE:
            return None
        return self._load(self._root + path + (served.INDEX if path.endswith("/") else ""))

    def _static_file(self, path: str) -> _File | None:
        if self._static is None:
            return None
        return self._load(f"{self._static}/{path.removeprefix(STATIC)}")

    def _load(self, name: str) -> _File | None:
        try:
            found = Path(name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        stamp = (found.st_mtime_ns, found.st_size)
        known = self._files.get(name)
        if known is not None and known.stamp == stamp:
            return known
        return self._read(name, stamp)

    def _read(self, name: str, stamp: tuple[int, int]) -> _File | None:
        try:
            body = Path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        fresh = _file(name, stamp, body)
        # A file that changed while it was read has another stamp next time; its length tells a half-read one.
        if len(body) == stamp[1] and len(body) <= MAX_CACHED_FILE:
            self._remember(name, fresh)
        return fresh

    def _remember(self, name: str, fresh: _File) -> None:
        with self._lock:
            size = len(fresh.body) + len(fresh.packed)
            if self._bytes + size > MAX_CACHED_BYTES:
                self._files.clear()
                self._bytes = 0
            self._files[name] = fresh
            self._bytes += size

    def _withdrawn(self) -> dict[str, str]:
        """Addresses that are gone, with their language, as `gone.map` says now."""
        path = self._folder / served.GONE_MAP
        try:
            found = path.stat()
        except FileNotFoundError:
            return {}
        stamp = (found.st_mtime_ns, found.st_size)
        if self._gone[0] != stamp:
            self._gone = (stamp, served.gone_map(path.read_text(encoding="utf-8")))
        return self._gone[1]

    def _answer_gone(self, path: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        page = self._load(f"{self._root}/{served.GONE}{path}" + (served.INDEX if path.endswith("/") else ""))
        body = page.body if page else b""
        headers = [
            ("Content-Type", _type(path if not path.endswith("/") else served.INDEX)),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Robots-Tag", "noindex, noarchive"),
            *SECURITY,
        ]
        start_response("410 Gone", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _elsewhere(self, path: str) -> str:
        """Where an address leads that is nearly one of ours; empty when it is not."""
        if path == "/":
            return self._main_list()
        appeals = APPEALS.match(path)
        if appeals:
            return f"/{appeals.group(1)}/"
        if not path.endswith("/") and (self._site_file(path + "/") or path + "/" in self._withdrawn()):
            return path + "/"
        return ""

    def _main_list(self) -> str:
        try:
            chosen = json.loads((self._folder / served.SITE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        return f"/{chosen['language']}/"


def _answer(found: _File, cache: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    control = ("Cache-Control", cache)
    if found.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", [("ETag", found.etag), control, *SECURITY])
        return [b""]
    is_packed = bool(found.packed) and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    start_response("200 OK", [*(found.packed_headers if is_packed else found.headers), control])
    if environ["REQUEST_METHOD"] == "HEAD":
        return [b""]
    return [found.packed if is_packed else found.body]


def _cache_control(path: str, environ: Environ) -> str:
    if not path.startswith(STATIC):
        return SITE_CACHE
    is_named_by_content = path.startswith("/static/vendor/") or environ.get("QUERY_STRING", "").startswith("v=")
    return FOR_EVER if is_named_by_content else STATIC_CACHE


def _file(name: str, stamp: tuple[int, int], body: bytes) -> _File:
    kind = _type(name)
    can_pack = not kind.startswith("image/") or "svg" in kind
    packed = gzip.compress(body, mtime=0) if can_pack and len(body) >= WORTH_PACKING else b""
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    common = [("Content-Type", kind), ("ETag", etag), *SECURITY]
    if can_pack:
        common.append(("Vary", "Accept-Encoding"))
    return _File(
        stamp=stamp,
        body=body,
        etag=etag,
        headers=[*common, ("Content-Length", str(len(body)))],
        packed=packed,
        packed_headers=[*common, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))],
    )


def _type(name: str) -> str:
    last = name.rsplit("/", 1)[-1]
    if "/cap/" in name:
        return CAP_TYPE
    suffix = Path(last).suffix
    return NAMED_TYPES.get(last) or TYPES.get(suffix) or mimetypes.guess_type(last)[0] or "application/octet-stream"
