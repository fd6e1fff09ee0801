"""How the provisioning service reaches a SCIM endpoint: real HTTP, with names resolved by the world.

``world.hosts`` maps a host name to a base URL such as ``http://127.0.0.1:9000``; the key ``*`` is the sandbox itself,
where every Haiilo platform is reached by its Host header. A name that nobody knows cannot be resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3

from .. import faults
from ..haiilo import lookup
from .exchange import Answer, Send, TooSlow, Unreachable

if TYPE_CHECKING:
    from ..world import Tenant, World

NO_AGENT = {"User-Agent": urllib3.util.SKIP_HEADER}
"""No User-Agent is sent (docs/graph-facts.md, "Schema and mappings")."""
_POOLS = urllib3.PoolManager(num_pools=32, maxsize=8, retries=False)


def reaching(tenant: Tenant, send: Send) -> Send:
    """How the service reaches the target of a tenant, with the faults that are on there."""
    for fault in faults.on(tenant):
        send = fault.reach(send)
    return send


class Sender:
    """Sends requests for https addresses to where the world says that their hosts are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, timeout: float = 30.0
    ) -> Answer:
        """Send one request. Raises Unreachable."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        target = f"{self._base(host)}{parts.path}{'?' + parts.query if parts.query else ''}"
        try:
            answer = _POOLS.request(
                method,
                target,
                body=body,
                headers={**NO_AGENT, **headers, "Host": parts.netloc},
                timeout=timeout,
                redirect=False,
            )
        except urllib3.exceptions.TimeoutError:
            raise TooSlow("The operation has timed out.") from None
        except ValueError:
            raise Unreachable("The Secret Token contains characters that a header cannot carry.") from None
        except urllib3.exceptions.HTTPError as problem:
            raise Unreachable(f"Unable to connect to the remote server: {type(problem).__name__}.") from None
        return Answer(answer.status, answer.headers, answer.data)

    def _base(self, host: str) -> str:
        hosts: Mapping[str, str] = getattr(self._world, "hosts", {})
        if host in hosts:
            return hosts[host].rstrip("/")
        platform, _tenant = lookup.find(self._world, host)
        if platform is None or "*" not in hosts:
            raise Unreachable(f"The remote name could not be resolved: '{host}'.")
        return hosts["*"].rstrip("/")
