"""F9: Haiilo does not take the token any more."""

from __future__ import annotations

from ..haiilo.platform import Platform
from ..haiilo.refusals import ScimRefused
from .fault import Fault


class TokenRefused(Fault):
    """As after a token that was revoked or has expired."""

    key = "F9"
    seen = "Haiilo answers 401 to every call: the test fails, a running job goes into quarantine at once."
    in_graph = "no: it is at Haiilo"

    def refuse_call(self, platform: Platform, method: str) -> None:
        """Raises ScimRefused (401) for every call."""
        raise ScimRefused(401, "The access token is not valid.")
