"""The mail publisher against Exim."""

import base64

import pytest

from appeal.publishers.base import Receipt, Settings
from appeal.publishers.email import Email
from appeal.rules.errors import ChannelStopped, ContentRefused, PublisherError, TryLater
from tests.publishers.sample import content, jpeg, picture
from tests.real.mail_servers import Exim

KEY = "Ab3dEf9h"


def sent(exim: Exim, address: str, **changes: str) -> Receipt:
    publisher = Email(Settings(exim.settings(**changes)))
    return publisher.send(publisher.compose(content(KEY, pictures=(picture("Un puente"),))), address, KEY)


def test_mail_arrives_whole(exim: Exim) -> None:
    receipt = sent(exim, "ana@real.test")
    [(head, body)] = exim.taken()
    assert receipt.external_id in head
    assert "ana@real.test" in head
    assert base64.b64encode(jpeg())[:60].decode() in body
    assert "http://127.0.0.1:8000/r/Ab3dEf9h" in body


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("nobody@real.test", ContentRefused),
        ("later@real.test", TryLater),
        ("ana@elsewhere.test", ContentRefused),
    ],
)
def test_refusals_have_their_meaning(exim: Exim, address: str, kind: type[PublisherError]) -> None:
    with pytest.raises(PublisherError) as caught:
        sent(exim, address)
    assert type(caught.value) is kind


def test_wrong_password_and_unknown_certificate_stop_the_channel(exim: Exim) -> None:
    for wrong in ({"password": "wrong"}, {"certificate": ""}):
        with pytest.raises(ChannelStopped):
            sent(exim, "ana@real.test", **wrong)
    assert Email(Settings(exim.settings())).check().is_well
