"""Dovecot and Exim from Debian, each in a temporary folder, on free ports of this machine, gone afterwards."""

import datetime
import ipaddress
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import free_ports

USER, PASSWORD = "desk@real.test", "desk-real-secret"
START_SECONDS = 20

DOVECOT = """
protocols = imap lmtp
base_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

EXIM = """
primary_hostname = real.test
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
exim_user = Debian-exim
exim_group = Debian-exim
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
queue_only
split_spool_directory = false
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
acl_smtp_rcpt = judge
begin acl
judge:
  deny domains = real.test
       local_parts = nobody
       message = no such user here
  defer domains = real.test
        local_parts = later
        message = greylisted, come back later
  accept domains = real.test
  deny message = relay not permitted
begin routers
local:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = /dev/null
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A mailbox with IMAP over TLS and with STARTTLS; mail is delivered by LMTP."""

    folder: Path
    tls: int
    starttls: int
    lmtp: int

    @property
    def certificate(self) -> str:
        return (self.folder / "cert.pem").read_text()

    def settings(self, **changes: str) -> dict[str, str]:
        usual = {"imap_host": "127.0.0.1", "imap_port": str(self.tls), "imap_username": USER, "imap_password": PASSWORD}
        return {**usual, "sender": "press@real.test", "certificate": self.certificate, **changes}

    def deliver(self, raw: bytes) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail("ana@people.example", [USER], raw)


@dataclass(frozen=True)
class Exim:
    """A mail server for real.test that knows no `nobody`, puts `later` off, and relays nothing."""

    folder: Path
    port: int

    def settings(self, **changes: str) -> dict[str, str]:
        usual = {"host": "127.0.0.1", "port": str(self.port), "sender": "press@real.test", "username": USER}
        return {**usual, "password": PASSWORD, "certificate": (self.folder / "cert.pem").read_text(), **changes}

    def taken(self) -> list[tuple[str, str]]:
        """Head and body of every mail that was taken; they stay in the queue."""
        heads = sorted((self.folder / "spool" / "input").glob("*-H"))
        bodies = [head.with_name(head.name.removesuffix("-H") + "-D") for head in heads]
        return [(head.read_text(), body.read_text()) for head, body in zip(heads, bodies, strict=True)]


def missing(program: str) -> str:
    """Why a server cannot be started here; empty if it can."""
    if shutil.which(program, path="/usr/sbin:/usr/bin") is None:
        return f"{program} is not installed"
    return "" if os.geteuid() == 0 else f"{program} is started by root only"


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Start Dovecot with one empty mailbox."""
    with _folder("mail") as folder:
        tls, starttls, lmtp = free_ports(3)
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        config = folder / "dovecot.conf"
        config.write_text(DOVECOT.format(folder=folder, tls=tls, starttls=starttls, lmtp=lmtp))
        with _running(["/usr/sbin/dovecot", "-F", "-c", str(config)], lmtp, folder):
            yield Dovecot(folder, tls, starttls, lmtp)


@contextmanager
def running_exim() -> Iterator[Exim]:
    """Start Exim."""
    with _folder("Debian-exim") as folder:
        [port] = free_ports(1)
        config = folder / "exim.conf"
        config.write_text(EXIM.format(folder=folder, port=port, user=USER, password=PASSWORD))
        for name in ("spool", "log", "mail"):
            (folder / name).mkdir(exist_ok=True)
            shutil.chown(folder / name, "Debian-exim", "Debian-exim")
        with _running(["/usr/sbin/exim4", "-bdf", "-q30m", "-C", str(config)], port, folder):
            yield Exim(folder, port)


@contextmanager
def _folder(owner: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="real-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", owner, owner)
    _certify(folder)
    for name in ("cert.pem", "key.pem"):
        (folder / name).chmod(0o644)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: Sequence[str], port: int, folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            _wait_for(port, process, folder)
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    said = (folder / "output").read_text(errors="replace")
    log = (folder / "log").read_text(errors="replace") if (folder / "log").is_file() else ""
    raise RuntimeError(f"{process.args!r} did not start: {said} {log}")


def _certify(folder: Path) -> None:
    """A certificate for this machine that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
