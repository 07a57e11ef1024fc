"""The queue and the page of one tip: what is shown to whom, who may decide, and what two people at once get."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.routes.desk import tip_pages
from appeal.tips import board, indexing
from tests.desk import BASE, NOW, csrf_of, field_of, post
from tests.routes.desk.duty import PICTURE, acts, appeal, duty_app, get, picture, press, signed_in, tip, tip_row


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Flask]:
    yield duty_app(tmp_path, *tip_pages.MODULES)
    dispose_engines()


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    return signed_in(app, "ana", "triager")


@pytest.fixture
def ben(app: Flask, ana: FlaskClient) -> FlaskClient:
    return signed_in(app, "ben", "triager")


def references(text: str) -> list[str]:
    return re.findall(r"</span>([0-9A-Z]{4}-[0-9A-Z]{4})</a>", text)


def claimed(client: FlaskClient, tip_id: int) -> str:
    return press(client, f"/tips/{tip_id}/claim", f"/tips/{tip_id}").text


def test_an_empty_queue_says_how_it_fills(ana: FlaskClient) -> None:
    shown = get(ana, "/tips")
    assert shown.status_code == 200
    assert "Tips appear here by themselves" in shown.text


def test_queue_is_in_order_of_urgency_and_shows_no_word_of_a_tip(app: Flask, ana: FlaskClient) -> None:
    appeal(app)
    calm = tip(app, "Years ago I met somebody called Quillfeather.", appeal="k3v9q2mx7d")
    live = tip(app, "Zanzibar street corner", is_live=True, files=(picture(),))
    mine = tip(app, "Thunderbolt", is_about_me=True)

    shown = get(ana, "/tips").text

    assert references(shown) == [board.reference(one) for one in (live, mine, calm)]
    assert not any(word in shown for word in ("Quillfeather", "Zanzibar", "Thunderbolt"))
    assert "Live sighting" in shown
    assert "The person pressed “I can see this person now”." in shown
    assert "1 file" in shown
    assert "Who knows this man?" in shown
    assert "Sun 1 Mar 2026, 13:00 Europe/Madrid" in shown
    assert acts(app) == []


def test_filters_leave_only_what_fits(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    appeal(app)
    calm = tip(app, "one", appeal="k3v9q2mx7d")
    live = tip(app, "two", is_live=True)
    claimed(ben, calm)
    reference = board.reference

    assert references(get(ana, "/tips?lane=live").text) == [reference(live)]
    assert references(get(ana, "/tips?appeal=k3v9q2mx7d").text) == [reference(calm)]
    assert references(get(ben, "/tips?which=mine").text) == [reference(calm)]
    assert "You hold no tip" in get(ana, "/tips?which=mine").text
    assert "No tip is done" in get(ana, "/tips?which=done").text
    assert get(ana, "/tips?lane=nothing").status_code == 404
    assert get(ana, "/tips?which=nothing").status_code == 404
    assert get(ana, "/tips?after=nothing").status_code == 404


def test_pages_follow_each_other_and_lead_back(app: Flask, ana: FlaskClient) -> None:
    everything = {board.reference(tip(app, f"tip number {number}")) for number in range(60)}

    first = get(ana, "/tips").text
    second = get(ana, next_of(first)).text
    third = get(ana, next_of(second)).text

    pages = [references(page) for page in (first, second, third)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert {one for page in pages for one in page} == everything
    assert 'rel="next"' not in third
    assert references(get(ana, previous_of(third)).text) == pages[1]
    back = get(ana, previous_of(get(ana, previous_of(third)).text)).text
    assert references(back) == pages[0]
    assert 'rel="prev"' not in back


def next_of(text: str) -> str:
    return re.search(r'rel="next" href="([^"]+)"', text).group(1).replace("&amp;", "&")  # type: ignore[union-attr]


def previous_of(text: str) -> str:
    return re.search(r'rel="prev" href="([^"]+)"', text).group(1).replace("&amp;", "&")  # type: ignore[union-attr]


def live_of(text: str) -> str:
    address = re.search(r'hx-get="(/tips/live[^"]*)"', text).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    mark = re.search(r'id="live-mark" name="mark" value="([^"]*)"', text).group(1)  # type: ignore[union-attr]
    return f"{address}{'&' if '?' in address else '?'}mark={mark}"


def test_live_part_is_silent_until_something_changes(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    there = tip(app, "there already")
    shown = get(ana, "/tips").text
    assert get(ana, live_of(shown), **{"HX-Request": "true"}).status_code == 204

    claimed(ben, there)
    changed = get(ana, live_of(shown))
    assert changed.status_code == 200
    assert "held by Ben" in changed.text
    assert "live-words" not in changed.text

    tip(app, "new one", is_live=True)
    more = get(ana, live_of(shown)).text
    assert "1 new tip belongs on this page." in more
    assert 'href="/tips"' in more
    mark = re.search(r'value="([^"]+)"', more).group(1)  # type: ignore[union-attr]
    assert get(ana, live_of(shown).partition("mark=")[0] + f"mark={mark}").status_code == 204


def test_a_tip_is_closed_until_it_is_claimed(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "He sleeps in the Quillfeather barn.", facts={"where": "Quarry road"})

    closed = get(ana, f"/tips/{tip_id}").text
    assert "Quillfeather" not in closed
    assert acts(app) == []

    opened = claimed(ana, tip_id)
    assert "He sleeps in the Quillfeather barn." in opened
    assert "Quarry road" in opened
    assert acts(app) == [("officer:1", "claim tip"), ("officer:1", "view tip")]


def test_of_two_who_claim_the_second_is_told_who_has_it(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    tip_id = tip(app, "Quillfeather")
    form = get(ben, f"/tips/{tip_id}")
    claimed(ana, tip_id)

    fields = {"csrf_token": csrf_of(form), "request_id": field_of(form, "request_id")}
    sent = ben.post(f"/tips/{tip_id}/claim", data=fields, base_url=BASE, headers={"Referer": BASE})
    told = get(ben, sent.headers["Location"]).text

    assert "Ana is reading this tip." in told
    assert "Quillfeather" not in told
    assert tip_row(app, tip_id).claimed_by_id == 1


def test_next_tip_hands_out_the_most_urgent_one_once(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    tip(app, "calm words")
    live = tip(app, "live words", is_live=True)

    assert "live words" in press(ana, "/tips/next", "/tips").text
    assert "calm words" in press(ben, "/tips/next", "/tips").text
    assert "No unread tip is waiting." in press(ben, "/tips/next", "/tips").text
    assert tip_row(app, live).claimed_by_id == 1


def test_a_double_press_of_next_tip_claims_one_tip(app: Flask, ana: FlaskClient) -> None:
    tip(app, "one")
    tip(app, "two")
    form = get(ana, "/tips")
    fields = {"csrf_token": csrf_of(form), "request_id": field_of(form, "request_id")}

    places = [
        ana.post("/tips/next", data=fields, base_url=BASE, headers={"Referer": BASE}).headers["Location"]
        for _press in range(2)
    ]

    assert places[0] == places[1]
    assert [act for act in acts(app) if act[1] == "claim tip"] == [("officer:1", "claim tip")]


def test_a_decision_is_kept_and_leads_to_the_next_tip(app: Flask, ana: FlaskClient) -> None:
    first = tip(app, "first words")
    second = tip(app, "second words")
    ours, other = (
        (first, second) if references(get(ana, "/tips").text)[0] == board.reference(first) else (second, first)
    )
    claimed(ana, ours)

    shown = press(ana, f"/tips/{ours}/assess", f"/tips/{ours}", reason="too_vague")

    assert "Your decision is kept." in shown.text
    assert f"/tips/{other}/assess" in shown.text
    assert tip_row(app, ours).state == "done"
    done = get(ana, "/tips?which=done").text
    assert references(done) == [board.reference(ours)]
    assert "words" not in get(ana, f"/tips/{ours}").text.partition("tip-closed")[2].partition("Read it")[0]
    again = get(ana, f"/tips/{ours}?read=1").text
    assert "Too vague to act on." in again
    assert "by Ana" in again


def test_a_decision_without_a_reason_keeps_what_was_typed(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "words")
    claimed(ana, tip_id)

    shown = press(ana, f"/tips/{tip_id}/assess", f"/tips/{tip_id}", words="half a sentence")

    assert shown.status_code == 400
    assert "Choose what to do with this tip." in shown.text
    assert "half a sentence" in shown.text
    assert tip_row(app, tip_id).state == "claimed"


def test_words_are_needed_to_escalate_and_to_close_an_urgent_tip(app: Flask, ana: FlaskClient) -> None:
    calm, live = tip(app, "calm"), tip(app, "live", is_live=True)
    for one in (calm, live):
        claimed(ana, one)

    told = press(ana, f"/tips/{calm}/assess", f"/tips/{calm}", reason="supervisor")
    assert "Say in one sentence why you escalate." in told.text
    told = press(ana, f"/tips/{live}/assess", f"/tips/{live}", reason="too_vague")
    assert "This tip is urgent: say why it needs nothing." in told.text

    press(ana, f"/tips/{calm}/assess", f"/tips/{calm}", reason="supervisor", words="Names a minor.")
    press(ana, f"/tips/{live}/assess", f"/tips/{live}", reason="too_vague", words="Empty street.")
    assert tip_row(app, calm).state == "escalated"
    assert tip_row(app, live).state == "done"


def test_a_duplicate_needs_the_reference_of_another_tip(app: Flask, ana: FlaskClient) -> None:
    first, second = tip(app, "first"), tip(app, "second")
    claimed(ana, second)
    here = f"/tips/{second}"

    def told(reference: str) -> str:
        return press(ana, f"{here}/assess", here, reason="same_event", duplicate_of=reference).text

    assert "Name the tip that it repeats." in told("")
    assert "There is no tip with this reference." in told("ZZZZ-ZZZZ")
    assert "A reference has eight letters and figures" in told("abc")
    assert "A tip cannot repeat itself." in told(board.reference(second))
    assert "Your decision is kept." in told(board.reference(first).lower())
    assert f"Repeats {board.reference(first)}." in get(ana, f"{here}?read=1").text


def test_only_the_holder_decides(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    tip_id = tip(app, "words")
    claimed(ben, tip_id)

    told = press(ana, f"/tips/{tip_id}/assess", "/tips", reason="too_vague")

    assert "You do not hold this tip any more." in told.text
    assert tip_row(app, tip_id).state == "claimed"
    assert "You do not hold this tip any more." in press(ana, f"/tips/{tip_id}/release", "/tips").text


def test_what_was_added_meanwhile_is_read_before_the_decision(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "first words", source="sms", sender="+34600111222", thread="a", channel_id=None)
    claimed(ana, tip_id)
    form = get(ana, f"/tips/{tip_id}")
    fields = {name: field_of(form, name) for name in ("request_id", "seen")} | {"csrf_token": csrf_of(form)}
    assert tip(app, "more words", source="sms", sender="+34600111222", thread="a", channel_id=None) == tip_id

    told = ana.post(
        f"/tips/{tip_id}/assess", data=fields | {"reason": "too_vague"}, base_url=BASE, headers={"Referer": BASE}
    )

    assert "The person has added something. Read it before you decide." in told.text
    assert "more words" in told.text
    assert field_of(told, "seen") == "2"


def test_a_tip_that_is_given_back_waits_again(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "words")
    claimed(ana, tip_id)
    assert "The tip is back in the queue." in press(ana, f"/tips/{tip_id}/release", f"/tips/{tip_id}").text
    assert tip_row(app, tip_id).state == "unread"


def test_the_sender_is_shown_once_for_a_reason(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "words", source="sms", sender="+34600111222", thread="b")
    opened = claimed(ana, tip_id)
    assert "600111222" not in opened
    assert "Show who sent this" in opened

    refused = press(ana, f"/tips/{tip_id}/sender", f"/tips/{tip_id}", why="")
    assert "Say why you need to know who this is." in refused.text
    assert "600111222" not in refused.text

    told = press(ana, f"/tips/{tip_id}/sender", f"/tips/{tip_id}", why="Danger to life")
    assert "+34600111222" in told.text
    assert told.headers["Cache-Control"] == "no-store"
    assert "600111222" not in get(ana, f"/tips/{tip_id}").text
    assert ("officer:1", "reveal sender") in acts(app)


def test_a_picture_is_shown_and_anything_else_only_handed_over(app: Flask, ana: FlaskClient) -> None:
    page = picture("page.html", b"<script>alert(1)</script>", "text/html")
    tip_id = tip(app, "words", files=(picture(), page))
    opened = claimed(ana, tip_id)
    links = re.findall(rf'(?:src|href)="(/tips/{tip_id}/files/\d+/\d(?:\?download=1)?)"', opened)
    shown, handed = links[0], links[-1]

    answer = get(ana, shown)
    assert (answer.data, answer.mimetype) == (PICTURE, "image/png")
    assert "attachment" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    answer = get(ana, handed)
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=page.html"
    assert get(ana, f"{shown}9").status_code == 404
    opened_and_taken = [act for act in acts(app) if act[1].endswith("tip file")]
    assert opened_and_taken == [("officer:1", "open tip file"), ("officer:1", "download tip file")]


def test_files_open_for_the_holder_only(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    tip_id = tip(app, "words", files=(picture(),))
    address = re.findall(rf'"(/tips/{tip_id}/files/\d+/\d)"', claimed(ana, tip_id))[0]
    assert get(ben, address).status_code == 403
    assert get(ana, address).status_code == 200


def test_a_tip_is_found_by_its_reference(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "words")
    found = get(ana, f"/tips/find?reference={board.reference(tip_id).lower()}")
    assert found.headers["Location"] == f"/tips/{tip_id}"
    lost = get(ana, get(ana, "/tips/find?reference=nonsense").headers["Location"])
    assert "A reference has eight letters and figures" in lost.text


def test_a_claim_that_is_over_can_be_taken_by_another(
    app: Flask, ana: FlaskClient, clock: time_machine.Traveller
) -> None:
    tip_id = tip(app, "words")
    claimed(ana, tip_id)
    clock.move_to(NOW + timedelta(minutes=16))
    assert tip_row(app, tip_id).claim_until == NOW + timedelta(minutes=15)
    assert "/assess" in get(ana, f"/tips/{tip_id}").text


@pytest.mark.parametrize("role", ["author", "approver", "administrator", "auditor", "observer"])
def test_other_roles_see_no_tip(app: Flask, role: str) -> None:
    client = signed_in(app, role, role)
    tip_id = tip(app, "words")
    for address in ("/tips", "/tips/live", "/tips/find?reference=x", f"/tips/{tip_id}", f"/tips/{tip_id}/files/1/0"):
        assert get(client, address).status_code == 403
    for address in ("/tips/next", f"/tips/{tip_id}/claim", f"/tips/{tip_id}/assess", f"/tips/{tip_id}/sender"):
        assert post(client, address, "/account", reason="x").status_code == 403


def test_a_tip_that_is_not_there_is_not_found(ana: FlaskClient) -> None:
    assert get(ana, "/tips/12345").status_code == 404


def test_a_form_without_its_request_id_is_refused(app: Flask, ana: FlaskClient) -> None:
    tip_id = tip(app, "words")
    token = csrf_of(get(ana, "/tips"))
    sent = ana.post(f"/tips/{tip_id}/claim", data={"csrf_token": token}, base_url=BASE, headers={"Referer": BASE})
    assert sent.status_code == 400
    assert tip_row(app, tip_id).state == "unread"


def test_queue_shows_ages_names_views_and_filters(app: Flask, ana: FlaskClient) -> None:
    tip(app, "his name is Pedro Gomez", is_live=True)
    with app.app_context():
        indexing.index_tips(NOW)
    shown = get(ana, "/tips?hours=24&pictures=1&state=unread&language=es&source=sms").text
    assert "oldest unread" in shown
    assert "Pedro Gomez" in shown
    kept = press(ana, "/tips/views", "/tips", name="Night", hours="24", language="es")
    assert "The view is kept." in kept.text
    assert "hours=24" in kept.text
    assert ">Night</a>" in kept.text
    assert "Give it a name" in press(ana, "/tips/views", "/tips", name="").text
    assert ">Night</a>" not in press(ana, "/tips/views/1/remove", "/tips").text


def test_skim_page_decides_and_undoes(app: Flask, ana: FlaskClient) -> None:
    first, second = tip(app, "Quillfeather one"), tip(app, "two")
    shown = post(ana, "/tips/skim", "/tips", lane="to_read")
    assert "Quillfeather" in shown.text
    fields = {"csrf_token": csrf_of(shown), "request_id": field_of(shown, "request_id"), "lane": "to_read"}
    fields |= {f"choice-{first}": "too_vague", f"choice-{second}": "lift"}
    ids = {"tip": [str(first), str(second)]}
    sent = ana.post("/tips/skim/decide", data=fields | ids, base_url=BASE, headers={"Referer": f"{BASE}/tips"})
    assert "2 tips are decided" in get(ana, sent.headers["Location"]).text
    assert (tip_row(app, first).state, tip_row(app, second).lane) == ("done", "urgent")
    assert "2 tips are back" in press(ana, "/tips/undo/1", "/tips").text
    assert tip_row(app, first).state == "unread"


def test_skim_without_tips_says_so_and_goes_on_with_the_next_block(app: Flask, ana: FlaskClient) -> None:
    assert "No unread tip is left to skim" in press(ana, "/tips/skim", "/tips", lane="nonsense").text
    for number in range(11):
        tip(app, f"number {number}")
    shown = post(ana, "/tips/skim", "/tips")
    fields = {"csrf_token": csrf_of(shown), "request_id": field_of(shown, "request_id"), "on": "1"}
    fields |= {"after": field_of(shown, "after"), "tip": ""}
    following = ana.post("/tips/skim/decide", data=fields, base_url=BASE, headers={"Referer": f"{BASE}/tips"})
    assert following.text.count("data-line>") == 1


def test_several_are_closed_together_from_the_queue(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "one")
    assert press(ana, "/tips/together", "/tips", chosen=str(one)).status_code == 400
    press(ana, "/tips/together", "/tips", chosen=str(one), reason="nothing_said")
    assert tip_row(app, one).is_closed_unread
    assert "closed unread" in get(ana, "/tips?which=closed_unread").text


def test_second_reading_is_offered_to_the_other_officer(app: Flask, ana: FlaskClient, ben: FlaskClient) -> None:
    one = tip(app, "right now he is here", is_live=True)
    claimed(ana, one)
    post(ana, f"/tips/{one}/assess", f"/tips/{one}", reason="checked_not", words="not him", seen="1")
    assert board.reference(one) not in get(ana, "/tips/second").text
    assert board.reference(one) in get(ben, "/tips/second").text
    press(ben, "/tips/second/1", "/tips/second", is_agreed="no")
    assert tip_row(app, one).state == "unread"


def test_single_keys_are_chosen_on_a_page(app: Flask, ana: FlaskClient) -> None:
    assert 'name="skim.keep"' in get(ana, "/tips/keys").text
    saved = press(ana, "/tips/keys", "/tips/keys", is_on="y", **{"skim.keep": "z"})
    assert "Your keys are kept." in saved.text
    wrong = post(ana, "/tips/keys", **{"skim.keep": "l"})
    assert (wrong.status_code, "Another command has this key." in wrong.text) == (400, True)


def test_a_tip_shows_its_radio_block_work_and_first_reading(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "white van 4821 KLM", files=(picture(),), facts={"where": "Mill Bridge"})
    shown = claimed(ana, one)
    assert "Mill Bridge" in shown
    assert "4821KLM" in shown
    assert "Show pictures clearly and in colour" in shown
    assert "How it was first read" in shown
    assert "unit 7" in press(ana, f"/tips/{one}/pass", f"/tips/{one}", unit="unit 7").text
    assert "It helped" in press(ana, "/tips/actions/1/outcome", f"/tips/{one}", outcome="helped").text
    assert "call back" in press(ana, f"/tips/{one}/note", f"/tips/{one}", words="call back", is_task="y").text
    assert "to do" not in press(ana, "/tips/tasks/1/finish", f"/tips/{one}").text


def test_points_away_is_chosen_with_the_decision(app: Flask, ana: FlaskClient) -> None:
    one = tip(app, "he was with me")
    claimed(ana, one)
    press(ana, f"/tips/{one}/assess", f"/tips/{one}", reason="too_vague", points_away="y", seen="1")
    assert (tip_row(app, one).state, tip_row(app, one).points_away) == ("escalated", True)
