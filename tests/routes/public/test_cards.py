"""Cards show what the site shows, to partners' frames only, and say 410 as soon as the site does."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import writing
from appeal.installation import current
from appeal.models.release import Channel
from appeal.publishers.base import Settings
from appeal.publishers.site import Site
from appeal.rules.clock import now
from tests.publishers.appeals import closing, content
from tests.routes.public.conftest import PUBLIC_URL

CARD = "/cards/en/k3j4h5g6"


@pytest.fixture
def site(public: Flask) -> Site:
    folder = str(current().config.site)
    made = Site(Settings({"language": "en", "folder": folder, "public_url": PUBLIC_URL, "force": "Riverside Police"}))
    made.send(made.compose(content()), "", "")
    return made


def partner(origin: str, *, is_active: bool = True) -> None:
    with writing() as session:
        row = Channel(publisher="partner", name=origin or "none", language="en", created_at=now(), is_active=is_active)
        row.settings = {"embed_origin": origin}
        session.add(row)


def test_card_shows_the_appeal_and_leads_to_our_page(site: Site, client: FlaskClient) -> None:
    answer = client.get(CARD)
    assert answer.status_code == 200
    assert "Have you seen Ada Quill?" in answer.text
    assert f'href="{PUBLIC_URL}/en/appeals/k3j4h5g6/" target="_top"' in answer.text
    assert "<script" not in answer.text
    for never_cut in ("Stay nearby and call 112.", "Information: +34 600 555 010"):
        assert never_cut in answer.text

    told = client.get(f"{CARD}.json").get_json()
    assert (told["is_shown"], told["title"]) == (True, "Have you seen Ada Quill?")
    assert (told["danger"], told["contacts"][0]) == ("Stay nearby and call 112.", "Call 112 if you see her now.")
    assert told["page"] == f"{PUBLIC_URL}/en/appeals/k3j4h5g6/"
    assert told["picture"]["url"].startswith(f"{PUBLIC_URL}/pictures/")


def test_card_of_what_is_down_answers_410_and_says_nothing_of_it(site: Site, client: FlaskClient) -> None:
    site.retract("/en/appeals/k3j4h5g6/", site.compose(closing()))
    for address in (CARD, f"{CARD}.json"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "no-store")
        assert "Ada" not in answer.text
        assert "This appeal is no longer shown" in answer.text


def test_only_sites_of_partners_may_frame_a_card(site: Site, client: FlaskClient) -> None:
    def ancestors() -> str:
        answer = client.get(CARD)
        assert "X-Frame-Options" not in answer.headers
        return answer.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]

    assert ancestors() == "'none'"
    partner("https://jobs.example/")
    partner("https://gone.example", is_active=False)
    partner("https://evil.example; script-src *")
    partner("*")
    partner("")
    assert ancestors() == "https://jobs.example"


@pytest.mark.parametrize(
    "address", ["/cards/en/unknown", "/cards/xx/k3j4h5g6", "/cards/en/..%2f..%2fsite", "/cards/en/a b", "/cards/en/%00"]
)
def test_card_of_nothing_is_not_found(site: Site, client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_card_is_in_the_language_of_its_address(site: Site, client: FlaskClient, tmp_path: Path) -> None:
    made = Site(
        Settings({"language": "es", "folder": str(current().config.site), "public_url": PUBLIC_URL, "force": "Policía"})
    )
    made.send(made.compose(content(language="es")), "", "")
    assert '<html lang="es">' in client.get("/cards/es/k3j4h5g6").text
