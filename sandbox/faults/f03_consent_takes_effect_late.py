"""F3: a consent takes effect late."""

from __future__ import annotations

from datetime import timedelta

from .fault import Fault

SEEN_AT_MOST = 10.0
"""Minutes."""


class ConsentTakesEffectLate(Fault):
    """The switch's value is True or the minutes that it takes."""

    key = "F3"
    seen = "A consent takes effect after ten minutes, or so many: until then AADSTS7000229 at the token endpoint."
    in_graph = "no: nothing can be asked before it takes effect"

    def consent_delay(self) -> timedelta:
        """As many minutes as the switch's value says, or ten."""
        return timedelta(minutes=SEEN_AT_MOST if self.value is True else float(self.value))
