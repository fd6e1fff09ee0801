"""Connections to public addresses only: a name that leads into a network of one's own is connected to no further.

Which address a name has is known for sure only on the open connection; it is looked at there, before the first byte.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError


def is_public(address: str) -> bool:
    """Whether the IP address is one of the internet, by the registries of special addresses (RFC 6890)."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


class _PublicConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        if not is_public(str(sock.getpeername()[0])):
            sock.close()
            raise NewConnectionError(self, "the name leads to an address that is not public")
        return sock


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class PublicOnly(HTTPAdapter):
    """Sends by https, and to public addresses alone."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As every adapter, with connections that look at where they lead."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}
