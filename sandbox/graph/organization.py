"""The tenant itself: GET /organization, /domains, /subscribedSkus."""

from __future__ import annotations

from typing import Any

from ..world import Tenant
from .exchange import Answer, Call, not_found
from .filters import Filterable
from .lists import Listing, answer, one
from .permissions import READ_DOMAINS, READ_ORGANIZATION
from .routes import route
from .shapes import get_row

P1, P2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"
_SKUS = {
    "P1": ("AAD_PREMIUM", "078d2b04-f1bd-4111-bbd4-b4b1b354cef4"),
    "P2": ("AAD_PREMIUM_P2", "84a661c4-e949-4bd2-a560-ed7766fcaf2b"),
}


def _plans(tenant: Tenant) -> list[dict[str, Any]]:
    plans = {"none": [], "P1": [P1], "P2": [P1, P2]}[tenant.licence]
    return [
        {
            "assignedDateTime": "2024-01-10T08:00:00Z",
            "capabilityStatus": "Enabled",
            "service": "AADPremiumService",
            "servicePlanId": plan,
        }
        for plan in plans
    ]


def show_organization(tenant: Tenant) -> dict[str, Any]:
    """Graph: organization."""
    domains = [
        {
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": index == 0,
            "isInitial": False,
            "name": name,
            "type": "Managed",
        }
        for index, name in enumerate(tenant.domains)
    ]
    initial = {"capabilities": "Email", "isDefault": False, "isInitial": True}
    return {
        "id": tenant.id,
        "displayName": tenant.name,
        "countryLetterCode": "DE",
        "preferredLanguage": "en",
        "tenantType": "AAD",
        "createdDateTime": "2019-05-02T08:00:00Z",
        "technicalNotificationMails": [f"it@{tenant.domains[0]}"],
        "onPremisesSyncEnabled": None,
        "verifiedDomains": [*domains, {**initial, "name": tenant.initial_domain, "type": "Managed"}],
        "assignedPlans": _plans(tenant),
        "provisionedPlans": [],
    }


_NOTHING = Filterable({})
_ORGANIZATION = Listing(
    "organization",
    "organization",
    frozenset(show_organization(Tenant("", "", ["x"], "x"))),
    _NOTHING,
    get_row,
    show_organization,
)


def show_domain(tenant: Tenant, name: str) -> dict[str, Any]:
    """Graph: domain."""
    return {
        "id": name,
        "authenticationType": "Managed",
        "availabilityStatus": None,
        "isAdminManaged": True,
        "isDefault": name == tenant.domains[0],
        "isInitial": name == tenant.initial_domain,
        "isRoot": True,
        "isVerified": True,
        "supportedServices": ["Email"],
    }


def _domains(call: Call) -> list[dict[str, Any]]:
    return [show_domain(call.tenant, name) for name in [*call.tenant.domains, call.tenant.initial_domain]]


_DOMAINS = Listing(
    "domains", "domain", frozenset(show_domain(Tenant("", "", ["x"], "x"), "x")), _NOTHING, get_row, dict
)


@route("GET", "/organization", READ_ORGANIZATION)
def list_organization(call: Call) -> Answer:
    """Exactly one element (docs/graph-facts.md, "Tenants and clouds"; Graph: organization, list)."""
    return answer(call, _ORGANIZATION, [call.tenant])


@route("GET", "/organization/{organization-id}", READ_ORGANIZATION)
def get_organization(call: Call) -> Answer:
    """By tenant id; the caller's own only."""
    if call.parts["organization-id"].lower() != call.tenant.id:
        raise not_found(call.parts["organization-id"])
    return one(call, _ORGANIZATION, call.tenant)


@route("GET", "/domains", READ_DOMAINS)
def list_domains(call: Call) -> Answer:
    """Verified ones (docs/graph-facts.md, "Tenants and clouds"; Graph: domain, list)."""
    return answer(call, _DOMAINS, _domains(call))


@route("GET", "/subscribedSkus", READ_ORGANIZATION)
def list_skus(call: Call) -> Answer:
    """What the tenant has bought; only the directory's own plans (Graph: subscribedSku, list)."""
    rows = []
    if call.tenant.licence in _SKUS:
        part, sku = _SKUS[call.tenant.licence]
        plan = {"servicePlanId": P2 if part.endswith("P2") else P1, "servicePlanName": part}
        rows = [
            {
                "id": f"{call.tenant.id}_{sku}",
                "skuId": sku,
                "skuPartNumber": part,
                "capabilityStatus": "Enabled",
                "appliesTo": "User",
                "consumedUnits": len(call.tenant.users),
                "prepaidUnits": {"enabled": len(call.tenant.users), "suspended": 0, "warning": 0},
                "servicePlans": [{**plan, "provisioningStatus": "Success", "appliesTo": "User"}],
            }
        ]
    listing = Listing("subscribedSkus", "subscribedSku", frozenset(rows[0] if rows else ()), _NOTHING, get_row, dict)
    return answer(call, listing, rows)
