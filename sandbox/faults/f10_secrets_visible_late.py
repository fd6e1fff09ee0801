"""F10: the service sees saved secrets late."""

from __future__ import annotations

from datetime import timedelta

from .fault import Fault


class SecretsVisibleLate(Fault):
    """PUT secrets is answered at once, and has no effect for a while."""

    key = "F10"
    seen = "Saved secrets are visible only three minutes later: a start ends in quarantine, validation fails."
    in_graph = "`GET secrets` shows nothing yet"

    def secrets_delay(self) -> timedelta:
        """Three minutes."""
        return timedelta(minutes=3)
