"""Provision on demand: one object, now, with the result in the answer.

Facts: docs/graph-facts.md, "Provision on demand".
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import faults
from ..clock import graph_time
from ..world import Group, User
from . import recorded_rows
from . import schema as schemas
from .exchange import Send
from .outcome import Outcome, Step
from .plan import PlanRefused
from .preparation import Prepared, prepare
from .rows import modified
from .scope import Scope, read_scope
from .sender import Sender
from .source import Subject
from .target import TargetLost

if TYPE_CHECKING:
    from ..world import Job, ServicePrincipal, Tenant, World

MAX_MEMBERS = 5


class BadParameters(ValueError):
    """The request is refused with RequestParameterInvalid; the message says why."""


def on_demand(
    world: World,
    tenant: Tenant,
    sp: ServicePrincipal,
    job: Job,
    parameters: Sequence[Mapping[str, Any]],
    *,
    send: Send | None = None,
) -> tuple[str, str]:
    """The key and the value of the answer, both strings with JSON inside. Raises BadParameters."""
    identity, kind, members = _subject(job, parameters)
    thing = _thing(tenant, identity, kind)
    began = world.clock.stamp()
    started = time.perf_counter()
    try:
        prepared = prepare(world, tenant, job, send or Sender(world), strict=False)
        with world.lock:
            scope = read_scope(tenant, sp.id, sync_all=prepared.settings.sync_all, now=world.clock.now())
        for fault in faults.on(tenant):
            fault.look(world, scope, prepared.memory, on_demand=True)
        if tenant.reality.on_demand_ends == "imported":
            return _answer(tenant, _imported(thing, kind), {}, thing, kind)
        outcome = _provisioned(prepared, scope, thing, members)
    except TargetLost as lost:
        return _answer(tenant, Outcome().end("other", "failure", lost.code, lost.message), {}, thing, kind)
    except PlanRefused as refused:
        return _answer(tenant, Outcome().end("other", "failure", "InvalidSchema", str(refused)), {}, thing, kind)
    plan = prepared.user_plan if kind == "User" else prepared.group_plan
    spent = round((time.perf_counter() - started) * 1000)
    row = prepared.row_frame.row(outcome, thing, kind, plan.target if plan else "", world.clock.stamp(), spent)
    tenant.add_log(row, world.clock.now())
    world.touch()
    times = {"startTime": graph_time(began), "endTime": row["activityDateTime"]}
    return _answer(tenant, outcome, {**row, **times}, thing, kind)


def _subject(job: Job, parameters: Sequence[Mapping[str, Any]]) -> tuple[str, str, list[str]]:
    """Object id, "User" or "Group", and ids of a group's members. Raises BadParameters."""
    if not isinstance(parameters, list) or len(parameters) != 1 or not isinstance(parameters[0], Mapping):
        raise BadParameters("Exactly one element is needed in parameters.")
    rule, subjects = parameters[0].get("ruleId"), parameters[0].get("subjects")
    if not rule or str(rule) not in {str(each.get("id")) for each in schemas.rules(job.schema)}:
        raise BadParameters(f"The rule '{rule or ''}' is not a rule of this job.")
    if not isinstance(subjects, list) or len(subjects) != 1 or not isinstance(subjects[0], Mapping):
        raise BadParameters("Exactly one subject is needed.")
    subject = subjects[0]
    kind = next((name for name in ("User", "Group") if name == subject.get("objectTypeName")), None)
    if kind is None:
        raise BadParameters(f"objectTypeName '{subject.get('objectTypeName')}' is neither User nor Group.")
    members = (subject.get("links") or {}).get("members") or []
    if len(members) > MAX_MEMBERS:
        raise BadParameters(f"At most {MAX_MEMBERS} members of a group can be provisioned on demand.")
    return str(subject.get("objectId") or ""), kind, [str(member.get("objectId")) for member in members]


def _imported(thing: User | Group, kind: str) -> Outcome:
    """A run that ends after the import."""
    outcome = Outcome()
    outcome.step("EntryImport", "import", "success", f"Retrieved {kind} '{thing.displayName}' from the source.")
    return outcome


def _thing(tenant: Tenant, identity: str, kind: str) -> User | Group:
    found: User | Group | None = tenant.users.get(identity) if kind == "User" else tenant.groups.get(identity)
    if found is None:
        raise BadParameters(f"There is no {kind.lower()} with the object id '{identity}'.")
    return found


def _provisioned(prepared: Prepared, scope: Scope, thing: User | Group, members: list[str]) -> Outcome:
    if isinstance(thing, User):
        if prepared.user_plan is None:
            return Outcome().end("other", "skipped", "EntrySynchronizationSkipped", "Users are not mapped.")
        user = scope.users.get(thing.id)
        if user is None:
            return prepared.users.provision(Subject(thing), entitled=False)
        subject = scope.subject(user)
        if subject.gone and user.id in prepared.memory.links:
            return prepared.users.disable(subject)
        outcome = prepared.users.provision(subject, entitled=user.id not in scope.not_entitled)
        if outcome.status != "failure":
            prepared.memory.seen.add(user.id)
        return outcome
    if prepared.group_plan is None:
        return Outcome().end("other", "skipped", "EntrySynchronizationSkipped", "Groups are not mapped.")
    return prepared.groups(scope).provision(thing, only=members)


def _answer(tenant: Tenant, outcome: Outcome, row: dict[str, Any], thing: User | Group, kind: str) -> tuple[str, str]:
    result = {"failure": "Failure", "skipped": "Skipped"}.get(outcome.status, "Success")
    flat = tenant.reality.on_demand_rows == "flat"
    shown = _flat(outcome, thing, kind, row) if flat else _shown(outcome, row)
    details = {"errorCode": outcome.code, "errorMessage": outcome.reason}
    key = {"result": result, "details": details}
    answer = json.dumps(key, ensure_ascii=False), json.dumps(shown, ensure_ascii=False)
    for fault in faults.on(tenant):
        answer = fault.on_demand_answer(answer, shown)
    return answer


def _flat(outcome: Outcome, thing: User | Group, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The same as documented: the status is flat, every step has its details, and identities have a type."""
    at = row.get("activityDateTime", "")
    return {
        "action": recorded_rows.action(outcome).capitalize(),
        "changeId": row.get("changeId", ""),
        "startTime": row.get("startTime", ""),
        "endTime": row.get("endTime", ""),
        "durationInMilliseconds": row.get("durationInMilliseconds", 0),
        "reportableIdentifier": getattr(thing, "userPrincipalName", None) or thing.displayName,
        "statusInfo": {
            "status": outcome.status.capitalize(),
            "errorCode": outcome.code or None,
            "reason": outcome.reason or None,
        },
        "modifiedProperties": [] if outcome.status == "skipped" else modified(outcome),
        "provisioningSteps": [
            _step_shown(step, at) | {"details": step.details} for step in recorded_rows.steps(outcome, thing, kind)
        ],
        "sourceSystem": {"displayName": recorded_rows.SOURCE},
        "targetSystem": {"displayName": recorded_rows.TARGET},
        "sourceIdentity": {"id": thing.id, "type": kind, "displayName": thing.displayName},
        "targetIdentity": {"id": outcome.target_id, "type": kind, "displayName": ""},
    }


def _step_shown(step: Step, at: str) -> dict[str, Any]:
    return {
        "name": step.name,
        "type": step.type[:1].upper() + step.type[1:],
        "status": step.status.capitalize(),
        "description": step.description,
        "timestamp": at,
    }


def _shown(outcome: Outcome, row: dict[str, Any]) -> dict[str, Any]:
    """The object inside the answer; enums are capitalised here, lower-case in the logs."""
    status = outcome.status.capitalize()
    error = {"errorCode": outcome.code, "reason": outcome.reason} if outcome.code else None
    return {
        "id": row.get("id", ""),
        "activityDateTime": row.get("activityDateTime", ""),
        "jobId": row.get("jobId", ""),
        "cycleId": row.get("cycleId", ""),
        "changeId": row.get("changeId", str(uuid.uuid4())),
        "action": outcome.action[:1].upper() + outcome.action[1:],
        "startTime": row.get("startTime", ""),
        "endTime": row.get("endTime", ""),
        "durationInMilliseconds": row.get("durationInMilliseconds", 0),
        "statusInfo": {"status": status, "errorInformation": error},
        "modifiedProperties": modified(outcome),
        "provisioningSteps": [
            _step_shown(step, row.get("activityDateTime", "")) | {"details": step.details} for step in outcome.steps
        ],
        "sourceIdentity": row.get("sourceIdentity"),
        "targetIdentity": row.get("targetIdentity"),
        "servicePrincipal": row.get("servicePrincipal"),
    }
