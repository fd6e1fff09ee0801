"""What became of each attempt to provision a person on demand, as `apply` keeps it: JSON without a value that was
written, which would be personal data.

An attempt is one run that sends the account, and, where that went well, a second one that finds nothing left to do:
Microsoft compares with what Haiilo answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graphclient import LeftOut, OnDemandResult, ProvisioningEvent
from onboarding.causes.people import NOT_ENTITLED, SAME_ALREADY
from onboarding.domain.desired import Desired, moment_of
from onboarding.steps.connection.evidence import job_id, made_at
from onboarding.steps.mappings.evidence import MappingsEvidence
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.readiness.evidence import lacks_licence
from onboarding.steps.sso_application.evidence import service_principal_id

RUNS, WINDOW = 5, timedelta(seconds=10)  # so many runs on demand Microsoft allows within so long
RUNS_OF_ONE = 2


@dataclass(frozen=True)
class Attempt:
    """The newest attempt of one person: what the `first` run said, and the second, where there was one."""

    person_id: str
    at: datetime
    first: Mapping[str, Any]
    second: Mapping[str, Any] | None
    name: str
    user_name: str

    @property
    def said(self) -> Mapping[str, Any]:
        """The run that decides: the first that did not arrive, else the last one."""
        return self.first if self.second is None else self.second

    @property
    def arrived(self) -> bool:
        """Whether both runs ended with the account in Haiilo."""
        return bool(self.first["arrived"] and self.second is not None and self.second["arrived"])

    def not_returned(self, desired: Desired) -> tuple[str, ...] | None:
        """What the second run wrote again, if anything, because Haiilo gives nothing back for it.

        None where it wrote anything else. By what people are matched with must come back: without it each run would
        make one more account.
        """
        if self.second is None or self.second["same"]:
            return ()
        before, again = self.first.get("written") or {}, self.second.get("written") or {}
        matching = {mapped.target for mapped in desired.profile.mappings if mapped.matching_priority}
        untold = all(name in before and not given and name not in matching for name, given in again.items())
        return tuple(sorted(again)) if again and untold else None

    def passed(self, desired: Desired) -> bool:
        """Whether the account is in Haiilo, and Haiilo has kept what it was sent, as far as it tells."""
        return self.arrived and self.not_returned(desired) is not None

    def outcome(self) -> tuple[Any, ...]:
        """What tells one outcome from another."""
        said = self.said
        return tuple(said.get(name) for name in ("result", "arrived", "same", "code", "reason", "left_out"))


def where(desired: Desired) -> dict[str, str]:
    """Through which job a person goes, as parts of a payload."""
    rule = desired.required(MappingsEvidence).rule_id
    where = {"service_principal_id": service_principal_id(desired), "job_id": job_id(desired), "rule_id": rule}
    return where | ({"made_at": made.isoformat()} if (made := made_at(desired)) else {})


def newest(desired: Desired, step: str = PilotEvidence.step) -> dict[str, Attempt]:
    """The newest attempt of each person that `step` has made on this job, by object id."""
    found: dict[str, Attempt] = {}
    for attempt in _attempts(desired, step):
        before = found.get(attempt.person_id)
        if before is None or before.at < attempt.at:
            found[attempt.person_id] = attempt
    return found


def _attempts(desired: Desired, step: str) -> Iterator[Attempt]:
    made = made_at(desired)
    for kept in desired.applied.get(step, {}).values():
        same_job = kept.get("job_id") == job_id(desired) and kept.get("made_at") in (None, made and made.isoformat())
        if same_job and "first" in kept:
            yield of(kept)


def of(kept: Mapping[str, Any]) -> Attempt:
    """The attempt that `apply` kept so."""
    at = datetime.fromisoformat(kept["at"])
    names = (kept.get(name, "") for name in ("name", "user_name"))
    return Attempt(kept["person_id"], at, kept["first"], kept["second"], *names)


def events(desired: Desired, step: str = PilotEvidence.step) -> list[ProvisioningEvent]:
    """What each run of the newest attempts of `step` said of a person, as a row of Microsoft's log would have it.

    Without a licence for the log only what lasts: whether a failure still holds, nobody would say later.
    """
    lasting, found = lacks_licence(desired), newest(desired, step).values()
    told = [each for each in found if each.said["result"] and each.person_id.isascii()]  # else the person was erased
    return [_event(each) for each in told if each.arrived or not lasting]


def _event(attempt: Attempt) -> ProvisioningEvent:
    said = attempt.first if attempt.arrived else attempt.said
    return ProvisioningEvent(
        id="",
        at=attempt.at,
        action=said["action"],
        status=said["result"].lower(),
        error_code=said["code"] or (NOT_ENTITLED if said["left_out"] else ""),
        reason=said["reason"],
        source_id=attempt.person_id,
        source_name=attempt.name,
        source_user_name=attempt.user_name,
        target_id=said["target_id"],
        lacking=said["lacking"],
    )


def places_left(desired: Desired, step: str = PilotEvidence.step, *, runs_of_one: int = RUNS_OF_ONE) -> int:
    """How many people `step` may try at this moment, with so many runs each, so that Microsoft's limit is kept."""
    found = [kept for kept in desired.applied.get(step, {}).values() if "person_id" in kept]
    each_once = {(kept["person_id"], kept["at"]): kept for kept in found if "at" in kept}
    lately = [kept for kept in each_once.values() if desired.is_recent(moment_of(kept["at"]), WINDOW)]
    used = sum(1 if kept.get("second") is None else RUNS_OF_ONE for kept in lately)
    return max(0, RUNS - used) // runs_of_one


def read_outcome(outcome: OnDemandResult) -> dict[str, Any]:
    """What a run says, in JSON: whether the person is in Haiilo now, whether nothing was left to do, else why not.

    `written`: which attributes it wrote, and whether Haiilo had given back anything for them; no values, which are
    personal data.
    """
    same = outcome.result == "Skipped" and not outcome.left_out and _says_redundant(outcome)
    scoped_out = any(step.type == "Scoping" and step.status in ("Skipped", "Failure") for step in outcome.steps)
    left_out = scoped_out or outcome.left_out is LeftOut.NOT_ASSIGNED
    code = outcome.error_code or (NOT_ENTITLED if left_out and not same else "")
    return {
        "result": outcome.result,
        "arrived": outcome.result in ("Success", "Warning") or same,
        "same": same,
        "code": code,
        "reason": outcome.error_message,
        "action": outcome.action.lower(),
        "target_id": outcome.target_id,
        "left_out": outcome.left_out or "",
        "only_read": outcome.only_read,
        "lacking": outcome.lacking,
        "written": {change.name: bool(change.old) for change in outcome.modified if change.name},
        "steps": [{"name": step.name, "type": step.type, "status": step.status} for step in outcome.steps],
    }


def refused(code: str, reason: str) -> dict[str, Any]:
    """As `read_outcome`, of a run that Microsoft has refused as a whole."""
    untold: dict[str, Any] = {"arrived": False, "same": False, "target_id": "", "left_out": "", "only_read": False}
    said = {"result": "Failure", "code": code, "reason": reason, "action": "other", "lacking": ""}
    return {**untold, **said, "written": {}, "steps": []}


def _says_redundant(outcome: OnDemandResult) -> bool:
    if outcome.error_code:
        return outcome.error_code.lower().endswith(SAME_ALREADY.lower())
    told = [*(step.name for step in outcome.steps), *(str(v) for step in outcome.steps for v in step.details.values())]
    return any(text.lower().endswith(SAME_ALREADY.lower()) for text in told)
