"""A browser for the story: cookies, redirects, and patience with a process that is just being started again."""

import time
from collections.abc import Callable

import requests

from appeal.story.forms import Form, Page

CONNECT_SECONDS, READ_SECONDS = 5, 60
PAUSE_SECONDS = 0.2
LATER = {502, 503}


class Browser:
    """One person's browser; what did not get through is sent again, as a person would press again."""

    def __init__(self, base: str, *, patience_seconds: float = 60.0) -> None:
        self.base = base.rstrip("/")
        self._patience = patience_seconds
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._page(lambda: self._session.get(self._whole(path), timeout=(CONNECT_SECONDS, READ_SECONDS)))

    def download(self, path: str) -> bytes:
        """The bytes at an address; raises for anything but 200."""
        answer = self._patiently(lambda: self._session.get(self._whole(path), timeout=(CONNECT_SECONDS, READ_SECONDS)))
        answer.raise_for_status()
        return answer.content

    def press(self, form: Form, button: str = "") -> Page:
        """Press a button of a form."""
        sent = form.press(button)
        given = {"params": sent.fields} if sent.method == "GET" else {"data": sent.fields, "files": sent.files or None}
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        return self._page(lambda: self._session.request(sent.method, sent.address, timeout=timeout, **given))

    def _whole(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def _page(self, ask: Callable[[], requests.Response]) -> Page:
        answer = self._patiently(ask)
        answer.encoding = "utf-8"
        page = Page(answer.status_code, answer.url, answer.text)
        self._session.headers["Referer"] = answer.url
        return page

    def _patiently(self, ask: Callable[[], requests.Response]) -> requests.Response:
        until = time.monotonic() + self._patience
        while True:
            try:
                answer = ask()
                if answer.status_code not in LATER or time.monotonic() > until:
                    return answer
                pause = float(answer.headers.get("Retry-After", "1"))
            except requests.RequestException:  # not answered, or cut off in the middle of the answer
                if time.monotonic() > until:
                    raise
                pause = PAUSE_SECONDS
            time.sleep(min(pause, 5.0))
