"""Granting and taking away what an application may do in a tenant.

Facts: docs/graph-facts.md, "Consent".
"""

from __future__ import annotations

from datetime import timedelta

from .. import faults
from ..world import App, Consent, ServicePrincipal, Tenant, User, World, new_id

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
CLOUD_APPLICATION_ADMINISTRATOR = "158c047a-c907-4556-b7ef-446551a6b5f7"
MAY_CONSENT = frozenset({GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR})


def may_consent(tenant: Tenant, user: User) -> bool:
    """Whether the user has a role that can grant application permissions of Graph, and no fault forbids it."""
    if any(fault.forbids_consent() for fault in faults.on(tenant)):
        return False
    return bool(MAY_CONSENT & set(tenant.roles.get(user.id, ())))


def grant(world: World, tenant: Tenant, app: App) -> Consent:
    """Grant everything that the registration asks for; it takes effect late unless the tenant is calm.

    Raises LoginRefused where a fault makes the consent fail.
    """
    with world.lock:
        roles = list(app.permissions)
        for fault in faults.on(tenant):
            roles = fault.granted(roles)
        delegated = list[str]()
        if tenant.reality.consent_grants == "delegated":
            roles, delegated = [], roles
        before = tenant.consents.get(app.client_id)
        sp = tenant.service_principals.get(before.service_principal_id) if before else None
        if sp is None:
            sp = _principal(world, tenant, app)
        made = Consent(roles, sp.id, world.clock.now() + _lag(world, tenant), delegated)
        tenant.consents[app.client_id] = made
        world.touch()
    return made


def _lag(world: World, tenant: Tenant) -> timedelta:
    """How long a consent takes to be effective."""
    delay = faults.first(fault.consent_delay() for fault in faults.on(tenant))
    if delay is not None:
        return delay
    return timedelta(0) if tenant.chaos.calm else timedelta(seconds=world.random.uniform(5, 120))


def _principal(world: World, tenant: Tenant, app: App) -> ServicePrincipal:
    sp = ServicePrincipal(
        new_id(),
        app.client_id,
        app.display_name,
        appOwnerOrganizationId=app.home_tenant,
        appRoleAssignmentRequired=False,
        servicePrincipalNames=[app.client_id],
        replyUrls=list(app.redirect_uris),
        tags=["WindowsAzureActiveDirectoryIntegratedApp"],
        createdDateTime=world.clock.stamp(),
    )
    tenant.service_principals[sp.id] = sp
    return sp


def revoke(world: World, tenant: Tenant, client_id: str) -> None:
    """The admin deletes our enterprise application; everything that it could do ends."""
    with world.lock:
        consent = tenant.consents.pop(client_id, None)
        if consent:
            tenant.service_principals.pop(consent.service_principal_id, None)
        world.touch()
