"""F21: deactivations do not arrive."""

from __future__ import annotations

from .fault import Fault


class FalseIgnored(Fault):
    """Entra's client sends Booleans as strings unless it is told otherwise."""

    key = "F21"
    seen = 'Haiilo ignores the string "False": deactivations are answered with 200 and never happen.'
    in_graph = "no: it is at Haiilo"

    def ignores_false_text(self) -> bool:
        """Ignore the string."""
        return True
