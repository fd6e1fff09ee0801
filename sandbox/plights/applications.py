"""What switches make of the tenant's applications and of its licence."""

from __future__ import annotations

from ..engine_room import default_schema
from ..graph.applications import CUSTOM, INTEGRATED, NON_GALLERY, SAML_ROLE, USER_ROLE
from ..graph.jobs import new_job
from ..provisioning import status
from ..world import Plight, ServicePrincipal, Tenant, World, new_id

TWIN = "Haiilo SSO (old)"


def make_oidc(world: World, tenant: Tenant, plight: Plight) -> None:
    """F6: the application is an OIDC registration, which has no templates."""
    sp = tenant.service_principals.get(str(tenant.made.get("service_principal_id")))
    if sp is None:
        return
    made = {
        "templates": [],
        "applicationTemplateId": None,
        "preferredSingleSignOnMode": "oidc",
        "tags": [INTEGRATED],
    }
    plight.kept = {name: getattr(sp, name) for name in made}
    for name, value in made.items():
        setattr(sp, name, value)


def restore(world: World, tenant: Tenant, plight: Plight) -> None:
    """F6 again: as it was."""
    sp = tenant.service_principals.get(str(tenant.made.get("service_principal_id")))
    for name, value in plight.kept.items() if sp is not None else ():
        setattr(sp, name, value)


def end_licence(world: World, tenant: Tenant, plight: Plight) -> None:
    """F32: no P1. Groups that are assigned stay assigned."""
    plight.kept, tenant.licence = {"licence": tenant.licence}, "none"


def renew_licence(world: World, tenant: Tenant, plight: Plight) -> None:
    """F32 again: as it was."""
    tenant.licence = plight.kept["licence"]


def add_twin(world: World, tenant: Tenant, plight: Plight) -> None:
    """F7: another Haiilo application, older, with a job of the old template for a host that is not the customer's."""
    host = f"old-{tenant.haiilo_host}"
    sp = ServicePrincipal(
        new_id(),
        new_id(),
        TWIN,
        application_id=new_id(),
        applicationTemplateId=NON_GALLERY,
        appOwnerOrganizationId=tenant.id,
        preferredSingleSignOnMode="saml",
        replyUrls=[f"https://{host}/login/saml2/sso"],
        tags=[INTEGRATED, CUSTOM],
        appRoles=[dict(USER_ROLE), dict(SAML_ROLE)],
        templates=["customappsso"],
    )
    sp.servicePrincipalNames = [sp.appId]
    tenant.service_principals[sp.id] = sp
    job = new_job(tenant.id, sp.id, "customappsso", default_schema("customappsso", tenant))
    job.schedule.update(state="Active", interval="PT40M")
    ran = status.Counts(world.clock.stamp()).execution(world.clock, exports=0, state="Succeeded")
    seen = {"steadyStateFirstAchievedTime": ran["timeEnded"], "steadyStateLastAchievedTime": ran["timeEnded"]}
    status.change(job, code="Active", lastExecution=ran, lastSuccessfulExecution=ran, **seen)
    tenant.jobs[job.id] = job
    address = f"https://{host}/api/scim/v2"
    tenant.secrets[sp.id] = {"BaseAddress": address, "SecretToken": "old", "SyncAll": "false"}
    plight.done = [sp.id]


def remove_twin(world: World, tenant: Tenant, plight: Plight) -> None:
    """F7 again: gone, with whatever was made of it."""
    for sp_id in plight.done:
        for job in tenant.jobs_of(sp_id):
            job.deleted = True
        tenant.service_principals.pop(sp_id, None)
        tenant.secrets.pop(sp_id, None)
        tenant.assignments.pop(sp_id, None)
