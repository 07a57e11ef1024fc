"""Made-up appeals for tests of site and feeds, and a server that shows what they wrote."""

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from appeal.publishers.base import Settings
from appeal.routes.public.site import SiteResponder
from appeal.rules.content import Content, Picture, Rendition, Subject

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)


def picture(seed: str, alt: str = "A woman with short grey hair, seen from the front") -> Picture:
    """Three renditions whose bytes are not a picture but have its hash."""
    return Picture(alt, tuple(_rendition(seed, width) for width in (480, 960, 1600)))


def _rendition(seed: str, width: int) -> Rendition:
    data = f"{seed} {width}".encode()
    return Rendition(hashlib.sha256(data).hexdigest(), "image/jpeg", width, width * 3 // 4, data)


def content(**changes: Any) -> Content:
    """An appeal for a missing woman; every field that is not given is filled."""
    given = {"appeal": "k3j4h5g6", "language": "en", **changes}
    base = Content(
        appeal=given["appeal"],
        kind="missing",
        revision=1,
        language=given["language"],
        action="publish",
        is_exercise=False,
        force="Riverside Police",
        zone="Europe/Madrid",
        title="Have you seen Ada Quill?",
        happened="Ada left home on Sunday.\nShe <may> be confused & cold.",
        where="Mill Lane",
        when="2026-03-01T21:15",
        subjects=(Subject("Ada Quill", (("height", "1.62 m"), ("hair", "short, grey"))),),
        danger="Stay nearby and call 112.",
        contacts=("Call 112 if you see her now.", "Information: +34 600 555 010"),
        reference="RP/2026/0042",
        area="Riverside",
        link="https://help.example/r/--------",
        page=f"https://help.example/{given['language']}/appeals/{given['appeal']}/",
        tell=f"https://help.example/{given['language']}/tell",
        issued_at=MOMENT,
        pictures=(picture("front"), picture("coat", "A green coat")),
        reading="Somebody reads what you send every day from 08:00 to 01:00.",
    )
    return replace(base, **changes)


def closing(**changes: Any) -> Content:
    """The retraction of the same appeal."""
    words = {"action": "retract", "closing": "Thank you for your help.", "issued_at": LATER, "pictures": ()}
    return content(**{**words, **changes})


def settings(folder: Path, language: str = "en", public_url: str = "https://help.example") -> Settings:
    """A channel of the site or of the feeds."""
    return Settings(
        {"language": language, "folder": str(folder), "public_url": public_url, "force": "Riverside Police"}
    )


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def nothing_else(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The application behind the site: it has no pages."""
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"the application was asked"]


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """Serve the folder on a free port; yields the public address."""
    with make_server("127.0.0.1", 0, SiteResponder(nothing_else, folder), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
