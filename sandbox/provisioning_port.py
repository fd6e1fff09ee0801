"""The seam to `sandbox.provisioning`: what the calls of Graph and of the control port need of the engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from . import faults
from .world import Job, Tenant, World


class Cycles(Protocol):
    """The engine, as Graph and the control port use it."""

    def run(self, tenant: Tenant, job: Job) -> None:
        """Run any cycle that is due, now."""

    def on_start(self, tenant: Tenant, job: Job) -> None:
        """Take note that the job was started."""

    def on_pause(self, tenant: Tenant, job: Job) -> None:
        """Take note that the job was paused."""

    def on_restart(self, tenant: Tenant, job: Job, criteria: str) -> None:
        """Take note that the job was restarted with a reset scope."""


def cycles(world: World) -> Cycles:
    """The engine that was put into this world."""
    engine: Cycles = world.engine
    return engine


def default_schema(template_id: str, tenant: Tenant) -> dict[str, Any]:
    """The template's mappings (docs/graph-facts.md, "Schema and mappings")."""
    from . import provisioning

    return provisioning.default_schema(template_id, tenant)


def template_schema(template_id: str, tenant: Tenant) -> dict[str, Any]:
    """A template's schema as it is read."""
    from .provisioning import recorded_schema

    plain = default_schema(template_id, tenant)
    return recorded_schema.of_template(plain, template_id) if _as_recorded(tenant) else plain


def job_schema(world: World, tenant: Tenant, template_id: str, job_id: str) -> dict[str, Any]:
    """The schema of a job whose mappings nobody has changed."""
    from .provisioning import recorded_schema

    plain = default_schema(template_id, tenant)
    return recorded_schema.of_job(plain, job_id, world.clock.stamp()) if _as_recorded(tenant) else plain


def schema_version(world: World) -> str:
    """The version of a schema that is written now, as it was recorded."""
    from .provisioning import recorded_schema

    return recorded_schema.version(world.clock.stamp())


def _as_recorded(tenant: Tenant) -> bool:
    return tenant.reality.schema_document == "recorded"


def visible_secrets(world: World, tenant: Tenant, sp_id: str) -> dict[str, str]:
    """The saved set as the service sees it: some time after PUT (docs/graph-facts.md, "Replication delays")."""
    at = tenant.secrets_visible_at.get(sp_id)
    return {} if at is not None and at > world.clock.now() else dict(tenant.secrets.get(sp_id, {}))


def delay_secrets(world: World, tenant: Tenant, sp_id: str) -> None:
    """Note from when on the service sees the saved set."""
    lag = timedelta(seconds=0.0 if tenant.chaos.calm else world.random.uniform(1, 30))
    delay = faults.first(fault.secrets_delay() for fault in faults.on(tenant))
    tenant.secrets_visible_at[sp_id] = world.clock.now() + (lag if delay is None else delay)
