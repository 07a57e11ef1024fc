"""The site: pages from records, the same twice changes nothing, withdrawn means gone."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from appeal.publishers.base import Found
from appeal.publishers.site import Site
from appeal.rules import addresses
from appeal.rules.content import LINK_PLACEHOLDER, Picture, Rendition
from appeal.rules.errors import ContentRefused, DoesNotFit, TryLater
from appeal.wire import folder
from tests.publishers.appeals import MOMENT, closing, content, picture, settings, shown

ADDRESS = "/en/appeals/k3j4h5g6/"
PAGE = "en/appeals/k3j4h5g6/index.html"


def state(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its bytes and its time."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_compose_says_everything_a_reader_needs(tmp_path: Path) -> None:
    html = Site(settings(tmp_path)).compose(content()).html
    assert re.findall(r"<h[12][^>]*>(.*?)</h[12]>", html) == [
        "Have you seen Ada Quill?",
        "What happened",
        "Ada Quill",
        "More pictures",
        "How to reach us",
        "Is this you, or is it the wrong person?",
    ]
    assert re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", html) == [
        ("Where", "Mill Lane"),
        ("When", "Sun 1 Mar 2026, 21:15 Europe/Madrid"),
        ("Area", "Riverside"),
        ("Reference", "RP/2026/0042"),
        ("Height", "1.62 m"),
        ("Hair", "short, grey"),
    ]
    assert re.findall(r'href="(tel:[^"]*)"', html) == ["tel:112", "tel:+34600555010"]
    assert re.findall(r'<form method="post" action="([^"]*)">\s*<button[^>]* name="(\w+)" value="(\w+)"', html) == [
        ("/en/tell", "appeal", "k3j4h5g6"),
        ("/en/tell", "about_me", "k3j4h5g6"),
    ]
    assert html.index("Stay nearby and call 112.") < html.index("<p>Ada left home on Sunday.")


def test_compose_escapes_words_in_page_and_structured_text(tmp_path: Path) -> None:
    html = Site(settings(tmp_path)).compose(content(happened="</script><b>bold</b>")).html
    assert "<b>bold" not in html
    assert html.count("</script>") == 1
    structured = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)[0])
    assert structured["text"] == "</script><b>bold</b>"
    assert structured["about"] == [{"@type": "Person", "name": "Ada Quill", "description": "1.62 m. short, grey"}]


def test_compose_names_pictures_by_content_in_all_widths(tmp_path: Path) -> None:
    appeal = content()
    html = Site(settings(tmp_path)).compose(appeal).html
    small, middle, large = (addresses.picture_address(one) for one in appeal.pictures[0].renditions)
    assert f'src="{middle}" alt="A woman with short grey hair, seen from the front"' in html
    assert f'srcset="{small} 480w, {middle} 960w, {large} 1600w"' in html
    assert f'<meta property="og:image" content="https://help.example{large}">' in html


def test_compose_reads_nothing_but_its_argument(tmp_path: Path) -> None:
    here = Site(settings(tmp_path / "a")).compose(content())
    there = Site(settings(tmp_path / "b", public_url="https://other.example")).compose(content())
    assert here.sha256() == there.sha256()
    assert not (tmp_path / "a").exists()


def test_compose_marks_an_exercise(tmp_path: Path) -> None:
    post = Site(settings(tmp_path)).compose(content(is_exercise=True))
    assert post.text.startswith("EXERCISE")
    assert post.title == "EXERCISE – Have you seen Ada Quill?"
    assert 'class="is-exercise"' in post.html
    assert '<meta name="robots" content="noindex, nofollow">' in post.html


def test_compose_marks_the_end_of_an_exercise(tmp_path: Path) -> None:
    post = Site(settings(tmp_path)).compose(closing(is_exercise=True))
    assert post.text == "EXERCISE – Thank you for your help."
    assert 'class="is-exercise"' in post.html


def test_compose_carries_no_link_key(tmp_path: Path) -> None:
    post = Site(settings(tmp_path)).compose(content())
    assert LINK_PLACEHOLDER not in post.html + post.text + post.files["record.json"]


def test_compose_keeps_words_that_are_no_moment(tmp_path: Path) -> None:
    html = Site(settings(tmp_path)).compose(content(when="In the night to Monday")).html
    assert "In the night to Monday" in html


def test_compose_lists_all_reasons_that_do_not_fit(tmp_path: Path) -> None:
    wrong = replace(picture("x", alt=" "), renditions=(Rendition("0" * 64, "image/heic", 10, 10),))
    with pytest.raises(DoesNotFit) as raised:
        Site(settings(tmp_path)).compose(content(title="", happened="x" * 10_001, pictures=(wrong,) * 11))
    assert raised.value.reasons[0] == "The title is empty."
    assert raised.value.reasons[2] == "There are 11 pictures; 10 is the most."
    assert raised.value.reasons[-2:] == [
        "Picture 11 has no alt text.",
        "Picture 11 is of a kind that browsers do not show.",
    ]
    assert len(raised.value.reasons) == 25


def test_send_writes_page_pictures_list_and_sitemap(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    appeal = content()
    receipt = site.send(site.compose(appeal), "", "")
    assert (receipt.external_id, receipt.permalink) == (ADDRESS, f"https://help.example{ADDRESS}")
    assert "Have you seen Ada Quill?" in (tmp_path / PAGE).read_text()
    assert (tmp_path / "en/index.html").read_text().count('<li class="card">') == 1
    assert re.findall("<loc>(.*?)</loc>", (tmp_path / "sitemap.xml").read_text()) == [f"https://help.example{ADDRESS}"]
    stored = {path.name: path.read_bytes() for path in (tmp_path / "pictures").iterdir()}
    every = [one for picture in appeal.pictures for one in picture.renditions]
    assert stored == {f"{one.sha256[:20]}.jpg": one.data for one in every}
    assert json.loads((tmp_path / "site.json").read_text()) == {"language": "en"}


def test_send_twice_changes_no_byte_and_no_time(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    site.send(site.compose(content()), "", "")
    before = state(tmp_path)
    assert site.send(site.compose(content()), "", "another1").external_id == ADDRESS
    assert state(tmp_path) == before


def test_send_refuses_a_picture_that_is_not_the_approved_one(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    good = picture("front")
    swapped = replace(good.best, data=b"something else")
    post = site.compose(content(pictures=(Picture(good.alt, (swapped,)),)))
    with pytest.raises(ContentRefused):
        site.send(post, "", "")
    assert not (tmp_path / PAGE).exists()


def test_send_says_try_later_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file in the way")
    site = Site(settings(tmp_path / "site"))
    with pytest.raises(TryLater):
        site.send(site.compose(content()), "", "")
    assert site.check().is_well is False


def test_send_in_two_languages_links_the_pages_to_each_other(tmp_path: Path) -> None:
    english, spanish = Site(settings(tmp_path)), Site(settings(tmp_path, "es"))
    english.send(english.compose(content()), "", "")
    assert 'hreflang="es"' not in (tmp_path / PAGE).read_text()
    spanish.send(spanish.compose(content(language="es")), "", "")
    assert '<a href="/es/appeals/k3j4h5g6/" hreflang="es" lang="es">Español</a>' in (tmp_path / PAGE).read_text()
    spanish.retract("/es/appeals/k3j4h5g6/", spanish.compose(closing(language="es")))
    assert 'hreflang="es"' not in (tmp_path / PAGE).read_text()


def test_list_is_newest_first_and_holds_no_withdrawn_appeal(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    for name, day in (("aaaa", 3), ("bbbb", 5), ("cccc", 4), ("dddd", 6)):
        site.send(site.compose(content(appeal=name, title=name, issued_at=MOMENT.replace(day=day))), "", "")
    site.retract("/en/appeals/dddd/", site.compose(closing(appeal="dddd")))
    listed = re.findall(r'<h2><a href="[^"]*">(\w+)</a>', (tmp_path / "en/index.html").read_text())
    assert listed == ["bbbb", "cccc", "aaaa"]


def test_update_replaces_the_page_and_withdraws_dropped_pictures(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    old, new = content(), content(action="update", title="Ada wears a red coat", pictures=(picture("front"),))
    site.send(site.compose(old), "", "")
    assert site.update(ADDRESS, site.compose(new), "", "").external_id == ADDRESS
    assert "Ada wears a red coat" in (tmp_path / PAGE).read_text()
    dropped = sorted(addresses.picture_address(one) for one in old.pictures[1].renditions)
    assert list(folder.gone_map((tmp_path / "gone.map").read_text())) == dropped
    assert len(list((tmp_path / "pictures").iterdir())) == 3


def test_retract_leaves_nothing_of_what_was_said(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    site.send(site.compose(content()), "", "")
    site.retract(ADDRESS, site.compose(closing()))
    told = b"".join(content for content, _ in state(tmp_path).values())
    assert [word for word in (b"Ada", b"Quill", b"Mill Lane", b"RP/2026", b"grey") if word in told] == []
    assert list((tmp_path / "pictures").iterdir()) == []
    gone = (tmp_path / "gone" / PAGE).read_text()
    assert "This appeal is no longer shown" in gone
    assert "Thank you for your help." in gone
    assert 'content="noindex, noarchive"' in gone


def test_retract_twice_changes_no_byte_and_no_time(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    site.send(site.compose(content()), "", "")
    site.retract(ADDRESS, site.compose(closing()))
    before = state(tmp_path)
    site.retract(ADDRESS, site.compose(closing()))
    assert state(tmp_path) == before


def test_retract_keeps_pictures_that_another_appeal_shows(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    site.send(site.compose(content()), "", "")
    other = content(appeal="other", pictures=(picture("coat", "A coat"),))
    site.send(site.compose(other), "", "")
    site.retract(ADDRESS, site.compose(closing()))
    left = sorted(f"/pictures/{path.name}" for path in (tmp_path / "pictures").iterdir())
    assert left == sorted(addresses.picture_addresses(other.pictures))


def test_retract_of_what_was_never_sent_answers_gone_all_the_same(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    site.retract(ADDRESS, site.compose(closing()))
    assert folder.gone_map((tmp_path / "gone.map").read_text()) == {ADDRESS: "en"}


def test_send_after_a_retraction_shows_it_again(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    site.send(site.compose(content()), "", "")
    before = {
        name: content for name, (content, _) in state(tmp_path).items() if name != "records/site/en/k3j4h5g6.json"
    }
    site.retract(ADDRESS, site.compose(closing()))
    site.send(site.compose(content()), "", "")
    after = {name: content for name, (content, _) in state(tmp_path).items() if name in before}
    assert after == before
    assert not (tmp_path / "gone" / PAGE).exists()


def test_is_out_asks_the_public_address_and_its_pictures(tmp_path: Path) -> None:
    with shown(tmp_path) as public_url:
        site = Site(settings(tmp_path, public_url=public_url))
        site.send(site.compose(content()), "", "")
        assert site.is_out(ADDRESS).found is Found.THERE
        site.retract(ADDRESS, site.compose(closing()))
        assert site.is_out(ADDRESS).found is Found.NOT_THERE
        left = tmp_path / addresses.picture_address(content().pictures[0].best).removeprefix("/")
        left.write_bytes(b"a picture that was left behind")
        assert site.is_out(ADDRESS).found is Found.THERE


def test_is_out_cannot_tell_what_was_never_there_or_does_not_answer(tmp_path: Path) -> None:
    with shown(tmp_path) as public_url:
        site = Site(settings(tmp_path, public_url=public_url))
        assert site.is_out(ADDRESS).found is Found.CANNOT_TELL
    assert site.is_out(ADDRESS).found is Found.CANNOT_TELL


def test_find_knows_exactly_this_post(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    post, other = site.compose(content()), site.compose(content(title="Another title"))
    assert site.find("", "", post, MOMENT).found is Found.NOT_THERE
    site.send(post, "", "")
    found = site.find("", "", post, MOMENT)
    assert (found.found, found.receipt and found.receipt.external_id) == (Found.THERE, ADDRESS)
    assert site.find("", "", other, MOMENT).found is Found.NOT_THERE


def test_find_does_not_trust_half_a_site(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    post = site.compose(content())
    site.send(post, "", "")
    (tmp_path / PAGE).unlink()
    assert site.find("", "", post, MOMENT).found is Found.NOT_THERE


@pytest.mark.parametrize("external_id", ["/en/../../etc/", "/en/appeals/../x/", "en/appeals/x/", "/en/appeals/.x/"])
def test_addresses_that_lead_elsewhere_are_refused(tmp_path: Path, external_id: str) -> None:
    site = Site(settings(tmp_path))
    with pytest.raises(ValueError, match=r"appeals|etc"):
        site.retract(external_id, site.compose(closing()))


def test_check_makes_an_empty_site(tmp_path: Path) -> None:
    site = Site(settings(tmp_path))
    assert site.check().is_well is True
    assert "There is no appeal at the moment." in (tmp_path / "en/index.html").read_text()
