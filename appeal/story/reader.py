"""Somebody who reads the public site: finds the appeal, and later looks whether it is gone."""

import re

from appeal.story.browser import Browser
from appeal.story.forms import NotOnThePage

PICTURE = re.compile(r"/pictures/[0-9a-f]+\.(?:jpg|jpeg|png|webp|avif)")


class Reader:
    """Remembers every address of one appeal that it saw: pages in all languages and pictures."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._seen: list[str] = []

    def find(self, public_id: str, languages: tuple[str, ...] = ("en", "es")) -> str:
        """Open the lists and follow them to the appeal; returns its page's address in the first language."""
        for language in languages:
            listed = self._browser.get(f"/{language}/").links(f"/appeals/{public_id}")
            if not listed:
                raise NotOnThePage(f"the list in {language} does not show the appeal")
            page = self._browser.get(listed[0])
            self._seen += [listed[0], *sorted(set(PICTURE.findall(page.text)))]
        return self._seen[0]

    def statuses(self) -> dict[str, int]:
        """What each address that was seen answers now."""
        return {address: self._browser.get(address).status for address in dict.fromkeys(self._seen)}
