"""F7: there are two Haiilo applications, and the older one runs."""

from __future__ import annotations

from ..graph.applications import CUSTOM, INTEGRATED, NON_GALLERY, SAML_ROLE, USER_ROLE
from ..graph.jobs import job_for
from ..provisioning import status
from ..world import Job, ServicePrincipal, World, new_id
from .fault import Fault

NAME = "Haiilo SSO (old)"
TEMPLATE = "customappsso"


class TwinApplication(Fault):
    """The twin's job has the old template and a host that is not the customer's."""

    key = "F7"
    seen = "A twin application is there with a legacy customappsso job to another host; nobody arrives."
    in_graph = "the application, its job, its secrets; with the switch it goes again"

    def apply(self, world: World) -> None:
        """Add the twin with its job and its secrets."""
        tenant, host = self.tenant, f"old-{self.tenant.haiilo_host}"
        sp = self._application(host)
        tenant.service_principals[sp.id] = sp
        job = self._job(world, sp)
        tenant.jobs[job.id] = job
        address = f"https://{host}/api/scim/v2"
        tenant.secrets[sp.id] = {"BaseAddress": address, "SecretToken": "old", "SyncAll": "false"}
        self.applied.done = [sp.id]

    def _application(self, host: str) -> ServicePrincipal:
        sp = ServicePrincipal(
            new_id(),
            new_id(),
            NAME,
            application_id=new_id(),
            applicationTemplateId=NON_GALLERY,
            appOwnerOrganizationId=self.tenant.id,
            preferredSingleSignOnMode="saml",
            replyUrls=[f"https://{host}/login/saml2/sso"],
            tags=[INTEGRATED, CUSTOM],
            appRoles=[dict(USER_ROLE), dict(SAML_ROLE)],
            templates=[TEMPLATE],
        )
        sp.servicePrincipalNames = [sp.appId]
        return sp

    def _job(self, world: World, sp: ServicePrincipal) -> Job:
        """Running, and its last cycle went well without anybody in it."""
        job = job_for(world, self.tenant, sp, TEMPLATE)
        job.schedule.update(state="Active", interval="PT40M")
        ran = status.Counts(world.clock.stamp()).execution(world.clock, exports=0, state="Succeeded")
        steady = {"steadyStateFirstAchievedTime": ran["timeEnded"], "steadyStateLastAchievedTime": ran["timeEnded"]}
        status.change(job, code="Active", lastExecution=ran, lastSuccessfulExecution=ran, **steady)
        return job

    def undo(self, world: World) -> None:
        """Take the twin away, with whatever was made of it."""
        tenant = self.tenant
        for sp_id in self.applied.done:
            for job in tenant.jobs_of(sp_id):
                job.deleted = True
            tenant.service_principals.pop(sp_id, None)
            tenant.secrets.pop(sp_id, None)
            tenant.assignments.pop(sp_id, None)
