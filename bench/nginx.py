"""nginx with the documented example on free ports, without a certificate, beside a server of any file."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "nginx.conf.example"
AROUND = """{user}daemon off;
worker_processes 1;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c;
    uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;
    keepalive_requests 10000000;
    server {{ listen 127.0.0.1:{plain}; root {folder}; access_log off; sendfile on; }}
{example}
}}
"""
# The documented example with a certificate made here must be taken by `nginx -t` as it stands.
CERTIFICATE = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=help.force.example"


@contextmanager
def started(folder: Path, application: int, work: Path) -> Iterator[tuple[int, int]]:
    """Start nginx; yields the port of the documented example and the port that serves any file."""
    ours, plain, other = (_free_port() for _ in range(3))
    _try_with_certificate(folder, application, work, other)
    example = re.sub(r"\n\s*ssl_.*", "", _placed(folder, application, work))
    example = example.replace("listen 443 ssl", f"listen 127.0.0.1:{ours}").replace(
        "listen 80", f"listen 127.0.0.1:{other}"
    )
    config = work / "nginx.conf"
    config.write_text(_around(example, folder, work, plain))
    process = subprocess.Popen(["nginx", "-c", str(config), "-e", str(work / "error.log")])
    try:
        for port in (ours, plain):
            _wait(port)
        yield ours, plain
    finally:
        process.terminate()
        process.wait()


def checked(port: int, folder: Path, page: str, gone: str) -> list[str]:
    """Everything that nginx answers otherwise than it should; empty when all is right."""
    wanted = {
        page: (200, "text/html; charset=utf-8", "public, max-age=60"),
        gone: (410, "text/html; charset=utf-8", "no-store"),
        "/feeds/en/atom.xml": (200, "application/atom+xml", "public, max-age=60"),
        "/feeds/en/feed.json": (200, "application/feed+json", "public, max-age=60"),
        "/feeds/en/cap/k3j4h5g6-en-1.xml": (200, "application/cap+xml", "public, max-age=60"),
        "/records/site/en/k3j4h5g6.json": (404, None, None),
        "/gone.map": (404, None, None),
        f"/gone{gone}": (404, None, None),
        "/.lock": (404, None, None),
        "/": (302, None, None),
        "/nothing": (404, None, None),
    }
    wrong = [
        f"{path}: {told}, not {want}" for path, want in wanted.items() if (told := _told(port, path, want)) != want
    ]
    body = _ask(port, page)[2]
    if body != (folder / page.strip("/") / "index.html").read_bytes():
        wrong.append(f"{page}: other bytes")
    for name in ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"):
        wrong += [
            f"{path}: {name} is not there exactly once" for path in (page, gone, "/") if not _once(port, path, name)
        ]
    return wrong


def _once(port: int, path: str, name: str) -> bool:
    return len(_ask(port, path)[1].get_all(name, [])) == 1


def _told(port: int, path: str, want: tuple[int, str | None, str | None]) -> tuple[int, str | None, str | None]:
    status, headers, _ = _ask(port, path)
    if want[1] is None:
        return status, None, None
    return status, headers["Content-Type"], headers["Cache-Control"]


def _ask(port: int, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        line.close()


def _try_with_certificate(folder: Path, application: int, work: Path, other: int) -> None:
    key, certificate = work / "key.pem", work / "certificate.pem"
    made = [*CERTIFICATE.split(), "-keyout", str(key), "-out", str(certificate)]
    openssl = shutil.which("openssl")
    if openssl is None:
        return
    subprocess.run([openssl, *made], check=True, capture_output=True)
    config = work / "certificate.conf"
    config.write_text(_around(_placed(folder, application, work), folder, work, other))
    subprocess.run(["nginx", "-t", "-q", "-c", str(config), "-e", str(work / "error.log")], check=True)


def _placed(folder: Path, application: int, work: Path) -> str:
    text = EXAMPLE.read_text()
    for before, after in (
        ("/srv/appeal/instance/site", str(folder)),
        ("/etc/appeal/tls", str(work)),
        ("/var/log/nginx", str(work)),
        ("127.0.0.1:8000", f"127.0.0.1:{application}"),
    ):
        text = text.replace(before, after)
    return text


def _around(example: str, folder: Path, work: Path, plain: int) -> str:
    # As root its workers would become somebody who may not read the folder of this run.
    user = "user root;\n" if os.geteuid() == 0 else ""
    return AROUND.format(user=user, work=work, plain=plain, folder=folder, example=example)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(port)
