"""Calls to addresses that others chose: only to machines that all the world reaches, looked up anew for each call."""

import socket
from ipaddress import ip_address, ip_network
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from appeal.wire.http import LimitedAdapter, Limits, Session

# Addresses that carry another one, which may be private: translated and tunnelled ones.
CARRIERS = tuple(ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class GuardedSession(Session):
    """Like any session, but the name is looked up by us, judged, and the call goes to exactly what was judged.

    A machine's own proxy is not asked: it would look the name up again. `may_be_here` is for exercises.
    """

    def __init__(self, base: str, limits: Limits, *, may_be_here: bool) -> None:
        super().__init__(base, limits=limits)
        self.trust_env = False
        for scheme in ("https://", "http://"):
            self.mount(scheme, _GuardedAdapter(limits, may_be_here=may_be_here))


def judged(host: str, port: int, *, may_be_here: bool) -> str:
    """The address to call for this name; OSError if any of its addresses is private, of this machine or of no use."""
    found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not all(_is_fine(one, may_be_here=may_be_here) for one in found):
        raise OSError("the name leads where we do not call")
    return sorted(found)[0]


def _is_fine(address: str, *, may_be_here: bool) -> bool:
    ip = ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    if mapped.is_loopback:
        return may_be_here
    if any(mapped in network for network in CARRIERS):
        return False
    return mapped.is_global and not mapped.is_multicast and not may_be_here


class _GuardedAdapter(LimitedAdapter):
    def __init__(self, limits: Limits, *, may_be_here: bool) -> None:
        self._may_be_here = may_be_here
        super().__init__(limits)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        here = self._may_be_here
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": _connection(HTTPConnection, here)}),
            "https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": _connection(HTTPSConnection, here)}),
        }


def _connection(kind: type[Any], may_be_here: bool) -> type[Any]:
    """A connection that goes to the address that was judged; certificate and Host keep the name."""

    def connect(self: Any) -> socket.socket:
        name = self._dns_host
        try:
            self._dns_host = judged(name, self.port, may_be_here=may_be_here)
        except OSError as error:
            raise NewConnectionError(self, type(error).__name__) from None
        try:
            made: socket.socket = kind._new_conn(self)
            return made
        finally:
            self._dns_host = name

    return type("Guarded", (kind,), {"_new_conn": connect})
