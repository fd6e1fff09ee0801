"""What a step is, and what it is given.

One step is one module with one frozen object and three verbs. Only `read` reads Graph, only `apply` writes, `assess`
is pure. Verify is `assess(read())` being `Done`; preview and drift are the same loop with `apply` left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Protocol, TypeVar

from django.utils.functional import Promise

from graphclient import GraphClient
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.desired import Desired
from onboarding.domain.verdicts import Asking, Broken, Change, Verdict

Facts = TypeVar("Facts")


class Tenant(Protocol):
    """What a step can reach. `graph` raises `connect.NoTenantYet` before the customer's tenant is known."""

    @property
    def graph(self) -> GraphClient:
        """Graph in the customer's tenant: read-only until the tenant is proved."""
        ...

    @property
    def client_id(self) -> str:
        """Our own application (client) id."""
        ...

    def resolve(self, domain: str) -> str | None:
        """The tenant id behind a domain by its public OpenID metadata, or None when Microsoft knows no such domain."""
        ...

    def as_size(self, size: ConsentSize) -> Tenant:
        """The same tenant as another application of ours sees it, to read only."""
        ...

    def is_let_in(self) -> bool:
        """Whether Microsoft still gives our application a fresh token for the tenant; a `GraphError` where it does not
        say.
        """
        ...

    def forget_token(self) -> None:
        """Have a new token fetched for the next request: a permission that was just granted is not in the old one."""
        ...


class StepFailed(Exception):
    """Raised by `apply` when the outcome is known and needs a person: carries the verdict to record."""

    def __init__(self, verdict: Asking | Broken) -> None:
        super().__init__(str(verdict.question if isinstance(verdict, Asking) else verdict.why))
        self.verdict = verdict


class Step(Protocol[Facts]):
    """One step of an onboarding. `key` is its identity everywhere and never changes."""

    key: ClassVar[str]
    title: ClassVar[str | Promise]
    fresh_for: ClassVar[timedelta]
    """How long `Done` is believed without looking again."""
    asks_first: ClassVar[bool]
    """Whether a person must approve the plan before `apply`."""

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Look at the live systems: GETs, and such POSTs as change nothing (validateCredentials)."""
        ...

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Compare. Pure: no network, no database, no clock but `desired.now`."""
        ...

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any] | None:
        """Make one change. Safe to repeat, unless the change says `once`.

        What it returns (JSON, no secret) is kept; the next `assess` sees it as ``desired.applied[step][change.key]``;
        what it returns under ``backup`` is kept apart, and nothing is done after it before that is stored.
        Raises `StepFailed` where the far side's answer already is the verdict.
        """
        ...
