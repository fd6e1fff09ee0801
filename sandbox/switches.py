"""One switch per failure mode of PRODUCT.md, and the deviations between documents and reality (REFERENCE 16).

F34 and F36 are failures of the product itself: they are tests there, not switches here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import plights
from .provisioning.scenarios import SWITCHES as PROVISIONING
from .world import Tenant, World

OURS: dict[str, str] = {
    "F1": "No account may consent: the page says AADSTS90094; going back answers error=consent_required.",
    "F2": "The consent's answer names another tenant than the one that consented.",
    "F3": "A consent takes effect after ten minutes, or so many: until then AADSTS7000229 at the token endpoint.",
    "F4": 'A consent grants half of the permissions; "concurrent": the first try ends with AADSTS650051.',
    "F5": "Synchronization.ReadWrite.All is granted and not effective: 401 UnknownError with an empty message.",
    "F6": "The application is an OIDC registration: no template id, mode oidc, and its list of templates is empty.",
    "F7": "A twin application is there with a legacy customappsso job to another host; nobody arrives.",
    "F10": "Saved secrets are visible only three minutes later: start answers 400, validation fails.",
    "F32": "No P1 licence, also in organization and subscribedSkus: 403"
    " Authentication_RequestFromNonPremiumTenantOrB2CTenant on the logs.",
    "F35": "Access is lost: 401 InvalidAuthenticationToken, and AADSTS700016 at the token endpoint.",
    "wids_in_id_tokens": "ID tokens carry the person's directory roles (wids), as a registration may ask for.",
    "two_secrets_are_enough": "PUT secrets saves as documented, also without SyncAll and SyncNotificationSettings.",
    "owner_may_restart": "OwnedBy is enough for restart, as documented.",
    "filter_by_sign_on_mode": "$filter on preferredSingleSignOnMode works.",
    "job_created_200": "POST jobs answers 200 in place of 201, as one sample shows.",
    "log_steps_capitalised": "Step types in the log are capitalised (Import), as a published sample has them.",
    "log_principal_is_list": "servicePrincipal in log rows is a collection, as documented.",
    "patch_schema_works": "PATCH on the schema does what PUT does, as Microsoft's OpenAPI file says.",
    "forbidden_is_403": "A missing synchronization permission answers 403 Forbidden, as documented.",
}
ABSENT = {
    "F34": "The product's own: a link that was burnt or has expired.",
    "F36": "The product's own: a worker that dies, two people pressing the same button.",
}


def known() -> dict[str, str]:
    """Every switch with what will be seen, in order."""
    table = {**PROVISIONING, **OURS}
    return dict(sorted(table.items(), key=lambda row: _order(row[0])))


def _order(key: str) -> tuple[int, str]:
    return (int(key[1:]), "") if key[:1] == "F" and key[1:].isdigit() else (1000, key)


def check(wishes: Mapping[str, Any]) -> None:
    """Raises ValueError for a switch that there is not."""
    table = known()
    for key in wishes:
        if key not in table:
            raise ValueError(ABSENT.get(key, f"no such switch: {key}"))


def flip(world: World, tenant: Tenant, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Set switches (a false value takes one off) and return those that are on. Raises ValueError for an unknown one."""
    check(wishes)
    with world.lock:
        for key, value in sorted(wishes.items(), key=lambda row: _order(row[0])):
            if value:
                tenant.switches[key] = value
                plights.bring(world, tenant, key, value)
            else:
                tenant.switches.pop(key, None)
                plights.lift(world, tenant, key)
        world.touch()
    return dict(tenant.switches)
