"""F2: the consent comes back for another tenant."""

from __future__ import annotations

from .fault import Fault

ANOTHER = "00000000-aaaa-4000-8000-000000000002"


class OtherTenant(Fault):
    """The browser brings a tenant id that is not the one of whoever consented."""

    key = "F2"
    seen = "The consent's answer names another tenant than the one that consented."
    in_graph = "no: it happens in the browser"

    def tenant_in_consent(self, tenant_id: str) -> str:
        """Name a tenant that the sandbox does not know."""
        return ANOTHER
