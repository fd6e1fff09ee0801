"""GET /organization."""

from __future__ import annotations

from ..errors import Malformed
from ..models.organization import Organization
from ..paging import rows_of
from ..transport import Transport

PATH = "/organization"


class OrganizationResource:
    """The tenant behind the token."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Organization:
        """The one organization. Raises `Malformed` where there is not exactly one."""
        page = self._transport.get(PATH, {"$select": "id,displayName,verifiedDomains,assignedPlans"})
        rows = rows_of(page, PATH)
        if len(rows) != 1:
            raise Malformed("not exactly one organization", method="GET", path=PATH)
        return Organization.from_json(rows[0])
