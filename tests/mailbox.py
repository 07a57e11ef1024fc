"""A mailbox on this machine that speaks as much IMAP as is needed to read it, and can misbehave."""

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

USER, PASSWORD = "desk@force.example", "mailbox-contraseña-secret"


class Mailboxes(socketserver.ThreadingTCPServer):
    """Mails by number. `fault` is one of drop, garbage, huge, slow; it strikes every command but the sign-in."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: dict[int, bytes] = {}
        self.validity, self.fault, self.plain = 7, "", True
        self.commands: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def put(self, raw: bytes, uid: int = 0) -> int:
        uid = uid or max(self.mails, default=0) + 1
        self.mails[uid] = raw
        return uid

    def settings(self, **changes: str) -> dict[str, str]:
        usual = {"imap_host": "127.0.0.1", "imap_port": str(self.port), "imap_security": "none", "read_seconds": "1"}
        return {**usual, "imap_username": USER, "imap_password": PASSWORD, "sender": "press@force.example", **changes}


@contextmanager
def served() -> Iterator[Mailboxes]:
    with Mailboxes() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class _Talk(socketserver.StreamRequestHandler):
    server: Mailboxes

    def handle(self) -> None:
        self.say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline().decode(errors="replace").strip():
            tag, _space, command = line.partition(" ")
            self.server.commands.append(command)
            if not self.answer(tag, command):
                return

    def say(self, line: str | bytes) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def answer(self, tag: str, command: str) -> bool:
        name = command.split(" ", maxsplit=1)[0].upper()
        if name in {"CAPABILITY", "LOGOUT", "AUTHENTICATE", "LOGIN"}:
            return bool(getattr(self, name.lower())(tag, command))
        if self.server.fault:
            return self.misbehave(tag)
        if name in {"SELECT", "EXAMINE"}:
            self.say(f"* {len(self.server.mails)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {self.server.validity}] ok")
            self.say(f"{tag} {'OK' if 'INBOX' in command else 'NO'} [READ-ONLY] done")
        elif command.upper().startswith("UID SEARCH"):
            self.search(tag, command)
        else:
            self.fetch(tag, command)
        return True

    def misbehave(self, tag: str) -> bool:
        if self.server.fault == "garbage":
            self.say(b"\xff\xfe nonsense")
        elif self.server.fault == "huge":
            self.say("* 1 FETCH (BODY[] {9000000000}")
        elif self.server.fault == "slow":
            self.rfile.readline()
        elif self.server.fault == "no":
            self.say(f"{tag} NO not today")
            return True
        return False

    def capability(self, tag: str, _command: str) -> bool:
        self.say("* CAPABILITY IMAP4rev1" + (" AUTH=PLAIN" if self.server.plain else ""))
        self.say(f"{tag} OK done")
        return True

    def logout(self, tag: str, _command: str) -> bool:
        self.say("* BYE")
        self.say(f"{tag} OK done")
        return False

    def authenticate(self, tag: str, _command: str) -> bool:
        self.say("+ ")
        _none, user, password = base64.b64decode(self.rfile.readline()).decode().split("\0")
        self.say(f"{tag} {'OK' if (user, password) == (USER, PASSWORD) else 'NO'} done")
        return True

    def login(self, tag: str, command: str) -> bool:
        is_right = '"plain-password"' in command
        self.say(f"{tag} {'OK' if is_right else 'NO'} done")
        return True

    def search(self, tag: str, command: str) -> None:
        first = int(re.findall(r"UID (\d+):", command)[0])
        found = [uid for uid in self.server.mails if uid >= first] or list(self.server.mails)[-1:]
        self.say("* SEARCH " + " ".join(map(str, found)))
        self.say(f"{tag} OK done")

    def fetch(self, tag: str, command: str) -> None:
        uid = int(command.split(" ")[2])
        raw: Any = self.server.mails.get(uid)
        if raw is not None and "RFC822.SIZE" in command:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
        elif raw is not None:
            part = re.search(r"<0\.(\d+)>", command)
            sent = raw[: int(part[1])] if part else raw
            self.say(f"* 1 FETCH (UID {uid} BODY[] {{{len(sent)}}}".encode() + b"\r\n" + sent + b")")
        self.say(f"{tag} OK done")
