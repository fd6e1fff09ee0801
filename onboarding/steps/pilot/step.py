"""Step 8: one named person is provisioned on demand and read back, before anybody else is touched.

Read back means a second run that finds nothing left to do (``RedundantExport``): Microsoft compares with what Haiilo
answers, so nothing of ours connects to a customer's address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, NotThere, OnDemandResult, User
from onboarding.causes.index import explain_code, is_known
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Change, Court, Done, Todo, Verdict
from onboarding.steps import stages
from onboarding.steps.base import ChangingStep, Tenant

SAME_ALREADY = "redundantexport"
NOT_ENTITLED = "NotEffectivelyEntitled"


@dataclass(frozen=True)
class Facts:
    """The named person, or None where the tenant has nobody of that name; and whether the scope holds them."""

    person: User | None = None
    in_scope: bool = False


@dataclass(frozen=True)
class Pilot(ChangingStep[Facts]):
    """Nobody is provisioned but the person that was named."""

    key: ClassVar[str] = "pilot"
    title: ClassVar[str | Promise] = gettext_lazy("Pilot")
    stage: ClassVar[stages.Stage] = stages.TRIAL
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    rests_on: ClassVar[tuple[str, ...]] = ("sso_application", "connection")
    asks_first: ClassVar[bool] = False

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The named person and their assignment; nothing where the pilot is behind us."""
        named = str(desired.answer(self.key, "person", "")).strip()
        if not named or _settled(desired):
            return Facts()
        try:
            person = tenant.graph.users.get(named)
        except NotThere:
            return Facts()
        return Facts(person, _is_in_scope(tenant.graph, desired, person))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done once the named person went through and a second run found nothing left to do."""
        if _settled(desired):
            return _done(desired.evidence[self.key])
        named = str(desired.answer(self.key, "person", "")).strip()
        if not named:
            return _ask(desired, say(_("Name one person of the scope to try it with.")))
        person = facts.person
        if person is None:
            return _ask(desired, say(_("The tenant has nobody called “%(name)s”. Name another person."), name=named))
        if person.account_enabled is False:
            return _ask(
                desired, say(_("%(name)s is disabled in the tenant. Name another person."), name=person.display_name)
            )
        if not facts.in_scope:
            return _ask(
                desired,
                say(
                    _("%(name)s is not in scope. Name somebody who is assigned, or have this person assigned."),
                    name=person.display_name,
                ),
            )
        return self._runs(desired, person)

    def _runs(self, desired: Desired, person: User) -> Verdict:
        asked = _asked_at(desired)
        first, second = (_result(desired, key, person, asked) for key in ("provision", "read_back"))
        payload = {"person_id": person.id, "asked": asked}
        if first is None:
            change = Change("provision", say(_("Provision %(name)s now."), name=person.display_name), payload=payload)
        elif not first["arrived"]:
            return _failed(desired, person, first)
        elif second is None:
            summary = say(_("Run again, to see that Haiilo kept %(name)s."), name=person.display_name)
            change = Change("read_back", summary, payload=payload)
        elif not second["arrived"]:
            return _failed(desired, person, second)
        elif not second["same"]:
            return _not_kept(desired, person, second)
        else:
            return _done(_evidence(desired, person, first))
        return Todo(say(_("%(name)s is tried first."), name=person.display_name), [change], say(_("Try this person")))

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """One run for the one person; of its outcome the values that were written are not kept."""
        outcome = tenant.graph.synchronization.provision_on_demand(
            desired.service_principal_id,
            desired.job_id,
            str(desired.seen("mappings", "rule_id")),
            str(change.payload["person_id"]),
        )
        return {**change.payload, **read_outcome(outcome), "at": desired.now.isoformat()}


def read_outcome(outcome: OnDemandResult) -> dict[str, Any]:
    """What a run says, in JSON: whether the person is in Haiilo now, whether nothing was left to do, else why not."""
    same = outcome.result == "Skipped" and _says_redundant(outcome)
    scoped_out = any(step.type == "Scoping" and step.status in ("Skipped", "Failure") for step in outcome.steps)
    code = outcome.error_code or (NOT_ENTITLED if scoped_out and not same else "")
    return {
        "result": outcome.result,
        "arrived": outcome.result in ("Success", "Warning") or same,
        "same": same,
        "code": code,
        "reason": outcome.error_message,
        "action": outcome.action.lower(),
        "steps": [{"name": step.name, "type": step.type, "status": step.status} for step in outcome.steps],
    }


def _says_redundant(outcome: OnDemandResult) -> bool:
    if outcome.error_code:
        return outcome.error_code.lower().endswith(SAME_ALREADY)
    told = [*(step.name for step in outcome.steps), *(str(v) for step in outcome.steps for v in step.details.values())]
    return any(text.lower().endswith(SAME_ALREADY) for text in told)


def _settled(desired: Desired) -> bool:
    """Whether the pilot was done on this job, and nobody has named another person since."""
    seen = desired.evidence.get("pilot", {})
    return bool(seen) and seen.get("job_id") == desired.job_id and seen.get("asked") == _asked_at(desired)


def _asked_at(desired: Desired) -> str:
    at = desired.answered_at.get("pilot")
    return at.isoformat() if at else ""


def _result(desired: Desired, key: str, person: User, asked: str) -> Mapping[str, Any] | None:
    result = desired.result("pilot", key)
    return result if (result.get("person_id"), result.get("asked")) == (person.id, asked) else None


def _is_in_scope(graph: GraphClient, desired: Desired, person: User) -> bool:
    """Assigned directly, or a direct member of an assigned group; the whole directory where the job takes that."""
    if desired.evidence.get("scope", {}).get("sync_all"):
        return True
    groups = []
    for assigned in graph.service_principals.assigned_to(desired.service_principal_id):
        if assigned.principal_id == person.id:
            return True
        if assigned.principal_type == "Group":
            groups.append(assigned.principal_id)
    return any(member.id == person.id for group in groups for member in graph.groups.members(group))


def _offers(desired: Desired) -> dict[str, Any]:
    return {"people": list(desired.evidence.get("scope", {}).get("sample", ()))}


def _ask(desired: Desired, question: Sentence) -> Asking:
    return Asking(question, Court.CS, offers=_offers(desired), code="pilot_needed")


def _failed(desired: Desired, person: User, result: Mapping[str, Any]) -> Asking:
    code, reason = str(result["code"]), str(result["reason"])
    sentence, court = explain_code(code, reason)
    question = say(_("%(name)s did not get through. %(why)s"), name=person.display_name, why=sentence)
    told = {"detail": code, "reason": reason if is_known(code) else ""}
    return Asking(question, court, offers={**_offers(desired), **told}, code="pilot_failed")


def _not_kept(desired: Desired, person: User, result: Mapping[str, Any]) -> Asking:
    return Asking(
        say(
            _("Haiilo took %(name)s, but answers with other data than it was sent. Our engineers have to look at it."),
            name=person.display_name,
        ),
        Court.HAIILO,
        offers={**_offers(desired), "detail": result["action"]},
        code="pilot_failed",
    )


def _evidence(desired: Desired, person: User, first: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "person_id": person.id,
        "name": person.display_name,
        "user_name": person.user_principal_name,
        "action": "none" if first["same"] else first["action"],
        "read_back": True,
        "job_id": desired.job_id,
        "asked": _asked_at(desired),
    }


def _done(evidence: Mapping[str, Any]) -> Done:
    return Done(evidence, say(_("%(name)s is in Haiilo, and was read back."), name=evidence["name"]))
