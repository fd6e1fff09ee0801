"""Which application permission a call to Graph needs: the one place that knows (Graph reference, "Permissions" of each
operation).

A permission may be listed as granted and have no effect, and Graph's refusal then names none. The call that was refused
tells which one it is.
"""

from __future__ import annotations

import re

from .errors import GraphError

READS = ("GET", "HEAD")
READ_SYNCHRONIZATION, WRITE_SYNCHRONIZATION = "Synchronization.Read.All", "Synchronization.ReadWrite.All"
_ANY = r"[^/]+"
_NEEDED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("GET", rf"/servicePrincipals/{_ANY}/synchronization(/.*)?", (READ_SYNCHRONIZATION, WRITE_SYNCHRONIZATION)),
    ("", rf"/servicePrincipals/{_ANY}/synchronization(/.*)?", (WRITE_SYNCHRONIZATION,)),
    ("GET", r"/auditLogs/provisioning(/.*)?", ("ProvisioningLog.Read.All",)),
    ("GET", r"/auditLogs/directoryAudits(/.*)?", ("AuditLog.Read.All",)),
    ("GET", r"/(servicePrincipals|applications)(\(.*\))?(/.*)?", ("Application.Read.All",)),
    ("GET", r"/users(/.*)?", ("User.Read.All",)),
    ("GET", r"/groups(/.*)?", ("GroupMember.Read.All",)),
    ("GET", r"/organization(/.*)?", ("Organization.Read.All",)),
)


def needed_for(method: str, path: str) -> tuple[str, ...]:
    """The permissions of which one is enough for this call, the least first; empty where that is not known here.

    `path` is that of Graph, with or without its version, and without a query.
    """
    verb = "GET" if method.upper() in READS else method.upper()
    plain = re.sub(r"^/(v1\.0|beta)(?=/)", "", path)
    return next((names for of, pattern, names in _NEEDED if of in ("", verb) and re.fullmatch(pattern, plain)), ())


def needed_by(error: GraphError) -> tuple[str, ...]:
    """The same for the call that ended in this error."""
    return needed_for(error.method, error.path)
