"""The words of the tip form before Flask is asked: a route for one address costs more than sealing and storing them."""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask

from appeal import pages
from appeal.routes.public import site, tell
from appeal.routes.public.uploads import MOST_FORM_BYTES
from appeal.rules.clock import now

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]

ADDRESS = re.compile(rf"/({'|'.join(pages.languages())})/tell/words\Z")
ENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 100


class WordsResponder:
    """WSGI in front of `inner` that takes the words just as the view does; whatever it cannot read it passes on."""

    def __init__(self, app: Flask, inner: WSGIApp) -> None:
        self._app = app
        self._inner = inner

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a plain POST of the words; ask the application for everything else."""
        found = ADDRESS.match(environ.get("PATH_INFO", ""))
        size = _size(environ)
        if found is None or environ["REQUEST_METHOD"] != "POST" or not size:
            return self._inner(environ, start_response)
        body = environ["wsgi.input"].read(size)
        try:
            with self._app.app_context():
                address = environ.get("REMOTE_ADDR", "")
                answer = site.secure(tell.guard(tell.take_words(found[1], _fields(body), now(), address=address)))
        except Exception:
            # The view stores nothing twice and says what is wrong.
            environ["wsgi.input"] = BytesIO(body)
            return self._inner(environ, start_response)
        return answer(environ, start_response)


def _size(environ: Environ) -> int:
    """How many bytes of a form follow; 0 for anything but a short form in the plain encoding."""
    length = environ.get("CONTENT_LENGTH", "")
    is_plain = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == ENCODED
    size = int(length) if is_plain and length.isascii() and length.isdigit() else 0
    return size if size <= MOST_FORM_BYTES else 0


def _fields(body: bytes) -> dict[str, str]:
    """The first value of each field. ValueError for what is no form."""
    found: dict[str, str] = {}
    pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    for name, value in pairs:
        found.setdefault(name, value)
    return found
