"""Where Microsoft's documents and reality differ: reality by default, the document with the switch.

What is known of each stands in docs/graph-facts.md, "Documents and reality".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..graph.filters import ops
from ..world import User
from .fault import Fault

MEMBER = "b79fbf4d-3ef9-4689-8143-76b194e85509"
"""In the wids of everybody who is no guest."""
TYPE_NAME = "Microsoft.Azure.ActiveDirectory.Synchronization.Contracts.ProvisionOnDemandResult"


class _Deviation(Fault):
    """What it does to an answer is all that is seen of it."""

    in_graph = "the answer itself"


class WidsInIdTokens(_Deviation):
    """A registration may ask for the optional claim."""

    key = "wids_in_id_tokens"
    seen = "ID tokens carry the person's directory roles (wids), as a registration may ask for."
    in_graph = "no: it is in ID tokens"

    def id_claims(self, user: User) -> dict[str, Any]:
        """Add the template ids of the person's roles."""
        return {"wids": [*self.tenant.roles.get(user.id, ()), MEMBER]}


class TwoSecretsAreEnough(_Deviation):
    """Without the switch such a set is answered with 204 and not saved."""

    key = "two_secrets_are_enough"
    seen = "PUT secrets saves as documented, also without SyncAll and SyncNotificationSettings."

    def saves_any_secrets(self) -> bool:
        """Save every set."""
        return True


class OwnerMayRestart(_Deviation):
    """Without the switch restart needs Synchronization.ReadWrite.All."""

    key = "owner_may_restart"
    seen = "OwnedBy is enough for restart, as documented."

    def owner_may_restart(self) -> bool:
        """Let the owner restart."""
        return True


class FilterBySignOnMode(_Deviation):
    """Filtering by the property is not documented."""

    key = "filter_by_sign_on_mode"
    seen = "$filter on preferredSingleSignOnMode works."

    def service_principal_filters(self) -> Mapping[str, frozenset[str]]:
        """Allow the property, for equality."""
        return {"preferredSingleSignOnMode": ops("eq")}


class JobCreated200(_Deviation):
    """Without the switch POST jobs answers 201."""

    key = "job_created_200"
    seen = "POST jobs answers 200 in place of 201, as one sample shows."

    def created_status(self) -> int:
        """Answer 200."""
        return 200


class LogStepsCapitalised(_Deviation):
    """Without the switch they are in lower case."""

    key = "log_steps_capitalised"
    seen = "Step types in the log are capitalised (Import), as a published sample has them."

    def log_row(self, row: dict[str, Any]) -> dict[str, Any]:
        """With the type of each step capitalised."""
        steps = row.get("provisioningSteps") or []
        changed = [{**step, "provisioningStepType": step["provisioningStepType"].capitalize()} for step in steps]
        return {**row, "provisioningSteps": changed} if changed else row


class LogPrincipalIsList(_Deviation):
    """Without the switch it is one object."""

    key = "log_principal_is_list"
    seen = "servicePrincipal in log rows is a collection, as documented."

    def log_row(self, row: dict[str, Any]) -> dict[str, Any]:
        """With the service principal as a list of one."""
        principal = row.get("servicePrincipal")
        return {**row, "servicePrincipal": [principal]} if principal else row


class PatchSchemaWorks(_Deviation):
    """Without the switch there is no such call."""

    key = "patch_schema_works"
    seen = "PATCH on the schema does what PUT does, as Microsoft's OpenAPI file says."

    def patches_schema(self) -> bool:
        """Take PATCH for PUT."""
        return True


class ForbiddenIs403(_Deviation):
    """Without the switch it is 401 UnknownError."""

    key = "forbidden_is_403"
    seen = "A missing synchronization permission answers 403 Forbidden, as documented."

    def forbids_with_403(self) -> bool:
        """Answer 403."""
        return True


class OnDemandArray(_Deviation):
    """Without the switch key and value are a JSON object each."""

    key = "on_demand_array"
    seen = "provisionOnDemand answers in its second documented form: a type name and a JSON array."

    def on_demand_answer(self, answer: tuple[str, str], shown: Mapping[str, Any]) -> tuple[str, str]:
        """A type name, and an array of the one object."""
        return TYPE_NAME, json.dumps([shown], ensure_ascii=False)
