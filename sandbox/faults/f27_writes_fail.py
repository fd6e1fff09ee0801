"""F27: every write fails at Haiilo."""

from __future__ import annotations

from ..haiilo.platform import Platform
from ..haiilo.refusals import ScimRefused
from .fault import Fault

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class WritesFail(Fault):
    """Reads are answered, so the test of the connection passes."""

    key = "F27"
    seen = "Haiilo answers 500 to every write: EntryLevelErrors, and no quarantine below 5,000 failures."
    in_graph = "no: it is at Haiilo; the job's status tells"

    def refuse_call(self, platform: Platform, method: str) -> None:
        """Raises ScimRefused (500) for a write."""
        if method in WRITES:
            raise ScimRefused(500, "Internal Server Error")
