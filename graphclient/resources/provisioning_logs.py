"""GET /auditLogs/provisioning: 5 requests in 10 seconds for an app in a tenant, no change token, rows arrive late."""

from __future__ import annotations

from datetime import UTC, datetime

from ..models.logs import LogPage, ProvisioningEvent
from ..paging import next_link as link_of
from ..paging import rows_of
from ..paths import literal
from ..transport import Transport

PATH = "/auditLogs/provisioning"
HEADERS = {"Prefer": "include-unknown-enum-members"}
MOST = 500  # the largest page of Microsoft's examples


class ProvisioningLogs:
    """The provisioning log, page by page, so that a caller can store a page and its place together."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, job_id: str, since: datetime, next_link: str | None = None, top: int = 200) -> LogPage:
        """The first page of what happened to the job after `since` (aware), oldest first as far as Graph orders it;
        or the page behind `next_link`. Raises `LicenceMissing` where the tenant has no P1.
        """
        if next_link is not None:
            page = self._transport.follow(next_link, HEADERS)
        else:
            moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            params = {
                "$filter": f"jobId eq {literal(job_id)} and activityDateTime gt {moment}",
                "$orderby": "activityDateTime asc",
                "$top": str(max(1, min(top, MOST))),
            }
            page = self._transport.get(PATH, params, HEADERS)
        events = tuple(ProvisioningEvent.from_json(row) for row in rows_of(page, PATH))
        return LogPage(events, link_of(page))
