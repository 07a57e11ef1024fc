"""The feeds: one entry under one id through publishing, updating and closing, with a CAP message for each."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from appeal.publishers.base import Found
from appeal.publishers.feeds import CLOSED_KEPT, Feeds
from appeal.rules.errors import DoesNotFit
from appeal.wire import folder
from tests.publishers.appeals import LATER, MOMENT, closing, content, settings, shown
from tests.publishers.test_site import state

ID = "/feeds/en/feed.json#k3j4h5g6"
PAGE = "https://help.example/en/appeals/k3j4h5g6/"
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "c": "urn:oasis:names:tc:emergency:cap:1.2",
}


def atom(root: Path) -> Any:
    return etree.parse(root / "feeds/en/atom.xml").getroot()


def rss(root: Path) -> Any:
    return etree.parse(root / "feeds/en/rss.xml").getroot()


def items(root: Path) -> list[dict[str, Any]]:
    document = json.loads((root / "feeds/en/feed.json").read_text())
    found: list[dict[str, Any]] = document["items"]
    return found


def alert(root: Path, number: int) -> Any:
    return etree.parse(root / f"feeds/en/cap/k3j4h5g6-en-{number}.xml").getroot()


def said(element: Any, path: str) -> list[str]:
    return [str(found if isinstance(found, str) else found.text) for found in element.xpath(path, namespaces=NAMES)]


def test_send_puts_the_entry_into_all_feeds(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    receipt = feeds.send(feeds.compose(content()), "", "")
    assert (receipt.external_id, receipt.permalink) == (ID, "https://help.example/feeds/en/feed.json")
    assert said(atom(tmp_path), "a:entry/a:id") == [PAGE]
    assert said(atom(tmp_path), "a:entry/a:title") == ["Have you seen Ada Quill?"]
    assert said(atom(tmp_path), "a:entry/a:updated") == ["2026-03-02T09:30:00+00:00"]
    assert said(rss(tmp_path), "channel/item/guid") == [PAGE]
    assert said(rss(tmp_path), "channel/item/pubDate") == ["Mon, 02 Mar 2026 09:30:00 +0000"]
    (item,) = items(tmp_path)
    assert (item["id"], item["_appeal"]) == (PAGE, {"id": "k3j4h5g6", "state": "shown"})
    best = content().pictures[0].best
    assert item["image"] == f"https://help.example/pictures/{best.sha256[:20]}.jpg"
    assert said(rss(tmp_path), "channel/item/enclosure/@length") == [str(len(best.data))]


def test_send_twice_changes_no_byte_and_no_time(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content()), "", "")
    before = state(tmp_path)
    feeds.send(feeds.compose(content()), "", "")
    assert state(tmp_path) == before


def test_cap_has_the_elements_of_the_standard_in_its_order(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content()), "", "")
    root = alert(tmp_path, 1)
    assert [etree.QName(child).localname for child in root] == [
        "identifier",
        "sender",
        "sent",
        "status",
        "msgType",
        "source",
        "scope",
        "info",
    ]
    info = root[-1]
    assert [etree.QName(child).localname for child in info] == [
        "language",
        "category",
        "event",
        "responseType",
        "urgency",
        "severity",
        "certainty",
        "effective",
        "expires",
        "senderName",
        "headline",
        "description",
        "instruction",
        "web",
        "contact",
        "resource",
        "area",
    ]
    told = {etree.QName(child).localname: child.text for child in [*root, *info]}
    assert (told["identifier"], told["sender"]) == ("k3j4h5g6-en-1", "help.example")
    assert (told["sent"], told["expires"]) == ("2026-03-02T09:30:00-00:00", "2026-03-09T09:30:00-00:00")
    assert (told["status"], told["msgType"], told["category"]) == ("Actual", "Alert", "Rescue")
    assert told["web"] == PAGE


def test_cap_of_an_exercise_says_so(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content(is_exercise=True)), "", "")
    assert said(alert(tmp_path, 1), "c:status") == ["Exercise"]
    assert said(alert(tmp_path, 1), "c:info/c:headline") == ["EXERCISE – Have you seen Ada Quill?"]
    assert said(atom(tmp_path), "a:title") == ["EXERCISE – Riverside Police: Can you help?"]


def test_update_keeps_the_id_and_sends_a_cap_update(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content()), "", "")
    feeds.update(ID, feeds.compose(content(action="update", title="Ada wears a red coat")), "", "")
    assert said(atom(tmp_path), "a:entry/a:id") == [PAGE]
    assert said(atom(tmp_path), "a:entry/a:title") == ["Ada wears a red coat"]
    assert said(atom(tmp_path), "a:entry/a:published") == ["2026-03-02T09:30:00+00:00"]
    assert said(atom(tmp_path), "a:entry/a:updated") == ["2026-03-02T09:30:01+00:00"]
    assert said(alert(tmp_path, 2), "c:msgType") == ["Update"]
    assert said(alert(tmp_path, 2), "c:references") == ["help.example,k3j4h5g6-en-1,2026-03-02T09:30:00-00:00"]
    assert list(folder.gone_map((tmp_path / "gone.map").read_text())) == ["/feeds/en/cap/k3j4h5g6-en-1.xml"]


def test_retract_closes_the_entry_and_leaves_nothing_of_what_was_said(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content()), "", "")
    feeds.retract(ID, feeds.compose(closing()))
    assert said(atom(tmp_path), "a:entry/a:id") == [PAGE]
    assert said(atom(tmp_path), "a:entry/a:title") == ["This appeal is no longer shown"]
    assert said(atom(tmp_path), "at:deleted-entry/@ref") == [PAGE]
    assert said(atom(tmp_path), "at:deleted-entry/@when") == ["2026-03-03T20:00:00+00:00"]
    assert said(rss(tmp_path), "channel/item/enclosure/@url") == []
    (item,) = items(tmp_path)
    assert (item["id"], item["_appeal"]["state"], "image" in item) == (PAGE, "closed", False)
    assert item["content_text"] == "Thank you for your help."
    assert said(alert(tmp_path, 2), "c:msgType") == ["Cancel"]
    assert said(alert(tmp_path, 2), "c:references") == ["help.example,k3j4h5g6-en-1,2026-03-02T09:30:00-00:00"]
    told = b"".join(content for content, _ in state(tmp_path).values())
    assert [word for word in (b"Ada", b"Quill", b"Mill Lane", b"RP/2026") if word in told] == []


def test_a_closed_appeal_that_is_shown_again_begins_a_new_alert(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content()), "", "")
    feeds.retract(ID, feeds.compose(closing()))
    feeds.send(feeds.compose(content()), "", "")
    assert said(alert(tmp_path, 3), "c:msgType") == ["Alert"]
    assert said(alert(tmp_path, 3), "c:references") == []
    assert datetime.fromisoformat(items(tmp_path)[0]["date_modified"]) == LATER + timedelta(seconds=1)
    assert said(atom(tmp_path), "at:deleted-entry/@ref") == []


def test_feeds_are_newest_first_and_forget_old_closed_entries(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    for number in range(CLOSED_KEPT + 2):
        name = f"a{number:02}"
        moment = LATER + timedelta(hours=number)
        feeds.retract(f"/feeds/en/feed.json#{name}", feeds.compose(closing(appeal=name, issued_at=moment)))
    feeds.send(feeds.compose(content(appeal="old", issued_at=MOMENT)), "", "")
    told = [item["_appeal"]["id"] for item in items(tmp_path)]
    assert told == [*(f"a{number:02}" for number in range(CLOSED_KEPT + 1, 1, -1)), "old"]


def test_feeds_of_another_language_hold_other_entries(tmp_path: Path) -> None:
    english, spanish = Feeds(settings(tmp_path)), Feeds(settings(tmp_path, "es"))
    spanish.send(spanish.compose(content(language="es")), "", "")
    english.prepare()
    assert items(tmp_path) == []
    assert len(json.loads((tmp_path / "feeds/es/feed.json").read_text())["items"]) == 1


def test_is_out_asks_the_public_feed(tmp_path: Path) -> None:
    with shown(tmp_path) as public_url:
        feeds = Feeds(settings(tmp_path, public_url=public_url))
        assert feeds.is_out(ID).found is Found.CANNOT_TELL
        feeds.send(feeds.compose(content()), "", "")
        assert feeds.is_out(ID).found is Found.THERE
        feeds.retract(ID, feeds.compose(closing()))
        assert feeds.is_out(ID).found is Found.NOT_THERE
    assert feeds.is_out(ID).found is Found.CANNOT_TELL


def test_find_knows_exactly_this_post(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    post, other = feeds.compose(content()), feeds.compose(content(title="Another title"))
    assert feeds.find("", "", post, MOMENT).found is Found.NOT_THERE
    feeds.send(post, "", "")
    assert feeds.find("", "", post, MOMENT).found is Found.THERE
    assert feeds.find("", "", other, MOMENT).found is Found.NOT_THERE
    (tmp_path / "feeds/en/feed.json").unlink()
    assert feeds.find("", "", post, MOMENT).found is Found.NOT_THERE


def test_compose_refuses_what_has_no_title_or_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(DoesNotFit) as raised:
        Feeds(settings(tmp_path)).compose(content(title=" ", happened="x" * 10_000))
    assert raised.value.reasons[0] == "The title is empty."
    assert len(raised.value.reasons) == 2


def test_characters_that_xml_forbids_break_nothing(tmp_path: Path) -> None:
    feeds = Feeds(settings(tmp_path))
    feeds.send(feeds.compose(content(title="Ada\x0b\x00 Quill", happened="a\x1fb")), "", "")
    assert said(atom(tmp_path), "a:entry/a:title") == ["Ada Quill"]
    assert said(alert(tmp_path, 1), "c:info/c:headline") == ["Ada Quill"]
