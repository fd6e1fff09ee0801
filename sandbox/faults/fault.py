"""What a fault declares."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from .hooks import DirectoryHooks, GraphHooks, HaiiloHooks, LoginHooks, ProvisioningHooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..world import Applied, Tenant


@dataclass(frozen=True)
class Affects:
    """Whom a fault affects. `users` of those in scope are chosen by number, when the fault is switched on."""

    text: str
    users: int = 0
    counted: bool = False
    """Whether the switch's value may be another number of users, or a list of user principal names."""

    def chosen(self, tenant: Tenant, value: Any) -> list[str]:
        """Ids of the affected users, in the order of their assignments or of the names that the value lists."""
        if not self.users:
            return []
        if isinstance(value, list):
            found = [tenant.user_named(str(name)) for name in value]
            return [user.id for user in found if user is not None]
        counts = self.counted and isinstance(value, int) and not isinstance(value, bool)
        return list(islice(_in_scope(tenant), value if counts else self.users))


TENANT = Affects("the tenant")
EVERYBODY = Affects("everybody who is assigned")
FIRST_USER = Affects("the first user", users=1, counted=True)


class Fault(LoginHooks, GraphHooks, ProvisioningHooks, HaiiloHooks, DirectoryHooks):
    """One way in which a tenant can go wrong; an object of the class is the fault in one tenant while it is on."""

    key: ClassVar[str]
    """The name of its switch."""
    seen: ClassVar[str]
    """What will be seen, in one sentence."""
    in_graph: ClassVar[str]
    """What of it a reader of Graph sees; for `docs/sandbox.md`."""
    affects: ClassVar[Affects] = TENANT
    laid_last: ClassVar[bool] = False
    """Whether its attributes are laid over those of all other faults."""

    def __init__(self, tenant: Tenant, applied: Applied) -> None:
        self.tenant, self.applied = tenant, applied

    @property
    def value(self) -> Any:
        """What the switch was set to: True, or what the fault takes."""
        return self.applied.value


def _in_scope(tenant: Tenant) -> Iterator[str]:
    """Ids of whoever is assigned, also where a fault has taken that away, each once."""
    seen = set[str]()
    for each in tenant.assignments.get(str(tenant.made.get("service_principal_id")), {}).values():
        group = tenant.groups.get(each.principalId)
        for name in [each.principalId] if group is None else group.members:
            user = tenant.users.get(name)
            if user is not None and user.deleted_at is None and name not in seen:
                seen.add(name)
                yield name
