"""Reading who is in scope into the roster: requests beside those counted by hand, statements, and the time it takes."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import apart, large_tenant
from bench.large_tenant import LargeTenant
from bench.measure import Measure
from devtools.stack import postgres
from devtools.stack.sandbox_control import SandboxTenant
from devtools.stack.stack import Stack, StackOptions, register_our_apps

PAGE, IN_A_BATCH, GROUPS_IN_A_BATCH = 999, 300, 20
"""Rows of a page; people whom one batch of filters asks for; groups whose first pages it asks for."""
TENANTS: tuple[tuple[str, Mapping[str, int]], ...] = (
    ("200 people", {"users": 200, "group_members": 6}),
    ("200 people by group", {"users": 10, "group_members": 200}),
    ("4,000 people", {"users": 4000, "group_members": 6}),
    ("4,000 people by group", {"users": 10, "group_members": 4000}),
    ("500 groups", {"users": 10, "groups": 499}),
    ("100,000 people", {"users": 100_000, "group_members": 6}),
)
TIMED = ("4,000 people", "100,000 people")
BEFORE = 0.01447
"""Seconds that a person took (4,006 of them 58) when each reading was held in memory, one request after the other."""
CPU_MS = 0.5  # of a person, all writing included
STATEMENTS = 6  # of a page


def measured() -> Iterator[Measure]:
    """Each tenant with a reading of its own, on one database and one sandbox."""
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = resources.enter_context(postgres.running())
        large = resources.enter_context(large_tenant.running(0))
        stack = Stack(StackOptions(folder / "stack", database_url=url, environment={"SANDBOX_URL": large.url}))
        stack.manage("migrate")
        register_our_apps(large.control, stack.public_url, stack.keys.certificate.read_text())
        for name, wishes in TENANTS:
            tenant = _tenant(large, wishes)
            yield from _measures(name, tenant, wishes, _read(stack.environment, tenant))


def _tenant(large: LargeTenant, wishes: Mapping[str, int]) -> SandboxTenant:
    domain = "-".join(str(number) for number in wishes.values()) + ".example"
    made = large.control.make_tenant(domain=domain, calm=True, **wishes)
    made.consent()
    return made


def _read(environment: Mapping[str, str], tenant: SandboxTenant) -> dict[str, float]:
    """By a process that knows nothing of it yet. Raises CalledProcessError."""
    return dict(apart.found("scope", tenant.id, tenant["service_principal_id"], environment=environment))


def _measures(
    name: str, tenant: SandboxTenant, wishes: Mapping[str, int], found: Mapping[str, float]
) -> Iterator[Measure]:
    expected = sum(int(tenant["scope"][key]) for key in ("direct", "by_group", "guests"))
    if found["people"] != expected:
        raise RuntimeError(f"{found['people']} people were found in scope, not {expected}")
    yield Measure(f"scope: requests to Graph, {name}", found["calls"], least(tenant, wishes), 1.10)
    if name in TIMED:
        before, cpu = BEFORE * expected, found["cpu"] / expected * 1000
        yield Measure(f"scope: seconds for {name}, of those before", found["seconds"], before, 0.15)
        yield Measure(f"scope: CPU of a person, {name}, ms", cpu, CPU_MS, 1)
        yield Measure(f"scope: statements of a page, {name}", found["statements"] / found["pages"], STATEMENTS, 1)


def least(tenant: SandboxTenant, wishes: Mapping[str, int]) -> int:
    """Requests by Graph's limits: assignments; accounts by filters or by the pages of the directory; members of the
    assigned groups and of the one inside.
    """
    shown: Any = tenant.directory()
    assigned = len(shown["assignments"])
    groups = 1 + wishes.get("groups", 0)
    people = assigned - groups
    further = math.ceil(max(1, wishes.get("group_members", 0)) / PAGE) - 1
    accounts = min(math.ceil(people / IN_A_BATCH), math.ceil(len(shown["users"]) / PAGE))
    return math.ceil(assigned / PAGE) + accounts + math.ceil(groups / GROUPS_IN_A_BATCH) + further + 1
