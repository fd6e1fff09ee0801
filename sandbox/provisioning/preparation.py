"""What a cycle or a provisioning on demand needs before it can begin."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from . import memory as memories
from . import schema as schemas
from .compiler import EvaluationContext
from .exchange import Send
from .groups import GroupWork
from .memory import Memory
from .plan import Plan, compile_plan
from .rows import RowFrame
from .scope import Scope
from .sender import reaching
from .settings import Settings, read_settings
from .target import Target, TargetLost, endpoint_of
from .users import ENDPOINT as USERS
from .users import UserWork

if TYPE_CHECKING:
    from ..world import Job, Tenant, World

NO_ADDRESS = "Please provide a valid tenant URL for your application."
MIN_TIMEOUT, MAX_TIMEOUT = 10.0, 30.0


@dataclass
class Prepared:
    """Plans, target and memory of one job."""

    settings: Settings
    memory: Memory
    target: Target
    user_plan: Plan | None
    group_plan: Plan | None
    row_frame: RowFrame

    @property
    def users(self) -> UserWork:
        """Only where there is a plan for users."""
        assert self.user_plan is not None
        reality = self.row_frame.tenant.reality
        return UserWork(
            self.user_plan,
            self.target,
            self.memory,
            lenient=reality.log_rows == "recorded",
            forgetful=reality.on_demand_again == "update",
        )

    def groups(self, scope: Scope, *, stale: bool = False) -> GroupWork:
        """Only where there is a plan for groups. `stale`: the scoping filter of the users is not known yet."""
        assert self.group_plan is not None
        tenant, plan, keeps = self.row_frame.tenant, self.user_plan, self.settings.keeps_leavers

        def belongs(identity: str) -> bool:
            user = scope.users.get(identity)
            if user is not None:
                return stale or plan is None or plan.in_filter(scope.subject(user)) or keeps
            there = tenant.users.get(identity)
            return keeps and there is not None and there.deleted_at is None

        return GroupWork(self.group_plan, self.target, self.memory, belongs)


def prepare(world: World, tenant: Tenant, job: Job, send: Send, *, strict: bool | None = None) -> Prepared:
    """`strict` False ignores the flag in the address. Raises TargetLost without an address, PlanRefused."""
    settings = read_settings(world, tenant, job)
    clock = world.clock
    try:
        base, flagged = endpoint_of(settings.base_address)
    except ValueError as problem:
        code = "SystemForCrossDomainIdentityManagementInvalidCredentials"
        message = str(problem) if settings.base_address else NO_ADDRESS
        raise TargetLost(code, message) from None
    target = Target(
        base,
        settings.token,
        reaching(tenant, send),
        strict=flagged if strict is None else strict,
        timeout=min(MAX_TIMEOUT, max(MIN_TIMEOUT, clock.wait(timedelta(seconds=100)))),
    )
    pause = target.pause
    target.pause = lambda seconds: pause(clock.wait(timedelta(seconds=seconds)))
    target.recorded = tenant.reality.log_rows == "recorded"
    target.bare_references = tenant.reality.manager_with_flag == "bare"
    context = EvaluationContext(now=clock.stamp, chance=world.random)
    return Prepared(
        settings=settings,
        memory=memories.of(job),
        target=target,
        user_plan=compile_plan(
            job.schema, "User", context, lambda place, value: bool(target.find(USERS, place, value))
        ),
        group_plan=compile_plan(job.schema, "Group", context),
        row_frame=row_frame(tenant, job),
    )


def row_frame(tenant: Tenant, job: Job) -> RowFrame:
    """The frame of a cycle's log rows."""
    application = tenant.service_principals.get(job.service_principal_id)
    rule = next(iter(schemas.rules(job.schema)), {})
    source = schemas.directory(job.schema, str(rule.get("sourceDirectoryName"))) or {}
    target = schemas.directory(job.schema, str(rule.get("targetDirectoryName"))) or {}
    return RowFrame(
        tenant=tenant,
        job=job,
        cycle=str(uuid.uuid4()),
        application=application.displayName if application else "",
        source_system=str(source.get("id", "")),
        target_system=str(target.get("id", "")),
    )
