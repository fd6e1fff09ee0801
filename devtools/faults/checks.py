"""What must hold after every run, judged from the sandbox's journal, the far side's proxy and the product's rows.

I1 one job and one create a customer. I2 no token in another tenant. I3 no Haiilo token outside the bound tenant,
nor for another host. I4 every change has its line in the timeline, and every line its change. I5 live in the end, or a
reason that people can read. I6 nothing is changed once it was stopped. I7 at most 1.5 times the requests of a run
without faults. Besides: everybody in scope is in Haiilo, and no lease, intent or letter is left open.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from devtools.faults.far import template_of
from devtools.faults.rig import Rig
from devtools.robots import expectation
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.processes import wait_until

APPLICATION = "/servicePrincipals/{id}/synchronization"
CREATE = f"POST {APPLICATION}/jobs"
SETTLED = 20.0  # seconds for a lease to be given back, or a person in scope to arrive
MOST_CALLS = 1.5
CHANGES = {
    "create_job": CREATE,
    "remove_job": f"DELETE {APPLICATION}/jobs/{{job}}",
    "save_credentials": f"PUT {APPLICATION}/secrets",
    "write_mapping": f"PUT {APPLICATION}/jobs/{{job}}/schema",
    "provision": f"POST {APPLICATION}/jobs/{{job}}/provisionOnDemand",
    "read_back": f"POST {APPLICATION}/jobs/{{job}}/provisionOnDemand",
    "enable": f"POST {APPLICATION}/jobs/{{job}}/start",
}
"""By which request each change of the timeline is made. Tests and backups change nothing."""
WITHOUT_REQUEST = ("try_credentials", "back_up_mapping", "back_up_job")


@dataclass(frozen=True)
class Reference:
    """A run in which nothing was made to fail: what later ones are measured by."""

    calls: int
    lines: Mapping[str, int]
    """Change → lines of the timeline that say it was made."""
    seconds: float = 0.0


@dataclass
class Expected:
    """What differs from an onboarding that only had faults."""

    creates: int = 1
    jobs: int = 1
    live: bool = True
    calls: bool = True
    """Whether the number of requests is judged."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Lines more (or fewer) than those of the reference, by change."""


def effects_of(rig: Rig, tenant_id: str) -> Counter[str]:
    """How often each kind of change took effect in a tenant, as its own journal has it."""
    lines = rig.sandbox.journal(tenant=tenant_id, kind="graph")
    return Counter(
        f"{line['method']} {template_of(line['path'])}"
        for line in lines
        if line["method"] != "GET" and int(line["status"]) < 300
    )


def lines_of(rig: Rig, pk: int) -> Counter[str]:
    """How often the timeline says that each change was made; lines about a part of one are left out."""
    query = (
        "SELECT detail ->> 'change' AS change FROM onboarding_event"
        " WHERE onboarding_id = %s AND kind = 'applied' AND detail ->> 'partly' IS NULL"
    )
    return Counter(str(row["change"]) for row in rig.sql(query, pk))


def calls_of(rig: Rig, each: RehearsedCustomer) -> int:
    """Requests of the workers to Graph for one customer, until it was live or now."""
    end = rig.live_since.get(each.account.pk, time.time())
    return sum(call.is_graph and call.at <= end for call in rig.far.of([each.account.tenant.id]))


def reference(rig: Rig, each: RehearsedCustomer, seconds: float = 0.0) -> Reference:
    """What one customer took, who is live now."""
    return Reference(calls_of(rig, each), dict(lines_of(rig, each.account.pk)), seconds)


def objections(rig: Rig, each: RehearsedCustomer, by: Reference | None, expected: Expected | None = None) -> list[str]:
    """Everything that does not hold for one customer."""
    wanted = expected or Expected()
    found = [*_one_job(rig, each, wanted), *_no_stranger(rig, each), *_ended(rig, each, wanted)]
    if by is not None:
        found += _agree(rig, each, by, wanted)
        took = calls_of(rig, each)
        if wanted.calls and took > MOST_CALLS * by.calls:
            found.append(f"I7: {took} requests where {by.calls} do")
    return [f"{each.account.customer.name}: {line}" for line in found]


def of_everybody(rig: Rig) -> list[str]:
    """What does not hold for the whole run."""
    violations = rig.sandbox.violations()
    return [f"I2: {len(violations)} violations, the first {violations[0]}"] if violations else []


def _one_job(rig: Rig, each: RehearsedCustomer, wanted: Expected) -> Iterable[str]:
    made = effects_of(rig, each.account.tenant.id)
    jobs = len(each.account.tenant.jobs())
    if jobs != wanted.jobs:
        yield f"I1: {jobs} jobs"
    if made[CREATE] != wanted.creates:
        yield f"I1: {made[CREATE]} creates took effect"
    if any(what.endswith("/instantiate") for what in made):
        yield "I1: an application was made"


def _no_stranger(rig: Rig, each: RehearsedCustomer) -> Iterable[str]:
    tenant, host = each.account.tenant, each.account.customer.host
    proved = rig.sql(
        "SELECT tenant_id, extract(epoch FROM proved_at)::float AS at FROM onboarding_tenantbinding"
        " WHERE onboarding_id = %s",
        each.account.pk,
    )
    for call in list(rig.far.calls):
        if tenant.id not in call.tokens:
            continue
        if call.tenant != tenant.id or not proved or proved[0]["tenant_id"] != tenant.id:
            yield f"I3: the token went to the tenant {call.tenant}"
        elif call.at < proved[0]["at"]:
            yield "I3: the token went to a tenant that was not proved yet"
        if any(each != host for each in call.hosts):
            yield f"I3: the token went with the address {call.hosts}"


def _agree(rig: Rig, each: RehearsedCustomer, by: Reference, wanted: Expected) -> Iterable[str]:
    lines, made = lines_of(rig, each.account.pk), effects_of(rig, each.account.tenant.id)
    for change in sorted({*by.lines, *wanted.lines, *lines}):
        least = by.lines.get(change, 0) + wanted.lines.get(change, 0)
        if change in WITHOUT_REQUEST:
            continue
        if change not in CHANGES:
            yield f"I4: the timeline names a change that nobody knows: {change}"
        elif lines[change] < least:
            yield f"I4: {lines[change]} lines of {change} where {least} belong"
        elif lines[change] > max(least, made[CHANGES[change]]):
            yield f"I4: {lines[change]} lines of {change}, made {made[CHANGES[change]]} times"


def _ended(rig: Rig, each: RehearsedCustomer, wanted: Expected) -> Iterable[str]:
    if not wanted.live:
        if not each.verdict[2].strip():
            yield f"I5: stands at {each.verdict[0]} without a word"
    elif not each.live:
        yield f"I5: not live, stands at {' '.join(each.verdict)}"
    elif not _everybody_is_there(each):
        yield f"{len(differences(each))} people differ, the first is {differences(each)[0]}"
    if not wait_until(lambda: not _held(rig, each.account.pk), rig.lease_seconds + SETTLED):
        yield "a lease is left"
    if wanted.live:
        yield from (f"the intent {name} of {key} is left open" for key, name in _open_intents(rig, each.account.pk))
        yield from (f"the approval of {key} is left open" for key in _open_approvals(rig, each.account.pk))


def _everybody_is_there(each: RehearsedCustomer) -> bool:
    """A cycle may be under way, or due."""
    if not differences(each):
        return True
    each.account.tenant.run_cycles()
    return wait_until(lambda: not differences(each), SETTLED)


def differences(each: RehearsedCustomer) -> list[dict[str, str]]:
    """Between those in scope and those in Haiilo."""
    tenant, product = each.account.tenant, each.account.customer.product
    wanted = expectation.expected(tenant.directory(), product)
    return expectation.mismatches(wanted, expectation.found(tenant.arrived(), product))


def _held(rig: Rig, pk: int) -> bool:
    [row] = rig.sql("SELECT leased_until FROM onboarding_onboarding WHERE id = %s", pk)
    return row["leased_until"] is not None


def _open_intents(rig: Rig, pk: int) -> Iterable[tuple[str, str]]:
    rows: list[dict[str, Any]] = rig.sql("SELECT key, intents FROM onboarding_stepstate WHERE onboarding_id = %s", pk)
    for row in rows:
        for name, entry in (row["intents"] or {}).items():
            if entry.get("tries") and not (entry.get("applied_at") or entry.get("refused_at")):
                yield row["key"], name


def _open_approvals(rig: Rig, pk: int) -> list[str]:
    """Of steps that are done."""
    query = (
        "SELECT a.step FROM onboarding_approval a JOIN onboarding_stepstate s"
        " ON s.onboarding_id = a.onboarding_id AND s.key = a.step"
        " WHERE a.onboarding_id = %s AND a.used_at IS NULL AND a.withdrawn_at IS NULL AND s.kind = 'done'"
    )
    return [str(row["step"]) for row in rig.sql(query, pk)]


def letters_left(rig: Rig) -> list[str]:
    """Letters that stand half-way."""
    rows = rig.sql("SELECT id, state FROM onboarding_letter WHERE state = 'sending'")
    return [f"letter {row['id']} is {row['state']}" for row in rows]
