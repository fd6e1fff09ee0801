"""F26: Haiilo shuts the service out."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..provisioning.exchange import Answer, Send
from .fault import Fault

REFUSED = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
    "status": "403",
    "detail": "The address of the caller is not allowed.",
}


class ShutOut(Fault):
    """Once a job of the tenant runs, the service's addresses are refused, whatever it sends."""

    key = "F26"
    seen = (
        "Haiilo shuts the service out (403) once a job runs: quarantine from the next cycle on"
        " (EncounteredQuarantineException), every test fails, the job is disabled after 28 days."
    )
    in_graph = "the job's status; validateCredentials and provisionOnDemand fail too"

    def reach(self, send: Send) -> Send:
        """Answer 403 to everything, once a job has run or is in quarantine."""
        running = (
            ("memory" in job.engine and job.schedule["state"] == "Active") or job.status["code"] == "Quarantine"
            for job in self.tenant.jobs.values()
            if not job.deleted
        )
        return _refuse if any(running) else send


def _refuse(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, timeout: float = 30.0
) -> Answer:
    return Answer(403, {}, json.dumps(REFUSED).encode())
