"""A log row as it was recorded: the reason of a skip in the details of its last step, and details in every step.

Facts: docs/graph-facts.md, "Provisioning log".
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from ..wording import words
from ..world import Group, User
from .outcome import Outcome, Step
from .values import as_text

SOURCE, TARGET = "Microsoft Entra ID", "customappsso"
NON_GALLERY = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
IMPORTED = words(
    "accountEnabled displayName givenName mailNickname surname userPrincipalName department city state country mail"
)
FOUND = ("id", "externalId", "displayName")
SAME = "The state of the entry in both the source and target systems already match. No change to the {} currently needs"
SKIP_REASONS = {"EntrySynchronizationSkipped": "NotEffectivelyEntitled"}
"""Codes whose name in the details of a step is another one."""


def row(plain: dict[str, Any], outcome: Outcome, thing: User | Group, kind: str) -> dict[str, Any]:
    """The row in place of a plain one (provisioningObjectSummary)."""
    skipped = outcome.status == "skipped"
    return {
        **plain,
        "provisioningAction": action(outcome),
        "provisioningStatusInfo": {"status": outcome.status, "errorInformation": _error(plain, outcome)},
        "provisioningSteps": [_step_row(step) for step in steps(outcome, thing, kind)],
        "modifiedProperties": [] if skipped else plain["modifiedProperties"],
        "sourceSystem": {"id": str(uuid.uuid4()), "displayName": SOURCE, "details": {}},
        "targetSystem": {
            "id": str(uuid.uuid4()),
            "displayName": TARGET,
            "details": {
                "ApplicationId": NON_GALLERY,
                "ServicePrincipalId": plain["servicePrincipal"]["id"],
                "ServicePrincipalDisplayName": plain["servicePrincipal"]["displayName"],
            },
        },
        "sourceIdentity": {**plain["sourceIdentity"], "details": _identity(thing, kind)},
    }


def action(outcome: Outcome) -> str:
    """`other` for a skip, but `create` for a creation that did not happen."""
    if outcome.status != "skipped" or outcome.action == "stagedDelete":
        return outcome.action
    return "create" if outcome.code == "AttributeValidationFailed" else "other"


def _error(plain: dict[str, Any], outcome: Outcome) -> dict[str, Any] | None:
    if outcome.status in ("success", "skipped"):
        return None
    told: dict[str, Any] = plain["provisioningStatusInfo"]["errorInformation"]
    return {**told, "additionalDetails": None, "recommendedAction": told["recommendedAction"] or None}


def _identity(thing: User | Group, kind: str) -> dict[str, str]:
    details = {"id": thing.id, "odatatype": kind, "DisplayName": thing.displayName or ""}
    return {**details, "UserPrincipalName": thing.userPrincipalName} if isinstance(thing, User) else details


# Steps


def steps(outcome: Outcome, thing: User | Group, kind: str) -> list[Step]:
    """The steps with their details, in the order of the record."""
    what = f"{kind} '{getattr(thing, 'userPrincipalName', None) or thing.displayName or ''}'"
    if [step.type for step in outcome.steps] == ["import"] and outcome.status == "success":
        return outcome.steps  # it went no further
    return [*_before_the_end(outcome, thing, kind, what), _last(outcome, thing, kind, what)]


def _before_the_end(outcome: Outcome, thing: User | Group, kind: str, what: str) -> Iterator[Step]:
    verb = _verb(outcome)
    text = f"Received {what} change of type ({verb}) from {SOURCE}"
    yield Step(f"EntryImport{verb}", "import", "success", text, _source(thing) if verb == "Add" else _object_id(thing))
    if outcome.found:
        found = {
            key: as_text(outcome.found[key]) for key in ("id", "externalId", "displayName") if key in outcome.found
        }
        yield Step("EntryImport", "matching", "success", f"Retrieved  {what} from {TARGET}", found)
    entitled = outcome.assigned and outcome.passes and _is_active(thing)
    text = f"Determine if {kind} in scope by evaluating against each scoping filter"
    status = "success" if entitled else "skipped"
    yield Step("EntrySynchronizationScoping", "scoping", status, text, _scoping(outcome, thing, kind))
    if entitled and (outcome.action == "create" or outcome.code == "AttributeValidationFailed"):
        text = (
            f"{what} will be created in {TARGET} ({kind} is active and assigned in {SOURCE}, but no matching {kind} was"
            f" found in {TARGET})"
        )
        yield Step("EntrySynchronizationAdd", "matching", "success", text, {})


def _verb(outcome: Outcome) -> str:
    name = outcome.steps[0].name if outcome.steps else ""
    return next((verb for verb in ("Add", "Delete") if name == f"EntryImport{verb}"), "Update")


def _last(outcome: Outcome, thing: User | Group, kind: str, what: str) -> Step:
    if outcome.status == "skipped":
        return _skip(outcome, thing, what)
    told = outcome.steps[-1] if outcome.steps else Step("EntryExportUpdate", "export", outcome.status, "")
    details = {name.replace(".", ""): as_text(new) for name, _old, new in outcome.modified if new is not None}
    return Step(told.name, told.type, told.status, told.description, {**details, "ReportableIdentifier": _named(thing)})


def _skip(outcome: Outcome, thing: User | Group, what: str) -> Step:
    details = {"SkipReason": skip_reason(outcome), "ReportableIdentifier": _named(thing)}
    if outcome.missing:
        details["PropertyName"] = outcome.missing
    text = f"{SAME.format(what)} to be made." if outcome.code == "RedundantExport" else outcome.reason
    kind = "processing" if outcome.missing else "export"
    return Step("EntrySynchronizationSkip", kind, "skipped", text, details)


def skip_reason(outcome: Outcome) -> str:
    """Why nothing was done, in the words of the details."""
    if outcome.code == "RedundantExport" and outcome.action == "disable":
        return "RedundantSoftDelete"
    return SKIP_REASONS.get(outcome.code, outcome.code)


def _is_active(thing: User | Group) -> bool:
    return isinstance(thing, Group) or (thing.accountEnabled and thing.deleted_at is None)


def _scoping(outcome: Outcome, thing: User | Group, kind: str) -> dict[str, str]:
    return {
        "Active in the source system": str(_is_active(thing)),
        "Assigned to the application": str(outcome.assigned),
        f"{kind} has the required role": str(outcome.assigned),
        "Scoping filter evaluation passed": str(outcome.passes),
        "ScopeEvaluationResult": "{}",
    }


def _source(thing: User | Group) -> dict[str, str]:
    """The source's names and values; empty ones are absent."""
    values = {name: getattr(thing, name, None) for name in IMPORTED}
    shown = {name: as_text(value) for name, value in values.items() if value not in (None, "")}
    return {**_object_id(thing), **shown, "IsSoftDeleted": "False", "appRoleAssignments": "User"}


def _object_id(thing: User | Group) -> dict[str, str]:
    return {"objectId": thing.id}


def _named(thing: User | Group) -> str:
    return getattr(thing, "userPrincipalName", None) or thing.displayName or thing.id


def _step_row(step: Step) -> Mapping[str, Any]:
    return {
        "name": step.name,
        "provisioningStepType": step.type,
        "status": step.status,
        "description": step.description,
        "details": step.details,
    }
