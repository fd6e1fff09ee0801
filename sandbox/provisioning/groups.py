"""Groups and their members: created, renamed, filled, emptied, deleted.

Facts: https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from ..world import Group
from .memory import Memory
from .outcome import Outcome
from .plan import Mapped, Plan
from .target import EntryFailed, Target
from .values import EvaluationRefused, Value, as_text, is_empty

ENDPOINT = "/Groups"
CORE = "urn:ietf:params:scim:schemas:core:2.0:Group"
SECOND = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
WITHOUT_MEMBERS = "members"
TARGET = "customappsso"
BATCH = 500
"""Members in one PATCH."""


@dataclass
class GroupWork:
    """What is needed to provision the groups of one job."""

    plan: Plan
    target: Target
    memory: Memory
    belongs: Callable[[str], bool]
    """Whether a user, by id, is managed and has not left: nobody else is a member at the target."""

    def provision(self, group: Group, *, only: Collection[str] | None = None) -> Outcome:
        """A group in scope: create, match, update, members (`only`: of these users alone). Raises TargetLost."""
        outcome = Outcome(target_id=self.memory.groups.get(group.id, ""))
        verb = "Update" if outcome.target_id else "Add"
        outcome.step(f"EntryImport{verb}", "import", "success", f"Received Group '{group.displayName}' ({verb})")
        if not self.plan.in_filter(group):
            outcome.passes = False
            text = f"Group '{group.displayName}' does not pass the scoping filter."
            outcome.step("EntrySynchronizationScoping", "scoping", "skipped", text)
            return outcome.end("other", "skipped", "EntrySynchronizationSkipped", text)
        try:
            self._written(outcome, group, only)
        except EvaluationRefused as problem:
            return _failed(outcome, "AttributeMappingEvaluationError", str(problem))
        except EntryFailed as problem:
            return _failed(outcome, problem.code, problem.reason)
        return outcome

    def _written(self, outcome: Outcome, group: Group, only: Collection[str] | None) -> None:
        values = [pair for pair in self.plan.values(group, creating=True) if pair[0].slot.type != "Reference"]
        resource = self._resource(outcome, group)
        if resource is None:
            if not self.plan.adds:
                outcome.end("other", "skipped", "EntrySynchronizationSkipped", "Creating groups is switched off.")
                return
            self._create(outcome, group, values)
        elif self.plan.updates:
            self._update(outcome, group, resource, values)
        self._members(outcome, group, only)
        if not outcome.modified:
            outcome.end("update", "skipped", "RedundantExport", f"Group '{group.displayName}' is the same already.")

    def _resource(self, outcome: Outcome, group: Group) -> dict[str, Any] | None:
        if outcome.target_id:
            found = self.target.get(ENDPOINT, outcome.target_id, without=WITHOUT_MEMBERS)
            if found is None:
                raise EntryFailed("InvalidAnchor", f"The linked group '{outcome.target_id}' is not in {TARGET}.")
            outcome.found = found
            return found
        for each in self.plan.matchers:
            value = each.evaluate(group)
            if is_empty(value):
                continue
            hits = self.target.find(ENDPOINT, each.slot, value, without=WITHOUT_MEMBERS)
            if len(hits) > 1:
                raise EntryFailed("DuplicateTargetEntries", f"{len(hits)} groups are named '{as_text(value)}'.")
            if hits:
                self._link(outcome, group, hits[0])
                return hits[0]
        return None

    def _link(self, outcome: Outcome, group: Group, resource: dict[str, Any]) -> None:
        outcome.target_id = str(resource["id"])
        self.memory.groups[group.id] = outcome.target_id

    def _create(self, outcome: Outcome, group: Group, values: list[tuple[Mapped, Value]]) -> None:
        body: dict[str, Any] = {"schemas": [CORE, SECOND]}
        for each, value in values:
            each.slot.put(body, value)
        body |= {"members": [], "meta": {"resourceType": "Group"}}
        outcome.action = "create"
        self._link(outcome, group, self.target.create(ENDPOINT, body))
        self.memory.members[group.id] = {}
        outcome.modified = [(each.slot.name, None, value) for each, value in values]
        outcome.step("EntryExportAdd", "export", "success", f"Group '{group.displayName}' was created in {TARGET}")

    def _update(
        self, outcome: Outcome, group: Group, resource: dict[str, Any], values: list[tuple[Mapped, Value]]
    ) -> None:
        outcome.action = "update"
        changes = [
            (each.slot, current, value)
            for each, value in values
            if each.flow_type != "objectaddonly" and not each.slot.same(current := each.slot.read(resource), value)
        ]
        if changes:
            self.target.patch(ENDPOINT, outcome.target_id, self.target.operations(changes))
            outcome.modified = [(slot.name, old, new) for slot, old, new in changes]
            outcome.step("EntryExportUpdate", "export", "success", f"Group '{group.displayName}' was updated")

    def _members(self, outcome: Outcome, group: Group, only: Collection[str] | None) -> None:
        mapped = next((each for each in self.plan.mapped if each.slot.attribute == "members"), None)
        if mapped is None:
            return
        links, written = self.memory.links, self.memory.members.get(group.id, {})
        wanted = {user: links[user] for user in group.members if user in links and self.belongs(user)}
        if only is not None:
            kept = {user: target for user, target in written.items() if user not in only}
            wanted = kept | {user: target for user, target in wanted.items() if user in only}
        added = [target for user, target in wanted.items() if written.get(user) != target]
        removed = [target for user, target in written.items() if wanted.get(user) != target]
        for batch in _batches(added):
            self.target.patch(ENDPOINT, outcome.target_id, self.target.addition(batch))
            outcome.modified += [("members", None, target) for target in batch]
        for batch in _batches(removed):
            self.target.patch(ENDPOINT, outcome.target_id, self.target.removal(batch))
            outcome.modified += [("members", target, None) for target in batch]
        self.memory.members[group.id] = wanted
        if added or removed:
            text = f"{len(added)} members were added, {len(removed)} removed."
            outcome.step("EntryExportUpdate", "export", "success", text)

    def delete(self, identity: str) -> Outcome:
        """Out of scope or gone: DELETE. Raises TargetLost."""
        outcome = Outcome(action="delete", target_id=self.memory.groups[identity])
        try:
            self.target.delete(ENDPOINT, outcome.target_id)
        except EntryFailed as problem:
            return _failed(outcome, problem.code, problem.reason)
        self.memory.groups.pop(identity, None)
        self.memory.members.pop(identity, None)
        outcome.step("EntryExportDelete", "export", "success", f"The group was deleted in {TARGET}")
        return outcome


def _batches(items: list[str]) -> list[list[str]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


def _failed(outcome: Outcome, code: str, reason: str) -> Outcome:
    action = outcome.action if outcome.action != "other" else "create" if not outcome.target_id else "update"
    outcome.step("EntryExportAdd" if action == "create" else "EntryExportUpdate", "export", "failure", reason)
    return outcome.end(action, "failure", code, reason)
