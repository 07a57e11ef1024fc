"""The draft's page with all previews of four photos, the second time, against the same page without any photo.

Run with `python -m bench.previews`. Goal: at most 1.5 times. Both appeals stand on the same installation and are asked
for in turn.
"""

import re
import statistics
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient

from appeal import keys, schema
from appeal.app import create_desk_app
from appeal.config import load_config
from appeal.db import dispose_engines
from appeal.rules.clock import now
from appeal.rules.exercise import OFFICERS
from appeal.services import appeals, exercises, photos, renditions
from bench.photos import drawn
from bench.seeding import officer

PASSES, PHOTOS, GOAL = 15, 4, 1.5
BASE = "http://127.0.0.1:8001"


def main() -> None:
    """Make both drafts, then time the pages in turn."""
    with tempfile.TemporaryDirectory() as folder:
        config = load_config({"APPEAL_INSTANCE": f"{folder}/instance"})
        Path(config.instance).mkdir()
        keys.create(config.keys)
        schema.upgrade(config.database_url)
        app = create_desk_app(config)
        with app.app_context():
            exercises.prepare(now=now())
            bare, full = draft(0), draft(PHOTOS)
            began = time.perf_counter()
            count = sum(renditions.prepare(photo_id, now=now()) for photo_id in renditions.unprepared(100))
            print(f"{count} pictures of {PHOTOS} photos were made in {time.perf_counter() - began:.1f} s")
        client = signed_in(app.test_client())
        for page in (bare, full):
            seconds(client, page)
        pairs = [(seconds(client, bare), seconds(client, full)) for _ in range(PASSES)]
        dispose_engines()
    without, with_photos = (statistics.median(times) for times in zip(*pairs, strict=True))
    print("| page | median, ms | ratio |")
    print("|---|---|---|")
    print(f"| without photos | {without * 1000:.1f} | 1.00 |")
    print(f"| with all previews of {PHOTOS} photos | {with_photos * 1000:.1f} | {with_photos / without:.2f} |")
    print(f"goal: at most {GOAL}")


def draft(count: int) -> str:
    """A whole draft on every channel with so many 12-megapixel photos; the address of its page."""
    author = officer("author")
    revision = appeals.draft(author, kind="wanted", now=now())
    facts, texts = exercises.FACTS, exercises.TEXTS
    appeals.save(author, revision_id=revision.id, expected_version=1, facts=facts, texts=texts, now=now())
    data = drawn() if count else b""
    for _ in range(count):
        source = photos.Source(kind="artist", source_record="Bench")
        photos.add(
            author, revision_id=revision.id, data=data, source_record="", source=source, alt=exercises.ALT, now=now()
        )
    return f"/appeals/{revision.appeal_id}/draft"


def signed_in(client: FlaskClient) -> FlaskClient:
    """A browser with the author signed in."""
    _role, _name, email, password = OFFICERS[0]
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', client.get("/login", base_url=BASE).text)
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in hidden]
    fields = {name[1]: value[1] for name, value in pairs if name and value}
    answer = client.post("/login", data={**fields, "email": email, "password": password}, base_url=BASE)
    assert answer.status_code == 302, answer.text
    return client


def seconds(client: FlaskClient, page: str) -> float:
    began = time.perf_counter()
    answer = client.get(page, base_url=BASE)
    assert answer.status_code == 200
    assert "pictures-progress" not in answer.text
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
