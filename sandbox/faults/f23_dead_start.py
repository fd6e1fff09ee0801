"""F23: a healthy job looks dead after its start."""

from __future__ import annotations

from datetime import timedelta

from .fault import Fault


class DeadStart(Fault):
    """Nothing happens for a while after the first start."""

    key = "F23"
    seen = "After start nothing is seen for two hours: NotRun, the failed look of a healthy job, no log rows."
    in_graph = "the job's status; the log has no rows"

    def first_cycle_delay(self) -> timedelta:
        """Wait two hours."""
        return timedelta(hours=2)
