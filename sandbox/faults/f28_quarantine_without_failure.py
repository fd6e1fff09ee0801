"""F28: a job is in quarantine and the log shows no failure."""

from __future__ import annotations

from ..provisioning.cycle import Quarantined
from .fault import Fault


class QuarantineWithoutFailure(Fault):
    """Each cycle brings everybody and ends in quarantine."""

    key = "F28"
    seen = "The log shows only successes and the job is in quarantine: the reason stands in quarantine.error."
    in_graph = "the job's status"

    def end_cycle(self) -> None:
        """Raises Quarantined after every cycle."""
        raise Quarantined("Unknown", "The service met an unexpected condition in the target's answers.")
