"""X, spoken to by the real tweepy client."""

import base64
import hashlib
import io

import pytest
import requests
import tweepy
from PIL import Image
from requests_oauthlib import OAuth1

from appeal.exercise.app import Exercise
from tests.exercise.conftest import Control

LINK = "http://127.0.0.1:8000/r/Ab3dEf9h"


def picture(kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, kind)
    return made.getvalue()


def upload(x: tweepy.Client, content: bytes) -> str:
    body = {"media": base64.b64encode(content).decode(), "media_category": "tweet_image"}
    answer = x.request("POST", "/2/media/upload", json=body, user_auth=True).json()
    assert 86_000 < answer["data"]["expires_after_secs"] <= 86_400
    return str(answer["data"]["id"])


def own_posts(x: tweepy.Client, **more: object) -> list[tweepy.Tweet]:
    return x.get_users_tweets(1001, user_auth=True, tweet_fields=["entities"], **more).data or []


def test_post_is_published_and_found_by_its_expanded_link(x: tweepy.Client, control: Control) -> None:
    made = x.create_tweet(text=f"Have you seen him? {LINK} Call <112> & wait.")
    found = x.get_tweet(made.data["id"], user_auth=True, tweet_fields=["entities", "created_at", "author_id"])

    link = found.data.entities["urls"][0]
    assert found.data.text == f"Have you seen him? {link['url']} Call &lt;112&gt; &amp; wait."
    assert link["expanded_url"] == LINK
    assert found.data.text[link["start"] : link["end"]] == link["url"]
    assert found.data.author_id == 1001
    [post] = control.state()["posts"]
    assert (post["keys"], post["author"], post["is_public"]) == (["Ab3dEf9h"], "policia_prueba", True)


def test_post_without_asked_fields_carries_the_default_ones_only(x: tweepy.Client) -> None:
    made = x.create_tweet(text="Plain")
    x.return_type = dict

    assert x.get_tweet(made.data["id"], user_auth=True)["data"] == {
        "id": made.data["id"],
        "text": "Plain",
        "edit_history_tweet_ids": [made.data["id"]],
    }


def test_post_carries_pictures_with_alternative_text(x: tweepy.Client, control: Control, exercise: Exercise) -> None:
    media_id = upload(x, picture())
    described = {"id": media_id, "metadata": {"alt_text": {"text": "A red field"}}}
    answer = x.request("POST", "/2/media/metadata", json=described, user_auth=True).json()
    assert answer["data"] == {"id": media_id, "associated_metadata": {"alt_text": {"text": "A red field"}}}
    made = x.create_tweet(text="With a picture", media_ids=[media_id], reply_settings="following")

    found = x.get_tweet(
        made.data["id"],
        user_auth=True,
        expansions=["attachments.media_keys"],
        media_fields=["alt_text", "url", "width"],
        tweet_fields=["entities"],
    )
    [photo] = found.includes["media"]
    assert (photo.alt_text, photo.width, photo.media_key) == ("A red field", 40, f"3_{media_id}")
    assert found.data.text.endswith(found.data.entities["urls"][0]["url"])
    assert requests.get(photo.url, timeout=10).content == picture()
    [kept] = control.state()["posts"][0]["media"]
    assert (kept["alt_text"], kept["sha256"]) == ("A red field", hashlib.sha256(picture()).hexdigest())

    x.delete_tweet(made.data["id"])
    assert requests.get(photo.url, timeout=10).status_code == 410


def test_upload_takes_multipart_and_refuses_what_is_no_picture(x: tweepy.Client, exercise: Exercise) -> None:
    auth = OAuth1("consumer-key", "consumer-secret", "1001-token", "token-secret")
    address = f"{exercise.address}/x/2/media/upload"
    form = {"media_category": "tweet_image"}
    taken = requests.post(address, data=form, files={"media": picture("JPEG")}, auth=auth, timeout=10)
    refused = requests.post(address, data=form, files={"media": b"%PDF-1.7 no"}, auth=auth, timeout=10)

    assert (taken.status_code, taken.json()["data"]["size"]) == (200, len(picture("JPEG")))
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    with pytest.raises(tweepy.BadRequest):
        x.create_tweet(text="No such picture", media_ids=["12345"])


def test_alternative_text_longer_than_1000_characters_is_refused(x: tweepy.Client) -> None:
    body = {"id": upload(x, picture()), "metadata": {"alt_text": {"text": "a" * 1001}}}

    with pytest.raises(tweepy.BadRequest):
        x.request("POST", "/2/media/metadata", json=body, user_auth=True)


def test_same_text_again_is_refused_as_a_duplicate(x: tweepy.Client) -> None:
    x.create_tweet(text="Once")

    with pytest.raises(tweepy.Forbidden) as refused:
        x.create_tweet(text="Once")
    detail = "You are not allowed to create a Tweet with duplicate content."
    assert refused.value.response.json()["detail"] == detail


def test_text_is_counted_with_its_links_as_23(x: tweepy.Client) -> None:
    long_link = "https://example.com/" + "a" * 200
    x.create_tweet(text="ñ" * 256 + " " + long_link)

    with pytest.raises(tweepy.BadRequest):
        x.create_tweet(text="ñ" * 257 + " " + long_link)


def test_field_that_x_does_not_know_is_refused(x: tweepy.Client) -> None:
    with pytest.raises(tweepy.BadRequest):
        x.request("POST", "/2/tweets", json={"text": "a", "alt_text": "b"}, user_auth=True)


def test_deleted_post_is_gone_everywhere(x: tweepy.Client, control: Control) -> None:
    kept, gone = (x.create_tweet(text=text).data["id"] for text in ("kept", "gone"))
    assert x.delete_tweet(gone).data == {"deleted": True}

    answer = x.get_tweet(gone, user_auth=True)
    assert answer.data is None
    assert answer.errors[0]["type"] == "https://api.twitter.com/2/problems/resource-not-found"
    assert [str(post.id) for post in own_posts(x)] == [kept]
    with pytest.raises(tweepy.NotFound):
        x.delete_tweet(gone)
    assert [bool(post["deleted_at"]) for post in control.state()["posts"]] == [False, True]


def test_timeline_pages_from_the_newest_and_respects_since(x: tweepy.Client) -> None:
    ids = [int(x.create_tweet(text=f"Post {number}").data["id"]) for number in range(7)]

    first = x.get_users_tweets(1001, user_auth=True, max_results=5)
    second = x.get_users_tweets(1001, user_auth=True, max_results=5, pagination_token=first.meta["next_token"])
    assert [post.id for post in (*first.data, *second.data)] == ids[::-1]
    assert "next_token" not in second.meta
    assert [post.id for post in own_posts(x, since_id=ids[4])] == ids[:4:-1]
    assert x.get_users_tweets(1001, user_auth=True, since_id=ids[6]).meta == {"result_count": 0}
    with pytest.raises(tweepy.BadRequest):
        own_posts(x, max_results=4)


def test_answers_arrive_as_mentions_and_in_the_search(x: tweepy.Client, control: Control) -> None:
    appeal = x.create_tweet(text="Who saw this car?").data["id"]
    x.create_tweet(text="Something else")
    answer = control.call("POST", "/x/reply", {"author": "ana", "text": "I did", "in_reply_to": appeal})[1]
    further = control.call("POST", "/x/reply", {"author": "luis", "text": "Where?", "in_reply_to": answer["id"]})[1]
    mention = control.call("POST", "/x/reply", {"author": "ana", "text": "Hello @Policia_Prueba"})[1]

    mentions = x.get_users_mentions(1001, user_auth=True, expansions=["author_id"], tweet_fields=["conversation_id"])
    assert [str(post.id) for post in mentions.data] == [mention["id"], answer["id"]]
    assert mentions.data[1].text == "@policia_prueba I did"
    assert [user.username for user in mentions.includes["users"]] == ["ana"]
    found = x.search_recent_tweets(f"conversation_id:{appeal} -from:policia_prueba", user_auth=True)
    assert [str(post.id) for post in found.data] == [further["id"], answer["id"]]
    later = x.get_users_mentions(1001, user_auth=True, since_id=answer["id"])
    assert [str(post.id) for post in later.data] == [mention["id"]]


def test_search_finds_a_post_by_its_link(x: tweepy.Client) -> None:
    x.create_tweet(text="No link")
    linked = x.create_tweet(text=f"Look {LINK}").data["id"]

    assert [str(post.id) for post in x.search_recent_tweets('url:"Ab3dEf9h"', user_auth=True).data] == [linked]
    with pytest.raises(tweepy.BadRequest):
        x.search_recent_tweets("near:madrid", user_auth=True)


def test_answer_to_a_limited_post_is_refused(x: tweepy.Client, control: Control) -> None:
    limited = x.create_tweet(text="Limited", reply_settings="mentionedUsers").data["id"]

    status, answer = control.call("POST", "/x/reply", {"author": "ana", "text": "I", "in_reply_to": limited})
    assert (status, answer) == (400, {"error": "The force limited who may answer this post."})


def test_account_is_the_one_of_the_force(x: tweepy.Client) -> None:
    me = x.get_me(user_auth=True).data

    assert (me.id, me.username, me.name) == (1001, "policia_prueba", "Policía de Prueba")


@pytest.mark.parametrize("name", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
def test_wrong_credential_is_refused(x: tweepy.Client, control: Control, name: str) -> None:
    setattr(x, name, "wrong")

    with pytest.raises(tweepy.Unauthorized):
        x.create_tweet(text="Not mine")
    assert control.state()["posts"] == []


def test_signed_call_cannot_be_played_again(exercise: Exercise) -> None:
    auth = OAuth1("consumer-key", "consumer-secret", "1001-token", "token-secret")
    signed = requests.Request("GET", f"{exercise.address}/x/2/users/me", auth=auth).prepare()

    with requests.Session() as session:
        statuses = [session.send(signed, timeout=10).status_code for _ in range(2)]
    assert statuses == [200, 401]


def test_signature_over_the_real_address_is_accepted(exercise: Exercise) -> None:
    auth = OAuth1("consumer-key", "consumer-secret", "1001-token", "token-secret")
    query = {"query": "conversation_id:1 caña"}
    signed = requests.Request("GET", "https://api.x.com/2/tweets/search/recent", params=query, auth=auth).prepare()
    assert signed.url is not None
    signed.url = signed.url.replace("https://api.x.com", f"{exercise.address}/x")

    with requests.Session() as session:
        assert session.send(signed, timeout=10).status_code == 200


def test_rate_limit_stops_after_the_last_call_and_names_the_reset(x: tweepy.Client, control: Control) -> None:
    assert control.call("POST", "/settings", {"limits": {"publish": 2}})[0] == 200
    x.return_type = requests.Response
    rests = [x.create_tweet(text=f"Post {number}").headers["x-rate-limit-remaining"] for number in range(2)]

    with pytest.raises(tweepy.TooManyRequests) as stopped:
        x.create_tweet(text="One too many")
    assert rests == ["1", "0"]
    assert stopped.value.reset_time > 0
    assert stopped.value.response.headers["x-rate-limit-limit"] == "2"
    assert len(control.state()["posts"]) == 2
