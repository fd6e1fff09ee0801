"""F33: Haiilo is too busy."""

from __future__ import annotations

import time

from ..haiilo.platform import Platform
from ..haiilo.refusals import ScimRefused
from .fault import Fault

REFUSALS: dict[int, tuple[int, str]] = {
    3: (429, "Too many requests."),
    6: (503, "Service unavailable."),
    0: (504, "Gateway timeout."),
}
"""Number of the call, modulo nine → status and text."""


class BusyReceiver(Fault):
    """The switch's value may be {"seconds": 2} (each call takes that long) or {"throttle": true} (429 to writes)."""

    key = "F33"
    seen = "Haiilo answers every third call with 429, 503 or 504: TooManyRequests and Timeout in the log."
    in_graph = "no: it is at Haiilo"

    def refuse_call(self, platform: Platform, method: str) -> None:
        """Raises ScimRefused as the switch's value has it."""
        if isinstance(self.value, dict):
            time.sleep(float(self.value.get("seconds", 0)))
            if self.value.get("throttle") and method != "GET":
                raise ScimRefused(429, "Too many requests.")
        elif platform.calls % 9 in REFUSALS:
            raise ScimRefused(*REFUSALS[platform.calls % 9])
