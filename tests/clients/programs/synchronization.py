"""Provisioning as Microsoft's SDK sees it, from the templates to the log."""

from __future__ import annotations

import json
from typing import Any

from asking import asking, control
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient
from msgraph.generated.audit_logs.provisioning.provisioning_request_builder import ProvisioningRequestBuilder
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.synchronization_job import SynchronizationJob
from msgraph.generated.models.synchronization_job_application_parameters import SynchronizationJobApplicationParameters
from msgraph.generated.models.synchronization_job_restart_criteria import SynchronizationJobRestartCriteria
from msgraph.generated.models.synchronization_job_subject import SynchronizationJobSubject
from msgraph.generated.models.synchronization_secret import SynchronizationSecret
from msgraph.generated.models.synchronization_secret_key_string_value_pair import (
    SynchronizationSecretKeyStringValuePair,
)
from msgraph.generated.service_principals.item.synchronization.jobs.item.provision_on_demand import (
    provision_on_demand_post_request_body as on_demand,
)
from msgraph.generated.service_principals.item.synchronization.jobs.item.restart.restart_post_request_body import (
    RestartPostRequestBody,
)
from msgraph.generated.service_principals.item.synchronization.jobs.item.validate_credentials import (
    validate_credentials_post_request_body as validation,
)
from msgraph.generated.service_principals.item.synchronization.secrets.secrets_put_request_body import (
    SecretsPutRequestBody,
)
from steps import Step

Logs = ProvisioningRequestBuilder.ProvisioningRequestBuilderGetQueryParameters


class Synchronization:
    """One job's life. Steps build on each other through `self`."""

    def __init__(self, graph: GraphServiceClient, wishes: dict[str, Any]) -> None:
        self.graph, self.wishes = graph, wishes
        self.tenant_id, self.sso = wishes["tenant_id"], wishes["service_principal_id"]
        self.job_id = ""

    @property
    def _synchronization(self) -> Any:
        return self.graph.service_principals.by_service_principal_id(self.sso).synchronization

    @property
    def _job(self) -> Any:
        return self._synchronization.jobs.by_synchronization_job_id(self.job_id)

    def steps(self) -> list[Step]:
        return [
            self.list_templates,
            self.create_job,
            self.read_job,
            self.try_credentials,
            self.save_secrets,
            self.put_schema_back,
            self.provision_one,
            self.start_job,
            self.pause_and_restart,
            self.read_logs,
        ]

    async def list_templates(self) -> Any:
        found = (await self._synchronization.templates.get()).value
        return [[one.id, one.factory_tag, one.discoverable] for one in found]

    async def create_job(self) -> Any:
        made = await self._synchronization.jobs.post(SynchronizationJob(template_id="scim"))
        self.job_id = made.id
        return {"id": made.id, "template": made.template_id, "state": made.schedule.state, "code": made.status.code}

    async def read_job(self) -> Any:
        found = await self._job.get()
        listed = (await self._synchronization.jobs.get()).value
        return {
            "id": found.id,
            "listed": [one.id for one in listed],
            "interval": found.schedule.interval.total_seconds(),
            "first_steady": found.status.steady_state_first_achieved_time.year,
            "settings": {pair.name: pair.value for pair in found.synchronization_job_settings},
        }

    def _secrets(self, token: str) -> list[SynchronizationSecretKeyStringValuePair]:
        values = {
            SynchronizationSecret.BaseAddress: self.wishes["base_address"],
            SynchronizationSecret.SecretToken: token,
            SynchronizationSecret.SyncNotificationSettings: json.dumps({"Enabled": False}),
            SynchronizationSecret.SyncAll: "false",
        }
        return [SynchronizationSecretKeyStringValuePair(key=key, value=value) for key, value in values.items()]

    async def try_credentials(self) -> Any:
        """The right token, then a wrong one."""
        body = validation.ValidateCredentialsPostRequestBody(
            template_id="scim", use_saved_credentials=False, credentials=self._secrets(self.wishes["scim_token"])[:2]
        )
        await self._job.validate_credentials.post(body)
        body.credentials = self._secrets("wrong")[:2]
        try:
            await self._job.validate_credentials.post(body)
        except ODataError as error:
            return {"status": error.response_status_code, "code": error.error.code, "message": error.error.message}
        return None

    async def save_secrets(self) -> Any:
        saved = await self._synchronization.secrets.put(SecretsPutRequestBody(value=self._secrets("wrong")))
        await self._synchronization.secrets.put(SecretsPutRequestBody(value=self._secrets(self.wishes["scim_token"])))
        body = validation.ValidateCredentialsPostRequestBody(template_id="scim", use_saved_credentials=True)
        await self._job.validate_credentials.post(body)
        return saved is None or saved.value is None

    async def _raw(self, method: Method, path: str, content: bytes | None = None) -> bytes:
        request = RequestInformation(method, f"https://graph.microsoft.com/v1.0/servicePrincipals/{self.sso}{path}")
        request.url = f"https://graph.microsoft.com/v1.0/servicePrincipals/{self.sso}{path}"
        if content is not None:
            request.set_stream_content(content, "application/json")
        answer = await self.graph.request_adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
        return answer or b""

    async def put_schema_back(self) -> Any:
        """The document is changed and written as text, as ENGINE and Microsoft's own scripts do; the SDK reads it."""
        path = f"/synchronization/jobs/{self.job_id}/schema"
        document = json.loads(await self._raw(Method.GET, path))
        document.pop("@odata.context", None)
        mappings = document["synchronizationRules"][0]["objectMappings"]
        group = next(one for one in mappings if one["sourceObjectName"] == "Group")
        group["enabled"] = False
        user = next(one for one in mappings if one["sourceObjectName"] == "User")
        wanted = set(self.wishes["targets"])
        user["attributeMappings"] = [one for one in user["attributeMappings"] if one["targetAttributeName"] in wanted]
        await self._raw(Method.PUT, path, json.dumps(document).encode())
        self.schema = await self._job.schema.get()
        rule = self.schema.synchronization_rules[0]
        return {
            one.source_object_name: [one.enabled, str(one.flow_types), len(one.attribute_mappings)]
            for one in rule.object_mappings
        }

    async def provision_one(self) -> Any:
        pilot = await self.graph.users.by_user_id(self.wishes["pilot"]).get()
        subject = SynchronizationJobSubject(object_id=pilot.id, object_type_name="User")
        rule = SynchronizationJobApplicationParameters(
            rule_id=self.schema.synchronization_rules[0].id, subjects=[subject]
        )
        body = on_demand.ProvisionOnDemandPostRequestBody(parameters=[rule])
        answer = await self._job.provision_on_demand.post(body)
        return {"key": json.loads(answer.key), "value": json.loads(answer.value)}

    async def start_job(self) -> Any:
        await self._job.start.post()
        control(self.wishes["control"], "POST", f"/tenants/{self.tenant_id}/run", {})
        found = await self._job.get()
        last = found.status.last_execution
        return {
            "code": found.status.code,
            "state": last.state,
            "interval": found.schedule.interval.total_seconds(),
            "began": last.time_began.year > 1,
            "counts": {pair.key: pair.value for pair in found.status.synchronized_entry_count_by_type},
        }

    async def pause_and_restart(self) -> Any:
        await self._job.pause.post()
        paused = (await self._job.get()).status.code
        criteria = SynchronizationJobRestartCriteria()
        criteria.additional_data["resetScope"] = "Watermark, Escrows, QuarantineState"
        await self._job.restart.post(RestartPostRequestBody(criteria=criteria))
        return {"paused": paused, "restarted": (await self._job.get()).schedule.state}

    async def read_logs(self) -> Any:
        parameters = Logs(filter=f"jobId eq '{self.job_id}'", orderby=["activityDateTime desc"], top=500)
        found = (await self.graph.audit_logs.provisioning.get(request_configuration=asking(parameters))).value
        return [
            {
                "action": one.provisioning_action,
                "status": one.provisioning_status_info.status,
                "type": one.source_identity.identity_type,
                "steps": [step.provisioning_step_type for step in one.provisioning_steps],
                "cycle": one.cycle_id,
                "changed": {change.display_name: change.new_value for change in one.modified_properties or []},
            }
            for one in found
        ]
