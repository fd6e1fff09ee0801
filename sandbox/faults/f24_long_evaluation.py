"""F24: a write of the mappings is followed by a long evaluation."""

from __future__ import annotations

from datetime import timedelta

from .fault import Fault


class LongEvaluation(Fault):
    """Everybody is evaluated anew, and nothing arrives meanwhile."""

    key = "F24"
    seen = (
        "The initial cycle that follows every write of the mappings takes two hours: progress stands at 0 pages and"
        " nothing arrives meanwhile. Without the switch it follows too, in one go."
    )
    in_graph = "the job's progress"

    def evaluation_delay(self) -> timedelta:
        """Take two hours."""
        return timedelta(hours=2)
