"""Where the rooms of the sandbox ask the faults that are on; as they stand here the answers are those of health.

A room asks every fault of a tenant (`sandbox.faults.on`) and knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..haiilo.platform import Platform
    from ..provisioning.exchange import Send
    from ..provisioning.memory import Memory
    from ..provisioning.scope import Scope
    from ..world import User, World


class LoginHooks:
    """Asked by `sandbox.login`."""

    def forbids_consent(self) -> bool:
        """Whether no account may consent, whatever its role."""
        return False

    def tenant_in_consent(self, tenant_id: str) -> str:
        """The tenant id that the consent's answer names."""
        return tenant_id

    def consent_delay(self) -> timedelta | None:
        """How long a consent takes to be effective; None leaves it as it is."""
        return None

    def granted(self, permissions: list[str]) -> list[str]:
        """The permissions that a consent grants. Raises LoginRefused where it fails."""
        return permissions

    def refuse_token(self) -> None:
        """Raises LoginRefused where an application gets no token for itself."""

    def id_claims(self, user: User) -> dict[str, Any]:
        """Claims that the person's ID token has besides."""
        return {}


class GraphHooks:
    """Asked by `sandbox.graph`."""

    def withheld_roles(self) -> frozenset[str]:
        """Roles of the token that have no effect. Raises Refused where no token is taken."""
        return frozenset()

    def forbids_with_403(self) -> bool:
        """Whether a missing synchronization permission is answered with 403 Forbidden."""
        return False

    def owner_may_restart(self) -> bool:
        """Whether Application.ReadWrite.OwnedBy is enough to restart a job."""
        return False

    def secrets_delay(self) -> timedelta | None:
        """How long saved secrets stay unseen; None leaves it as it is."""
        return None

    def saves_any_secrets(self) -> bool:
        """Whether PUT secrets saves a set without SyncAll and SyncNotificationSettings too."""
        return False

    def created_status(self) -> int | None:
        """The status that POST jobs answers; None leaves it as it is."""
        return None

    def patches_schema(self) -> bool:
        """Whether PATCH on the schema does what PUT does."""
        return False

    def service_principal_filters(self) -> Mapping[str, frozenset[str]]:
        """Property → operators that `$filter` on service principals takes besides."""
        return {}

    def log_row(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the provisioning log as it is shown; the row that is given stays as it is."""
        return row


class ProvisioningHooks:
    """Asked by `sandbox.provisioning`."""

    def look(self, world: World, scope: Scope, memory: Memory, *, on_demand: bool) -> None:
        """Change the scope in place to what the service sees of it, and the memory to what it remembers."""

    def first_cycle_delay(self) -> timedelta | None:
        """How long a job that never ran does nothing after its start; None begins at once."""
        return None

    def evaluation_delay(self) -> timedelta | None:
        """How long the initial cycle takes that follows a write of the mappings; None does it in one go."""
        return None

    def ignores_changed_scope(self) -> bool:
        """Whether a changed scoping filter does nothing until the job is restarted."""
        return False

    def reach(self, send: Send) -> Send:
        """How the service reaches the target."""
        return send

    def end_cycle(self) -> None:
        """Raises Quarantined where a cycle that went well ends in quarantine all the same."""

    def on_demand_answer(self, answer: tuple[str, str], shown: Mapping[str, Any]) -> tuple[str, str]:
        """Key and value of the answer of provisionOnDemand; `shown` is the object that the value holds."""
        return answer


class HaiiloHooks:
    """Asked by `sandbox.haiilo`."""

    def platform_at(self, world: World, host: str) -> Platform | None:
        """The platform that the fault brings up at a host where there is none."""
        return None

    def refuse_call(self, platform: Platform, method: str) -> None:
        """Raises ScimRefused for a SCIM call before anything of it is looked at."""

    def check_filter(self, text: str) -> None:
        """Raises ScimRefused for a filter of a search of users."""

    def check_user(self, data: Mapping[str, Any]) -> None:
        """Raises ScimRefused for a user that is to be made or replaced."""

    def ignores_false_text(self) -> bool:
        """Whether the string "False" in a PATCH does not deactivate."""
        return False

    def empties_members(self) -> bool:
        """Whether removing one member of a group removes them all."""
        return False


class DirectoryHooks:
    """Asked when a fault is switched on or off, and when attributes are laid over people's own."""

    def apply(self, world: World) -> None:
        """Change the tenant, and note in `applied` what it takes to undo it. `world.lock` is held."""

    def undo(self, world: World) -> None:
        """Put back what was there; what somebody else changed meanwhile stays changed. `world.lock` is held."""

    def attributes(self, user: User) -> dict[str, Any]:
        """Attributes that one of the affected users shows in the directory in place of its own."""
        return {}
