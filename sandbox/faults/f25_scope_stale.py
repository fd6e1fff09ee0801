"""F25: a changed scope is not taken up."""

from __future__ import annotations

from .fault import Fault


class ScopeStale(Fault):
    """The service goes on with the scoping filter that it read last. SyncAll waits for a restart anyway."""

    key = "F25"
    seen = "A changed scope (SyncAll, scoping filter) does nothing until the job is restarted."
    in_graph = "no: settings and schema show what was written"

    def ignores_changed_scope(self) -> bool:
        """Ignore it."""
        return True
