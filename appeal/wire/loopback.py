"""In an exercise nothing leaves this machine: the interpreter refuses to connect to or look up anything else."""

import ipaddress
import sys

NAMES = frozenset({"localhost", "", None})
LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
CALLS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class NotInAnExercise(ConnectionError):
    """An exercise tried to reach another machine."""


def only_loopback() -> None:
    """Refuse every address but loopback from now on, in this process and for good."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in LOOK_UPS:
        _check(arguments[0])
    elif event in CALLS and isinstance(arguments[1], tuple):
        _check(arguments[1][0])


def _check(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in NAMES:
        return
    try:
        is_here = ipaddress.ip_address(str(name).split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise NotInAnExercise("An exercise reaches nothing but this machine.")
