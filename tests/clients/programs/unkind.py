"""What Microsoft's SDK makes of chaos: calls that go wrong by chance, and one-shot faults by order."""

from __future__ import annotations

import asyncio
from typing import Any

from asking import asking, control
from azure.identity import CertificateCredential
from directory import Principals
from msgraph import GraphServiceClient
from msgraph.generated.models.synchronization_job import SynchronizationJob
from msgraph_core.tasks.page_iterator import PageIterator
from steps import tell, wishes

ROUNDS = 2


class Unkind:
    """One tenant, whose `service_principal_id` is its enterprise application."""

    def __init__(self, given: dict[str, Any], tenant: dict[str, Any]) -> None:
        self.control, self.tenant = given["control"], tenant
        credential = CertificateCredential(tenant["tenant_id"], given["client_id"], given["certificate_file"])
        self.graph = GraphServiceClient(credential)
        self.sso = self.graph.service_principals.by_service_principal_id(tenant["service_principal_id"])

    async def go_on(self) -> Any:
        """Page through the applications, name the tenant, read one application, list its jobs: twice."""
        rounds = []
        for _round in range(ROUNDS):
            first = await self.graph.service_principals.get(request_configuration=asking(Principals(top=5)))
            paged: list[str] = []
            await PageIterator(first, self.graph.request_adapter).iterate(lambda one, to=paged: not to.append(one.id))
            one = await self.sso.get()
            named = (await self.graph.organization.get()).value
            jobs = (await self.sso.synchronization.jobs.get()).value
            rounds.append({"paged": paged, "one": one.id, "tenant": named[0].id, "jobs": len(jobs)})
        return rounds

    async def meet(self, how: str) -> Any:
        """The fault at a read: what is raised, and whether the same call works afterwards."""
        self._order("GET", "/organization", how)
        raised = await self._raised(self.graph.organization.get())
        return {"raised": raised, "afterwards": (await self.graph.organization.get()).value[0].id}

    async def create(self, how: str) -> Any:
        """The fault at a write: what is raised, what took effect, what the same call raises then. Leaves none."""
        jobs = self.sso.synchronization.jobs
        self._order("POST", "/synchronization/jobs", how)
        raised = await self._raised(jobs.post(SynchronizationJob(template_id="scim")))
        left = (await jobs.get()).value
        again = await self._raised(jobs.post(SynchronizationJob(template_id="scim")))
        for each in left:
            await jobs.by_synchronization_job_id(each.id).delete()
        return {"raised": raised, "jobs": len(left), "again": again}

    def _order(self, method: str, path: str, how: str) -> None:
        order = {"lose_next": {"method": method, "path_contains": path, "how": how}}
        control(self.control, "POST", f"/tenants/{self.tenant['tenant_id']}/chaos", order)

    async def _raised(self, call: Any) -> str:
        """The exception's class and words; empty when there was none."""
        try:
            await call
        except Exception as error:  # noqa: BLE001 - whatever a client raises is what the tests want to see
            return f"{type(error).__module__}.{type(error).__name__}: {error}"
        return ""


async def survived(given: dict[str, Any], tenant: dict[str, Any]) -> Any:
    try:
        return await Unkind(given, tenant).go_on()
    except Exception as error:  # noqa: BLE001 - the test says that there was none
        return repr(error)


async def one_shot(given: dict[str, Any]) -> Any:
    here = Unkind(given, given["calm"])
    reads = {how: await here.meet(how) for how in given["one_shot"]}
    return {"reads": reads, "writes": {how: await here.create(how) for how in given["one_shot"]}}


async def main(given: dict[str, Any]) -> dict[str, Any]:
    """All tenants at once, each one call at a time."""
    names, tenants = list(given["unkind"]), list(given["unkind"].values())
    *series, met = await asyncio.gather(*(survived(given, tenant) for tenant in tenants), one_shot(given))
    return {"survived": dict(zip(names, series, strict=True)), **met}


if __name__ == "__main__":
    tell(asyncio.run(main(wishes())))
