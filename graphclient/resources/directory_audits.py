"""The directory's audit log, GET /auditLogs/directoryAudits: changes of provisioning settings, and quarantines.

Needs AuditLog.Read.All and Entra ID P1 (docs/graph-facts.md, "Provisioning log").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ..http.paging import models, rows_of
from ..http.paths import moment_literal
from ..http.transport import Transport
from ..models.audit import DirectoryAudit

PATH = "/auditLogs/directoryAudits"
PAGE_SIZE = "500"
# names of activities: docs/graph-facts.md, "Provisioning log"
PROVISIONING = (
    "Update provisioning setting or credentials",
    "Enable/start provisioning configuration",
    "Disable/pause provisioning configuration",
    "Enable/restart provisioning configuration",
    "Update attribute mappings or scope",
    "Quarantine",
)


class DirectoryAudits:
    """The directory's audit log; may raise a `GraphError`, `LicenceMissing` where the tenant has no P1."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def between(
        self,
        since: datetime,
        until: datetime,
        *,
        activities: Sequence[str] = PROVISIONING,
        about: str | None = None,
    ) -> Iterator[DirectoryAudit]:
        """Rows from `since` up to `until` (aware), newest first, of these activities; of all for an empty list.

        `about`: only rows that name this object id as a target. Activities and target are compared by this method and
        without regard to case, because Microsoft's spelling varies.
        """
        window = f"activityDateTime ge {moment_literal(since)} and activityDateTime le {moment_literal(until)}"
        wanted = {activity.lower() for activity in activities}
        params = {"$filter": window, "$top": PAGE_SIZE}
        for audit in models(self._transport, DirectoryAudit.from_json, PATH, params):
            if wanted and audit.activity.lower() not in wanted:
                continue
            if about is None or any(target.id.lower() == about.lower() for target in audit.targets):
                yield audit

    def touch(self) -> None:
        """Read one row, only to see whether the log may be read. Raises as `between` does."""
        since = moment_literal(datetime.now(UTC) - timedelta(hours=1))
        rows_of(self._transport.get(PATH, {"$top": "1", "$filter": f"activityDateTime ge {since}"}), PATH)
