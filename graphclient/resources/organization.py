"""The tenant itself: GET /organization, /domains, /subscribedSkus."""

from __future__ import annotations

from ..http.document import read_model, unreadable
from ..http.memo import Read
from ..http.paging import models, rows_of
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
        """The organization of the tenant. Raises `Unreadable` where Graph lists none or several."""
        page = self._transport.get(GET.path, GET.params)
        rows = rows_of(page, PATH)
        if len(rows) != 1:
            raise unreadable(page, "not exactly one organization")
        return read_model(Organization.from_json, page, rows[0])

    def domains(self) -> list[Domain]:
        """All domains, those not verified included. Needs the permission Domain.Read.All."""
        return list(models(self._transport, Domain.from_json, "/domains"))

    def subscribed_skus(self) -> list[SubscribedSku]:
        """The products that the tenant has bought."""
        return list(models(self._transport, SubscribedSku.from_json, "/subscribedSkus"))
