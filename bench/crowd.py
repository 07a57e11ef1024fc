"""A crowd writes at once, the web process is killed twice; then a million tips.

Run with `python -m bench.crowd [seconds]`. 2,000 people, 25 messages a second, 5 % with a photo of 3 MB. Whoever gets
no answer presses again, as a person would. Ends with status 1 if a goal is missed.
"""

import asyncio
import random
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from appeal import keys, processes, sealing, spare
from appeal.config import load_config
from bench import intake
from bench.load import post, run

PEOPLE, HELD, A_SECOND, SECONDS = 2_000, 1_500, 25.0, 300.0
PHOTO_SHARE, PHOTO_BYTES = 0.05, 3_000_000
PATIENCE_SECONDS, AGAIN_SECONDS = 60.0, 1.0
# How long the one that waits may take to load before the crowd comes; after how many messages it is looked for.
SETTLE_SECONDS, KEEP_EVERY = 10.0, 8
MILLION, ROWS = 1_000_000, 20_000
P99_GOAL, SAME_GOAL = 1.0, 0.9


# The one kept connection of a person, or none.
Line = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


@dataclass
class Told:
    """What the crowd saw: seconds until thanked, tokens that were thanked for, how often somebody pressed again."""

    seconds: list[float] = field(default_factory=list)
    thanked: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)
    again: int = 0
    wrong: int = 0


def main(seconds: float) -> int:
    """Run both and answer 0 when every goal is met."""
    with tempfile.TemporaryDirectory(prefix="bench-crowd-") as name:
        folder = Path(name)
        intake._prepare(folder)
        is_good = _crowd(folder, seconds)
        is_good &= _million(folder)
    return 0 if is_good else 1


def _crowd(folder: Path, seconds: float) -> bool:
    told = asyncio.run(_play(folder, seconds))
    stored, files, doubled = _stored(folder)
    lost = len({sealing.tip_code_hash(token) for token in told.thanked} - stored)
    ordered = sorted(told.seconds)
    p99 = ordered[int(0.99 * len(ordered))]
    print(f"{PEOPLE:,} people, {A_SECOND:g} messages a second for {seconds:g} s, killed twice")
    print(f"{len(told.thanked):,} thanked for, {lost} lost, {doubled} doubled, {told.wrong} answers of 500")
    print(f"{len(told.photos):,} photos thanked for, {files:,} stored; {told.again} pressed again")
    print(f"p50 {1000 * statistics.median(ordered):.0f} ms, p99 {1000 * p99:.0f} ms, goal {1000 * P99_GOAL:.0f}")
    return not (lost or doubled or told.wrong) and p99 < P99_GOAL and files >= len(told.photos)


async def _play(folder: Path, seconds: float) -> Told:
    told, door = Told(), spare.open_door("127.0.0.1", 0)
    port = door.getsockname()[1]
    web = spare.Pair([sys.executable, "-m", "bench.crowd", "serve", str(folder)], door)
    await asyncio.to_thread(intake._wait, port)
    await asyncio.sleep(spare.SPARE_AFTER_SECONDS)
    web.keep()
    await asyncio.sleep(SETTLE_SECONDS)
    people: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(PEOPLE):
        people.put_nowait([])
    for _ in range(HELD):
        held = people.get_nowait()
        held.append(await asyncio.open_connection("127.0.0.1", port))
        people.put_nowait(held)
    key, busy, began = (folder / "keys" / keys.FORM).read_bytes(), set(), time.perf_counter()
    kills = [seconds / 3, 2 * seconds / 3]
    for number in range(int(seconds * A_SECOND)):
        await asyncio.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
        if kills and time.perf_counter() - began > kills[0]:
            kills.pop(0)
            web.serving.kill()
        if number % KEEP_EVERY == 0:
            web.keep()
        busy.add(asyncio.create_task(_person(port, people, sealing.new_token(key, datetime.now(UTC)), told)))
    await asyncio.gather(*busy)
    await asyncio.to_thread(web.stop, 5.0)
    return told


async def _person(port: int, people: asyncio.Queue[Line], token: str, told: Told) -> None:
    line = await people.get()
    body = urlencode({"token": token, "words": f"{intake.WORDS * 3}{secrets.token_hex(8)}"}).encode()
    began = time.perf_counter()
    if await _ask(port, line, post(intake.PATHS["ours"], body), told):
        told.seconds.append(time.perf_counter() - began)
        told.thanked.add(token)
    if random.random() < PHOTO_SHARE and await _ask(port, line, _photo(token), told):
        told.photos.add(token)
    people.put_nowait(line)


async def _ask(port: int, line: Line, request: bytes, told: Told) -> bool:
    """Send until an answer of 200 comes; whoever waits too long gives up."""
    until = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < until:
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            if line and line[0][0].at_eof():
                # The server has closed a line that was idle; a browser sees that and opens another one.
                line.pop()[1].close()
            if not line:
                line.append(await asyncio.open_connection("127.0.0.1", port))
            status = await asyncio.wait_for(_exchange(*line[0], request), 30)
            told.wrong += status == 500
            if status == 200:
                return True
        for _reader, writer in line:
            writer.close()
        line.clear()
        told.again += 1
        await asyncio.sleep(AGAIN_SECONDS)
    return False


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head[9:12])


def _photo(token: str) -> bytes:
    picture = b"\xff\xd8\xff\xe0" + secrets.token_bytes(PHOTO_BYTES)
    body = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + token.encode()
    body += (
        b'\r\n--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        + picture
        + b"\r\n--x--\r\n"
    )
    head = f"POST /en/tell/more HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode() + body


def _stored(folder: Path) -> tuple[set[str], int, int]:
    """The code hashes of all tips, how many files there are, and how many messages came more than once."""
    with closing(sqlite3.connect(folder / "appeal.sqlite3")) as database:
        codes = {row[0] for row in database.execute("SELECT code_hash FROM tips")}
        files = database.execute("SELECT count(*) FROM message_files").fetchone()[0]
        extra = database.execute(
            "SELECT count(*) FROM messages JOIN message_contents ON id = message_id"
            " WHERE id NOT IN (SELECT message_id FROM message_files)"
        ).fetchone()[0]
    return codes, files, extra - len(codes)


def _million(folder: Path) -> bool:
    """The same load with few tips and with a million."""
    with intake._served("ours", folder) as port:
        run(port, 64, 2.0, intake._requests(folder, "ours"))
        few = [run(port, 64, 5.0, intake._requests(folder, "ours")).rate for _ in range(3)]
    _fill(folder)
    with intake._served("ours", folder) as port:
        run(port, 64, 2.0, intake._requests(folder, "ours"))
        many = [run(port, 64, 5.0, intake._requests(folder, "ours")).rate for _ in range(3)]
    ratio = statistics.median(many) / statistics.median(few)
    print(
        f"\n{MILLION:,} tips: {statistics.median(many):.0f} a second against {statistics.median(few):.0f}, {ratio:.2f}"
    )
    return ratio >= SAME_GOAL


def _fill(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "appeal.sqlite3", isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("PRAGMA cache_size=-400000")
        for start in range(0, MILLION, ROWS):
            database.execute("BEGIN")
            rows = [(secrets.randbits(62), secrets.token_hex(32), start + n) for n in range(ROWS)]
            database.executemany(_TIP, rows)
            database.executemany(_MESSAGE, [(one, one, code) for one, code, _ in rows])
            database.executemany(
                "INSERT INTO message_contents VALUES (?, ?)", [(one, b"x" * 600) for one, _, _ in rows]
            )
            database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_TIP = """INSERT INTO tips (id, code_hash, source, received_at, state, lane, score, rank, reasons, language, is_late,
    is_live, is_about_me, file_count, message_count, read_at)
    VALUES (?1, ?2, 'webform', '2026-01-01 00:00:00.000000', 'done',
    'to_read', 0, 300000000000000 + ?3, '[]', 'en', 0, 0, 0, 0, 1, '2026-01-01 00:00:00.000000')"""
_MESSAGE = """INSERT INTO messages (id, tip_id, intake_hash, received_at)
    VALUES (?, ?, ?, '2026-01-01 00:00:00.000000')"""


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        processes.web(load_config({"APPEAL_INSTANCE": sys.argv[2]}), int(sys.argv[3]))
        sys.exit()
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
