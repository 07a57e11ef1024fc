"""The exercise force: officers, channels that point to the exercise platforms, lists, one appeal already drafted."""

from datetime import datetime
from pathlib import Path

from appeal import db, installation
from appeal.models.people import User
from appeal.rules.exercise import (
    BLUESKY,
    FACEBOOK,
    MAIL,
    MASTODON,
    NUMBERS,
    OFFICERS,
    PARTNER,
    PRESS,
    TELEGRAM,
    TWILIO,
    X,
)
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import appeals, channels, officers, photos, rota
from appeal.services.officers import actor_of

PICTURES = Path(__file__).resolve().parents[2] / "static" / "exercise"

FACTS: dict[str, object] = {
    "case_reference": "EX-2026-0117",
    "area": "Riverside",
    "when_at": "2026-11-20T21:40",
    "level": "warrant",
    "subjects": [
        {
            "key": "s1",
            "type": "person",
            "category": "suspect",
            "regime": "law_enforcement",
            "name": "Marcos Ejemplo",
            "age_from": "35",
            "age_to": "40",
            "height_from": "178",
            "height_to": "183",
            "sex": "man",
            "build": "slim",
            "hair": "brown",
            "eyes": "brown",
        }
    ],
    "danger": "do_not_approach",
    "necessity": "Other lines of enquiry are exhausted and the person is likely to be recognised.",
    "proportionality": "Only one picture and the facts needed to recognise the person are shown.",
    "risk": "Somebody who looks like him may be stopped by mistake.",
}
TEXTS = {
    "en": {
        "title": "Wanted after an escape from custody",
        "happened": "A man did not return from day release and is wanted on a warrant. He may look different now.",
        "place": "Last seen at the central bus station, Riverside",
        "s1_clothing": "dark jacket, blue jeans, grey backpack",
        "s1_marks": "scar on the left eyebrow",
    },
    "es": {
        "title": "Se busca a un hombre fugado",
        "happened": "Un hombre no volvió de un permiso y está en busca y captura. Puede haber cambiado de aspecto.",
        "place": "Visto por última vez en la estación central de autobuses, Riverside",
        "s1_clothing": "chaqueta oscura, vaqueros, mochila gris",
        "s1_marks": "cicatriz en la ceja izquierda",
    },
}
ALT = {
    "en": "Drawing of a man of about forty with short brown hair; an exercise picture, no real person",
    "es": "Dibujo de un hombre de unos cuarenta años con pelo castaño corto; es un simulacro, no una persona real",
}
SITES = (("en", "Site in English"), ("es", "Site in Spanish"))
PLAIN: tuple[tuple[str, str, str, dict[str, str], dict[str, str]], ...] = (
    (
        "bluesky",
        "Bluesky",
        "en",
        {"handle": BLUESKY["handle"], "reads_messages": "yes"},
        {"app_password": BLUESKY["app_password"]},
    ),
    ("mastodon", "Mastodon", "es", {}, {"access_token": MASTODON["access_token"]}),
    ("telegram", "Telegram", "es", {"channel": TELEGRAM["channel"]}, {"bot_token": TELEGRAM["bot_token"]}),
    (
        "facebook",
        "Facebook",
        "es",
        {name: FACEBOOK[name] for name in ("page_id", "verify_token")},
        {name: FACEBOOK[name] for name in ("page_token", "app_secret")},
    ),
)
FEEDS = (("en", "Feeds in English"), ("es", "Feeds in Spanish"))


def prepare(*, now: datetime) -> bool:
    """Make the exercise force once; False when it is there already."""
    with db.reading() as session:
        if session.query(User.id).first() is not None:
            return False
    for role, name, email, password in OFFICERS:
        officers.create(SYSTEM, name=name, email=email, roles=[role], password=password, now=now)
    rota.set_default_windows()
    _connect_places(now)
    _connect_x(now)
    _connect_plain(now)
    _connect_partner(now)
    _connect_lists(now)
    _draft(now)
    return True


def _connect_places(now: datetime) -> None:
    for publisher, rows in (("site", SITES), ("feeds", FEEDS)):
        for language, name in rows:
            channels.connect(
                SYSTEM, publisher=publisher, name=name, language=language, settings={}, secrets={}, now=now
            )


def _connect_x(now: datetime) -> None:
    base = installation.current().config.exercise_url
    settings = {"user_id": X["user_id"], "username": X["username"], "base_url": f"{base}/x"}
    secrets = {name: X[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")}
    channels.connect(SYSTEM, publisher="x", name="X", language="en", settings=settings, secrets=secrets, now=now)


def _connect_plain(now: datetime) -> None:
    """Accounts on platforms that are told apart by nothing but their settings; a base address is added to each."""
    base = installation.current().config.exercise_url
    for publisher, name, language, settings, secrets in PLAIN:
        given = {**settings, "base_url": f"{base}/{publisher}"}
        channels.connect(
            SYSTEM, publisher=publisher, name=name, language=language, settings=given, secrets=secrets, now=now
        )


def _connect_partner(now: datetime) -> None:
    config = installation.current().config
    channels.connect(
        SYSTEM,
        publisher="partner",
        name="Job service",
        language="en",
        settings={"webhook_url": f"{config.exercise_url}/partner/hook", "embed_origin": config.exercise_url},
        secrets={"api_key": PARTNER["api_key"]},
        now=now,
    )


def _connect_lists(now: datetime) -> None:
    config = installation.current().config
    mail = {
        "host": "127.0.0.1",
        "port": str(config.exercise_smtp_port),
        "sender": MAIL["sender"],
        "username": MAIL["username"],
        "list_name": "Press list",
    }
    texts = {
        "account_sid": TWILIO["account_sid"],
        "from_number": TWILIO["from_number"],
        "base_url": f"{config.exercise_url}/twilio",
    }
    rows = (
        ("email", "Press list", "en", mail, {"password": MAIL["password"]}, PRESS),
        ("sms", "Text messages", "es", texts, {"auth_token": TWILIO["auth_token"]}, NUMBERS),
    )
    for publisher, name, language, settings, secrets, addresses in rows:
        channel_id = channels.connect(
            SYSTEM, publisher=publisher, name=name, language=language, settings=settings, secrets=secrets, now=now
        )
        for address in addresses:
            channels.add_address(SYSTEM, channel_id=channel_id, address=address, now=now)
    channels.connect(
        SYSTEM,
        publisher="sms",
        name="Pages by text message",
        language="en",
        settings=texts,
        secrets={"auth_token": TWILIO["auth_token"]},
        now=now,
        purpose=channels.PAGES,
    )


def _draft(now: datetime) -> None:
    author = _author()
    revision = appeals.draft(author, kind="wanted", now=now)
    appeals.save(author, revision_id=revision.id, expected_version=1, facts=FACTS, texts=TEXTS, now=now)
    picture = next(iter(sorted(PICTURES.glob("*.jpg"))), None)
    if picture is not None:
        photos.add(
            author,
            revision_id=revision.id,
            data=picture.read_bytes(),
            source_record="EX-0001",
            source=photos.Source(kind="artist", source_system="Exercise drawings"),
            alt=ALT,
            now=now,
        )


def _author() -> Actor:
    with db.reading() as session:
        return actor_of(session.query(User).filter(User.email == OFFICERS[0][2]).one())
