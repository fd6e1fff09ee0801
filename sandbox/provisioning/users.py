"""One user through import, scoping, matching and export.

Facts: docs/graph-facts.md, "Schema and mappings", "Scope and assignments".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..world import User
from .memory import Memory
from .outcome import Outcome
from .plan import ADD_ONLY, Mapped, Plan
from .source import Subject
from .target import EntryFailed, Target
from .values import EvaluationRefused, Value, as_text, is_empty

ENDPOINT = "/Users"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TARGET = "customappsso"
_SKIPPED = "EntrySynchronizationSkipped"


@dataclass
class UserWork:
    """What is needed to provision the users of one job."""

    plan: Plan
    target: Target
    memory: Memory
    lenient: bool = False
    """Whether somebody whose required value is missing is skipped; else it is a failure."""
    forgetful: bool = False
    """Whether the target gives nothing back of what it was sent but the name."""

    def provision(self, subject: Subject, *, entitled: bool = True) -> Outcome:
        """A user in scope: create, match, update, or skip. Raises TargetLost."""
        outcome = Outcome(target_id=self.memory.links.get(subject.user.id, ""))
        verb = "Update" if outcome.target_id else "Add"
        _imported(outcome, subject.user, verb)
        try:
            skipped = self._scoped(outcome, subject, entitled)
            if skipped is not None:
                return skipped
            return self._exported(outcome, subject)
        except EvaluationRefused as problem:
            return _failed(outcome, "AttributeMappingEvaluationError", str(problem))
        except EntryFailed as problem:
            return _failed(outcome, problem.code, problem.reason)

    def _scoped(self, outcome: Outcome, subject: Subject, entitled: bool) -> Outcome | None:
        user, linked = subject.user, bool(outcome.target_id)
        outcome.assigned = entitled
        if not entitled or (not linked and not user.accountEnabled):
            why = "is not effectively entitled" if not entitled or user.accountEnabled else "is disabled"
            text = f"User '{user.userPrincipalName}' {why} for the application."
            outcome.step("EntrySynchronizationScoping", "scoping", "skipped", text, IsActive=str(user.accountEnabled))
            return outcome.end("other", "skipped", "NotEffectivelyEntitled", text)
        if not self.plan.in_filter(subject):
            outcome.passes = False
            text = f"User '{user.userPrincipalName}' does not pass the scoping filter."
            outcome.step("EntrySynchronizationScoping", "scoping", "skipped", text, ScopeEvaluationResult="False")
            return outcome.end("other", "skipped", _SKIPPED, text)
        outcome.step(
            "EntrySynchronizationScoping", "scoping", "success", f"User '{user.userPrincipalName}' is in scope."
        )
        return None

    def _exported(self, outcome: Outcome, subject: Subject) -> Outcome:
        target_id = outcome.target_id
        if target_id:
            resource = self.target.get(ENDPOINT, target_id)
            if resource is None:
                raise EntryFailed("InvalidAnchor", f"The linked account '{target_id}' does not exist in {TARGET}.")
        else:
            resource = self._match(outcome, subject)
            if resource is None:
                return outcome if outcome.code else self._create(outcome, subject)
            self.memory.link(subject.user.id, str(resource["id"]))
            outcome.target_id = str(resource["id"])
        outcome.found = resource
        return self._update(outcome, subject, resource)

    # Matching

    def _match(self, outcome: Outcome, subject: Subject) -> dict[str, Any] | None:
        """The target's account; None when there is none, or when `outcome` says why it stays undecided."""
        user, tried = subject.user, False
        for each in self.plan.matchers:
            value = each.evaluate(subject)
            if is_empty(value):
                continue
            tried = True
            found = self.target.find(ENDPOINT, each.slot, value)
            if len(found) > 1:
                text = f"{len(found)} accounts in {TARGET} have {each.slot.name} '{as_text(value)}'."
                raise EntryFailed("DuplicateTargetEntries", text)
            if found:
                return self._matched(outcome, user, each, value, found[0])
        if not tried:
            names = ", ".join(each.slot.name for each in self.plan.matchers)
            text = f"User '{user.displayName or user.id}' has no value for the matching attribute ({names})."
            outcome.step("EntryImportSkipped", "import", "skipped", text)
            outcome.end("other", "skipped", "ImportSkipped", text)
        else:
            outcome.step("EntryImportByMatch", "matching", "success", f"No matching account was found in {TARGET}.")
        return None

    def _matched(
        self, outcome: Outcome, user: User, each: Mapped, value: Value, resource: dict[str, Any]
    ) -> dict[str, Any]:
        owner = self.memory.owners.get(str(resource.get("id")))
        if owner is not None and owner != user.id:
            text = f"The account with {each.slot.name} '{as_text(value)}' is already linked to the user {owner}."
            raise EntryFailed("DuplicateSourceEntries", text)
        outcome.found = resource
        outcome.step(
            "EntryImportByMatch",
            "matching",
            "success",
            f"The account with {each.slot.name} '{as_text(value)}' was found in {TARGET}.",
        )
        return resource

    # Export

    def _create(self, outcome: Outcome, subject: Subject) -> Outcome:
        name = subject.user.userPrincipalName
        if not self.plan.adds:
            return outcome.end("other", "skipped", _SKIPPED, "Creating users is switched off in the mapping.")
        values = self._referenced(subject, self.plan.values(subject, creating=True))
        given = {each.slot.name for each, _value in values}
        missing = [each.slot.name for each in self.plan.mapped if each.slot.required and each.slot.name not in given]
        if missing and self.lenient:
            outcome.missing = missing[0]
            text = f"The required property '{missing[0]}' has no value."
            return outcome.end("create", "skipped", "AttributeValidationFailed", text)
        if missing:
            raise EntryFailed("MandatoryFieldsMissing", f"Required property missing: {', '.join(missing)}.")
        body: dict[str, Any] = {"schemas": [CORE, *_extensions(self.plan, values)]}
        references = [(each.slot, None, value) for each, value in values if each.slot.type == "Reference"]
        for each, value in values:
            if each.slot.type != "Reference":
                each.slot.put(body, value)
        outcome.action = "create"
        outcome.modified = [(each.slot.name, None, value) for each, value in values]
        resource = self.target.create(ENDPOINT, body)
        outcome.target_id = str(resource["id"])
        self.memory.link(subject.user.id, outcome.target_id)
        if references:  # first the user, then the manager (Known issues for provisioning)
            self.target.patch(ENDPOINT, outcome.target_id, self.target.operations(references))
        outcome.step("EntryExportAdd", "export", "success", f"User '{name}' was created in {TARGET}")
        return self._ended(outcome, subject, "create")

    def _update(self, outcome: Outcome, subject: Subject, resource: dict[str, Any]) -> Outcome:
        outcome.action = "update"
        if not self.plan.updates:
            return outcome.end("update", "skipped", _SKIPPED, "Updating users is switched off in the mapping.")
        return self._write(outcome, subject, resource, self.plan.values(subject, creating=False), "update")

    def _write(
        self,
        outcome: Outcome,
        subject: Subject,
        resource: dict[str, Any],
        values: list[tuple[Mapped, Value]],
        action: str,
    ) -> Outcome:
        name = subject.user.userPrincipalName
        changes = []
        for each, value in self._referenced(subject, values):
            current = each.slot.read(resource)
            if each.flow_type in ADD_ONLY and current is not None:
                continue
            if self.forgetful and each.priority == 0:
                current = None
            if each.always or not each.slot.same(current, value):
                changes.append((each.slot, current, value))
        if not changes:
            text = f"The state of user '{name}' in {TARGET} is the same already."
            outcome.step("EntryExportUpdate", "export", "skipped", text)
            return outcome.end(action, "skipped", "RedundantExport", text)
        outcome.modified = [(slot.name, old, new) for slot, old, new in changes]
        self.target.patch(ENDPOINT, outcome.target_id, self.target.operations(changes))
        outcome.step("EntryExportUpdate", "export", "success", f"User '{name}' was updated in {TARGET}")
        return self._ended(outcome, subject, action)

    def _ended(self, outcome: Outcome, subject: Subject, action: str) -> Outcome:
        if subject.user.id not in self.memory.waiting:
            return outcome.end(action, "success")
        text = f"The manager of user '{subject.user.userPrincipalName}' is not provisioned and was left out."
        outcome.step("ReferenceResolution", "referenceResolution", "warning", text)
        return outcome.end(action, "warning", "UnableToResolveReferenceAttributeValue", text)

    def _referenced(self, subject: Subject, values: list[tuple[Mapped, Value]]) -> list[tuple[Mapped, Value]]:
        """References as ids of the target; one that is not linked is left out and waited for."""
        found, waiting = [], False
        for each, value in values:
            if each.slot.type == "Reference":
                linked = self.memory.links.get(as_text(value))
                waiting = waiting or linked is None
                if linked is not None:
                    found.append((each, linked))
            else:
                found.append((each, value))
        (self.memory.waiting.add if waiting else self.memory.waiting.discard)(subject.user.id)
        return found

    def resolve(self, subject: Subject) -> Outcome | None:
        """Write a manager who could not be written before; None while there still is none. Raises TargetLost."""
        outcome = Outcome(target_id=self.memory.links[subject.user.id])
        values = [pair for pair in self.plan.values(subject, creating=False) if pair[0].slot.type == "Reference"]
        if self.memory.links.get(as_text(values[0][1])) is None if values else True:
            return None
        _imported(outcome, subject.user, "Update")
        try:
            return self._write(outcome, subject, {}, values, "update")
        except EntryFailed as problem:
            return _failed(outcome, problem.code, problem.reason)

    # Leaving

    def disable(self, subject: Subject) -> Outcome:
        """Out of scope, disabled or soft-deleted: what the mappings that know of it say. Raises TargetLost."""
        outcome = Outcome(action="disable", target_id=self.memory.links[subject.user.id], assigned=bool(subject.roles))
        _imported(outcome, subject.user, "Delete" if subject.user.deleted_at else "Update")
        try:
            resource = self.target.get(ENDPOINT, outcome.target_id)
            if resource is None:
                text = f"The account '{outcome.target_id}' is not in {TARGET} any more."
                outcome.step("EntryExportUpdate", "export", "skipped", text)
                return outcome.end("disable", "skipped", "RedundantExport", text)
            values = self.plan.values(subject, creating=False)
            return self._write(outcome, subject, resource, [pair for pair in values if pair[0].tells_state], "disable")
        except EvaluationRefused as problem:
            return _failed(outcome, "AttributeMappingEvaluationError", str(problem))
        except EntryFailed as problem:
            return _failed(outcome, problem.code, problem.reason)

    def delete(self, user: User) -> Outcome:
        """Gone from the directory for good: DELETE. Raises TargetLost."""
        outcome = Outcome(action="delete", target_id=self.memory.links[user.id])
        _imported(outcome, user, "Delete")
        try:
            was_there = self.target.delete(ENDPOINT, outcome.target_id)
        except EntryFailed as problem:
            return _failed(outcome, problem.code, problem.reason)
        text = f"User '{user.displayName or user.id}' was {'deleted' if was_there else 'gone already'} in {TARGET}"
        outcome.step("EntryExportDelete", "export", "success", text)
        return outcome.end("delete", "success")


def _extensions(plan: Plan, values: list[tuple[Mapped, Value]]) -> list[str]:
    used = {each.slot.urn for each, _value in values if each.slot.urn}
    if plan.target == ENTERPRISE:
        used.add(ENTERPRISE)
    return sorted(used)


def _imported(outcome: Outcome, user: User, verb: str) -> None:
    text = f"Received User '{user.userPrincipalName}' change of type ({verb}) from Azure Active Directory"
    outcome.step(f"EntryImport{verb}", "import", "success", text)


def _failed(outcome: Outcome, code: str, reason: str) -> Outcome:
    kind = "matching" if code.startswith("Duplicate") else "export"
    outcome.step("EntryExportAdd" if outcome.action == "create" else "EntryExportUpdate", kind, "failure", reason)
    action = outcome.action if outcome.action != "other" else "create" if not outcome.target_id else "update"
    return outcome.end(action, "failure", code, reason)
