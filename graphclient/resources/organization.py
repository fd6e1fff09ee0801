"""The tenant itself: GET /organization, /domains, /subscribedSkus."""

from __future__ import annotations

from ..errors import Malformed
from ..http.memo import Read
from ..http.paging import pages, rows_of
from ..http.transport import Transport
from ..models.organization import Domain, Organization, SubscribedSku

PATH = "/organization"
SELECT = "id,displayName,verifiedDomains,assignedPlans"
GET = Read(PATH, {"$select": SELECT})


class OrganizationResource:
    """The tenant behind the token; every method may raise a `GraphError`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Organization:
        """The organization of the tenant. Raises `Malformed` where Graph lists none or several."""
        rows = rows_of(self._transport.get(GET.path, GET.params), PATH)
        if len(rows) != 1:
            raise Malformed("not exactly one organization", method="GET", path=PATH)
        return Organization.from_json(rows[0])

    def domains(self) -> list[Domain]:
        """All domains, those not verified included. Needs the permission Domain.Read.All."""
        return [Domain.from_json(row) for row in pages(self._transport, "/domains")]

    def subscribed_skus(self) -> list[SubscribedSku]:
        """The products that the tenant has bought."""
        return [SubscribedSku.from_json(row) for row in pages(self._transport, "/subscribedSkus")]
