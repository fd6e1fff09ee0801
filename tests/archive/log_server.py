"""A provisioning log on loopback: rows in any order, pages of any size, and faults between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.graphclient.graph_stub import Asked, Reply

PATH = "/v1.0/auditLogs/provisioning"
LINK = f"https://graph.microsoft.com{PATH}?$skiptoken="
JOB = "scim.11111111222243338444555555555555.4ba261ce"
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
STEP = "EntrySynchronizationSkip"
_BOUND = re.compile(r"activityDateTime (gt|lt) (\S+)")
Row = dict[str, Any]
Fault = Callable[[Asked], Reply | None]


def at(minute: float) -> str:
    """A time of the log: so many minutes after noon, in whole seconds."""
    return (NOON + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def row(minute: float, person: str, action: str = "create", status: str = "success", **more: Any) -> Row:
    """A row as it was recorded. `skip`: the reason that a step gives."""
    skip, kind, job = more.pop("skip", ""), more.pop("kind", "User"), more.pop("job", JOB)
    steps = [{"name": STEP, "provisioningStepType": "export", "status": "skipped", "details": {"SkipReason": skip}}]
    return {
        "id": f"{person}-{minute}-{action}-{status}",
        "activityDateTime": at(minute),
        "jobId": job,
        "provisioningAction": action,
        "provisioningStatusInfo": {"status": status, "errorInformation": None},
        "sourceIdentity": {
            "id": person,
            "displayName": person.title(),
            "identityType": kind,
            "details": {"UserPrincipalName": f"{person}@contoso.example"},
        },
        "targetIdentity": {"id": "", "displayName": "", "details": {}},
        "provisioningSteps": steps if skip else [],
    } | more


@dataclass
class LogServer:
    """Answers as Graph does: each query has pages of its own, whose links go on in them."""

    rows: list[Row]
    order: Callable[[list[Row]], list[Row]] = lambda rows: sorted(
        rows, key=lambda row: str(row["activityDateTime"]), reverse=True
    )
    size: int = 500
    fault: Fault = lambda _asked: None
    queries: list[list[Row]] = field(default_factory=list)
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        """One page, or the fault that this request meets."""
        self.asked.append(asked.query)
        fault = self.fault(asked)
        if fault is not None:
            return fault
        if "$skiptoken" in asked.query:
            query, start = (int(part) for part in asked.query["$skiptoken"].split("-"))
        else:
            self.queries.append(self.order(list(_filtered(self.rows, asked.query.get("$filter", "")))))
            query, start = len(self.queries) - 1, 0
        found = self.queries[query]
        more = start + self.size < len(found)
        link = {"@odata.nextLink": f"{LINK}{query}-{start + self.size}"} if more else {}
        return Reply(200, {"value": found[start : start + self.size]} | link)


def _filtered(rows: Iterable[Row], wanted: str) -> Iterable[Row]:
    bounds = _BOUND.findall(wanted)
    for each in rows:
        time = str(each["activityDateTime"])
        outside = any(time <= bound if word == "gt" else time >= bound for word, bound in bounds)
        if not outside and ("jobId" not in wanted or f"'{each['jobId']}'" in wanted):
            yield each
