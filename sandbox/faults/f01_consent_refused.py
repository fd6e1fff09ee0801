"""F1: nobody may consent."""

from __future__ import annotations

from .fault import Fault


class ConsentRefused(Fault):
    """The page says that an admin is needed, whoever signs in."""

    key = "F1"
    seen = "No account may consent: the page says AADSTS90094; going back answers error=consent_required."
    in_graph = "no: it happens on Microsoft's pages"

    def forbids_consent(self) -> bool:
        """Forbid it to every role."""
        return True
