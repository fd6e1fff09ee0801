"""The directory as Microsoft's SDK sees it: service principals, assignments, batch, errors, throttling."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import UUID

from asking import asking, control, until
from azure.identity import ClientSecretCredential
from msgraph import GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.service_principals.item.app_role_assigned_to.app_role_assigned_to_request_builder import (
    AppRoleAssignedToRequestBuilder,
)
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator
from steps import Step

Principals = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters
Assigned = AppRoleAssignedToRequestBuilder.AppRoleAssignedToRequestBuilderGetQueryParameters
NOBODY = "00000000-0000-4000-8000-000000000000"


class Directory:
    """What can be asked of a tenant; `sso` is its enterprise application."""

    def __init__(self, graph: GraphServiceClient, wishes: dict[str, Any]) -> None:
        self.graph, self.wishes = graph, wishes
        self.tenant_id, self.sso = wishes["tenant_id"], wishes["service_principal_id"]

    def steps(self) -> list[Step]:
        return [
            self.organization,
            self.page_through,
            self.find_by_name,
            self.find_by_tag,
            self.read_one,
            self.count_assigned,
            self.send_batch,
            self.send_batch_as_it_is,
            self.ask_for_nobody,
            self.wait_out_throttling,
            self.use_a_secret,
        ]

    async def organization(self) -> Any:
        found = (await self.graph.organization.get()).value
        domains = [domain.name for domain in found[0].verified_domains]
        return {"ids": [one.id for one in found], "name": found[0].display_name, "domains": domains}

    async def page_through(self) -> Any:
        whole = await self.graph.service_principals.get(request_configuration=asking(Principals(top=999)))
        paged: list[str] = []
        first = await self.graph.service_principals.get(request_configuration=asking(Principals(top=2)))
        pages = PageIterator(first, self.graph.request_adapter)
        await pages.iterate(lambda one: not paged.append(one.id))
        return {"whole": [one.id for one in whole.value], "paged": paged, "next": first.odata_next_link}

    async def find_by_name(self) -> Any:
        parameters = Principals(filter="startswith(displayName,'Haiilo')", select=["id", "displayName", "appId"])
        found = (await self.graph.service_principals.get(request_configuration=asking(parameters))).value
        return [[one.id, one.display_name, one.app_id, one.tags] for one in found]

    async def find_by_tag(self) -> Any:
        parameters = Principals(
            filter="tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp') and accountEnabled eq true",
            count=True,
            orderby=["displayName"],
        )
        configuration = asking(parameters, ConsistencyLevel="eventual")
        found = await self.graph.service_principals.get(request_configuration=configuration)
        return {"count": found.odata_count, "names": [one.display_name for one in found.value]}

    async def read_one(self) -> Any:
        found = await self.graph.service_principals.by_service_principal_id(self.sso).get()
        roles = [[isinstance(role.id, UUID), role.is_enabled, role.allowed_member_types] for role in found.app_roles]
        return {"id": found.id, "mode": found.preferred_single_sign_on_mode, "roles": roles}

    async def count_assigned(self) -> Any:
        principal = self.graph.service_principals.by_service_principal_id(self.sso)
        first = await principal.app_role_assigned_to.get(request_configuration=asking(Assigned(top=3)))
        kinds: list[str] = []
        await PageIterator(first, self.graph.request_adapter).iterate(lambda one: not kinds.append(one.principal_type))
        return {kind: kinds.count(kind) for kind in set(kinds)}

    def _batch(self, prefix: str) -> BatchRequestContent:
        """Three calls in one, of which one finds nothing; `prefix` is cut off their addresses."""
        here, batch = self.graph.service_principals, BatchRequestContent()
        requests = {
            "tenant": self.graph.organization.to_get_request_information(),
            "application": here.by_service_principal_id(self.sso).to_get_request_information(),
            "nobody": here.by_service_principal_id(NOBODY).to_get_request_information(),
        }
        for name, request in requests.items():
            item = BatchRequestItem(request, id=name)
            item.url = item.url.removeprefix(prefix)
            batch.add_request(name, item)
        return batch

    async def send_batch(self) -> Any:
        """The bodies are read here: the SDK takes them for bytes, and what is JSON is lost."""
        batch = self._batch("https://graph.microsoft.com/v1.0/")
        request = await self.graph.batch.to_post_request_information(batch)
        raw = await self.graph.request_adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
        answers = await self.graph.batch.post(batch)
        bodies = {one["id"]: one["body"] for one in json.loads(raw)["responses"]}
        return {"statuses": answers.get_response_status_codes(), "bodies": bodies}

    async def send_batch_as_it_is(self) -> Any:
        """The SDK writes absolute addresses; Graph, and so the sandbox, wants relative ones."""
        return (await self.graph.batch.post(self._batch(""))).get_response_status_codes()

    async def ask_for_nobody(self) -> Any:
        try:
            await self.graph.service_principals.by_service_principal_id(NOBODY).get()
        except ODataError as error:
            inner = error.error.inner_error
            return {
                "status": error.response_status_code,
                "code": error.error.code,
                "message": error.error.message,
                "request_id": inner.request_id,
                "client_request_id": inner.client_request_id,
                "header": error.response_headers.get("request-id"),
            }
        return None

    async def wait_out_throttling(self) -> Any:
        """Microsoft's SDK repeats a call by itself; the far side gets better once it has said 429."""
        base, over = self.wishes["control"], threading.Event()
        control(base, "POST", f"/tenants/{self.tenant_id}/chaos", {"throttle": 1})

        def refusals() -> int:
            return [line["status"] for line in control(base, "GET", f"/journal?tenant={self.tenant_id}")].count(429)

        def calm_down() -> None:
            control(base, "POST", f"/tenants/{self.tenant_id}/chaos", {"throttle": 0})

        before = refusals()
        watch = threading.Thread(target=until, args=(lambda: refusals() > before, calm_down, over))
        watch.start()
        try:
            found = await self.graph.service_principals.by_service_principal_id(self.sso).get()
        finally:
            over.set()
            watch.join()
            calm_down()
        return {"id": found.id, "refused": refusals() - before}

    async def use_a_secret(self) -> Any:
        credential = ClientSecretCredential(self.tenant_id, self.wishes["client_id"], self.wishes["secret"])
        found = await GraphServiceClient(credential).organization.get()
        return [one.id for one in found.value]
