"""An appeal page against what could serve it fastest: a bare Flask view with the same bytes, and nginx with any file.

Run with `python -m bench.site`. The same load, in the same run, on both sides; three passes, the median of the ratios
counts. Ends with status 1 below the goal, or if nginx with the documented example answers anything wrongly.
"""

import logging
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from flask import Flask, Response
from waitress import serve

from appeal.publishers.feeds import Feeds
from appeal.publishers.site import Site
from appeal.routes.public.site import SiteResponder
from bench.nginx import checked, started
from tests.publishers.appeals import closing, content, settings

GOAL, PASSES, SECONDS, SLICES, WARM_SECONDS = 0.9, 3, 4.0, 8, 1.0
THREADS = 8
PAGE, GONE = "/en/appeals/k3j4h5g6/", "/en/appeals/gone/"
# Connections, and requests at once on each: so many that asking nginx costs less than answering does.
ONE_BY_ONE, IN_BATCHES = (16, 1), (2, 128)


def main() -> int:
    """Measure, print two tables, answer 0 when both goals are met."""
    with tempfile.TemporaryDirectory(prefix="bench-site-") as name, ExitStack() as stack:
        folder = Path(name) / "site"
        size = _make_site(folder)
        print(f"{size:,} bytes a page, {SECONDS:g} s a pass, {PASSES} passes")
        ports = {kind: stack.enter_context(_served(kind, folder)) for kind in ("responder", "flask")}
        ratios = [_compare("waitress", ("responder", ports["responder"]), ("bare Flask", ports["flask"]), ONE_BY_ONE)]
        if shutil.which("nginx") is None:
            print("nginx is not installed: its part is left out.")
        else:
            ours, plain = stack.enter_context(started(folder, ports["responder"], Path(name)))
            wrong = checked(ours, folder, PAGE, GONE)
            print("\n".join(wrong) or "nginx with the documented example answers rightly.")
            ratios.append(_compare("nginx", ("documented", ours), ("any file", plain), IN_BATCHES))
            ratios += [0.0] * bool(wrong)
    return 0 if min(ratios) >= GOAL else 1


def _make_site(folder: Path) -> int:
    site, feeds = Site(settings(folder)), Feeds(settings(folder))
    for publisher in (site, feeds):
        publisher.send(publisher.compose(content()), "", "")
    site.retract(GONE, site.compose(closing(appeal="gone")))
    return (folder / PAGE.strip("/") / "index.html").stat().st_size


def _compare(title: str, ours: tuple[str, int], other: tuple[str, int], load: tuple[int, int]) -> float:
    print(f"\n{title:10} {ours[0]:>14} {other[0]:>14} {'ratio':>7}   (pages a second)")
    for _, port in (ours, other):
        _rate(port, WARM_SECONDS, load)
    found = []
    for number in range(1, PASSES + 1):
        # Turn by turn in short slices, so that what else runs here disturbs both alike.
        slices = [[_rate(port, SECONDS / SLICES, load) for _, port in (ours, other)] for _ in range(SLICES)]
        rates: list[float] = [statistics.mean(side) for side in zip(*slices, strict=True)]
        found.append(rates[0] / rates[1])
        print(f"pass {number:<5} {rates[0]:14,.0f} {rates[1]:14,.0f} {found[-1]:7.2f}")
    median = statistics.median(found)
    print(f"median ratio {median:.2f}, goal {GOAL}: {'met' if median >= GOAL else 'MISSED'}")
    return median


def _rate(port: int, seconds: float, load: tuple[int, int]) -> float:
    """Pages a second over all connections; every answer is as long as the first, or the run ends."""
    connections, batch = load
    size = _answer_size(port)
    counts, until = [0] * connections, time.monotonic() + seconds
    threads = [
        threading.Thread(target=_load, args=(port, size, batch, until, counts, place)) for place in range(connections)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - began)


def _load(port: int, size: int, batch: int, until: float, counts: list[int], place: int) -> None:
    asked, expected = _request() * batch, size * batch
    buffer = bytearray(1 << 20)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.monotonic() < until:
            line.sendall(asked)
            left = expected
            while left > 0:
                got = line.recv_into(buffer)
                if not got:
                    raise ConnectionError("the server closed the connection")
                left -= got
            counts[place] += batch


def _answer_size(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(_request())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += line.recv(65536)
        head, _, _ = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode())
        fields = dict(field.lower().split(b": ", 1) for field in head.split(b"\r\n")[1:])
        return len(head) + 4 + int(fields[b"content-length"])


def _request() -> bytes:
    return f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


@contextmanager
def _served(kind: str, folder: Path) -> Iterator[int]:
    """One server in a process of its own; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.site", kind, str(port), str(folder)])
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(port)


def _serve(kind: str, port: int, folder: Path) -> None:
    body = (folder / PAGE.strip("/") / "index.html").read_bytes()
    app = Flask(__name__)

    @app.get(PAGE)
    def page() -> Response:
        return Response(body, content_type="text/html; charset=utf-8")

    wsgi = SiteResponder(app.wsgi_app, folder) if kind == "responder" else app
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    serve(wsgi, host="127.0.0.1", port=port, threads=THREADS, ident=None, _quiet=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main())
