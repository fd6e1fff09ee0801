"""One named person is provisioned on demand and read back, before anybody else is touched.

Read back means a second run that finds nothing left to do (``RedundantExport``): Microsoft compares with what Haiilo
answers, so this step connects to no customer's address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, LeftOut, NotThere, OnDemandResult, User
from onboarding.causes.base import Cause, Owner
from onboarding.causes.index import explain_code, is_known, lookup
from onboarding.causes.people import NOT_ENTITLED, SAME_ALREADY
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Change, Done, Todo, Verdict
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, ChangingStep, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id, made_at
from onboarding.steps.mappings.evidence import MappingsEvidence
from onboarding.steps.pilot import causes
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.pilot.form import PilotForm
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

NOT_RETURNED = _(
    "Haiilo took everything, but does not give back: %(names)s. So nobody can see whether it kept them, and Microsoft "
    "writes them again at each change. Look at them in Haiilo."
)


@dataclass(frozen=True)
class Facts:
    """The named person, or None where the tenant has nobody of that name; and whether the scope holds them."""

    person: User | None = None
    in_scope: bool = False


@dataclass(frozen=True)
class Pilot(ChangingStep[Facts]):
    """Nobody is provisioned but the person that was named."""

    key: ClassVar[str] = PilotEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Test user")
    stage: ClassVar[stages.Stage] = stages.TRIAL
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = PilotEvidence
    causes: ClassVar[tuple[Cause, ...]] = causes.CAUSES
    always: ClassVar[AnswerFormClass | None] = PilotForm

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The named person and their assignment; nothing where the pilot is behind us."""
        named = str(desired.answer(self.key, "person", "")).strip()
        if not named or _settled(desired) is not None:
            return Facts()
        try:
            person = tenant.graph.users.get(named)
        except NotThere:
            return Facts()
        return Facts(person, _is_in_scope(tenant.graph, desired, person))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done once the named person went through and a second run found nothing left to do."""
        settled = _settled(desired)
        if settled is not None:
            return _done(settled)
        named = str(desired.answer(self.key, "person", "")).strip()
        if not named:
            return causes.PILOT_NEEDED.asking(offers=_offers(desired))
        person = facts.person
        if person is None:
            return causes.PERSON_UNKNOWN.asking(offers=_offers(desired), name=named)
        if person.account_enabled is False:
            return causes.PERSON_DISABLED.asking(offers=_offers(desired), name=person.display_name)
        if not facts.in_scope:
            return causes.PERSON_OUT_OF_SCOPE.asking(offers=_offers(desired), name=person.display_name)
        return self._runs(desired, person)

    def _runs(self, desired: Desired, person: User) -> Verdict:
        asked = _asked_at(desired)
        first, second = (_result(desired, key, person, asked) for key in ("provision", "read_back"))
        payload = {"person_id": person.id, "asked": asked, **_where(desired)}
        if first is None:
            change = Change(
                "provision",
                say(_("Create the account of %(name)s in Haiilo."), name=person.display_name),
                payload=payload,
            )
        elif not first["arrived"]:
            return _failed(desired, person, first)
        elif second is None:
            summary = say(_("Check that Haiilo has kept the account of %(name)s."), name=person.display_name)
            change = Change("read_back", summary, payload=payload)
        elif not second["arrived"]:
            return _failed(desired, person, second)
        elif (not_returned := _not_returned(desired, first, second)) is None:
            return _not_kept(desired, person, second)
        else:
            return _done(_evidence(desired, person, first, not_returned))
        return Todo(
            say(_("The account of %(name)s is created first."), name=person.display_name),
            [change],
            say(_("Create the test account")),
        )

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """One run for the one person; of its outcome the values that were written are not kept."""
        where = [str(change.payload[name]) for name in ("service_principal_id", "job_id", "rule_id", "person_id")]
        outcome = tenant.graph.synchronization.provision_on_demand(*where)
        return {**change.payload, **read_outcome(outcome), "at": desired.now.isoformat()}


def _where(desired: Desired) -> dict[str, str]:
    """Through which job a person goes."""
    rule = desired.required(MappingsEvidence).rule_id
    where = {"service_principal_id": service_principal_id(desired), "job_id": job_id(desired), "rule_id": rule}
    return where | ({"made_at": made.isoformat()} if (made := made_at(desired)) else {})


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
        "left_out": outcome.left_out or "",
        "only_read": outcome.only_read,
        "written": {change.name: bool(change.old) for change in outcome.modified if change.name},
        "steps": [{"name": step.name, "type": step.type, "status": step.status} for step in outcome.steps],
    }


def _says_redundant(outcome: OnDemandResult) -> bool:
    if outcome.error_code:
        return outcome.error_code.lower().endswith(SAME_ALREADY.lower())
    told = [*(step.name for step in outcome.steps), *(str(v) for step in outcome.steps for v in step.details.values())]
    return any(text.lower().endswith(SAME_ALREADY.lower()) for text in told)


def _settled(desired: Desired) -> PilotEvidence | None:
    """What was seen on this job, or None where somebody has named another person since."""
    seen = desired.evidence_of(PilotEvidence)
    same = seen is not None and seen.job_made_at in (None, made_at(desired))
    settled = same and seen is not None and (seen.job_id, seen.asked) == (job_id(desired), _asked_at(desired))
    return seen if settled else None


def _asked_at(desired: Desired) -> str:
    at = desired.answered_at.get(PilotEvidence.step)
    return at.isoformat() if at else ""


def _result(desired: Desired, key: str, person: User, asked: str) -> Mapping[str, Any] | None:
    result = desired.result(PilotEvidence.step, key)
    if (result.get("person_id"), result.get("asked")) != (person.id, asked):
        return None
    made, run_of = made_at(desired), result.get("made_at")
    return result if not (made and run_of) or run_of == made.isoformat() else None


def _is_in_scope(graph: GraphClient, desired: Desired, person: User) -> bool:
    """Assigned directly, or a direct member of an assigned group; the whole directory where the job takes that."""
    scope = desired.evidence_of(ScopeEvidence)
    if scope is not None and scope.sync_all:
        return True
    principals, app = graph.service_principals, service_principal_id(desired)
    if any(True for _assigned in principals.assigned_to(app, principal_id=person.id)):
        return True
    groups = [each.principal_id for each in principals.assigned_to(app) if each.kind == "Group"]
    return any(member.id == person.id for group in groups for member in graph.groups.members(group))


def _offers(desired: Desired) -> dict[str, Any]:
    scope = desired.evidence_of(ScopeEvidence)
    return {"people": scope.to_json()["sample"] if scope else []}


def _not_returned(desired: Desired, first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What the second run wrote again, if anything, because Haiilo gives nothing back for it.

    None where it wrote anything else. By what people are matched with must come back: without it each run would make
    one more account.
    """
    if second["same"]:
        return ()
    before, again = first.get("written") or {}, second.get("written") or {}
    matching = {mapped.target for mapped in desired.profile.mappings if mapped.matching_priority}
    untold = all(name in before and not given and name not in matching for name, given in again.items())
    return tuple(sorted(again)) if again and untold else None


def _failed(desired: Desired, person: User, result: Mapping[str, Any]) -> Asking:
    name, offers = person.display_name, {**_offers(desired), "detail": str(result["code"])}
    if result["result"] == "Failure":
        return _explained(desired, person, result)
    if result.get("left_out") == LeftOut.DISABLED:
        return causes.PERSON_DISABLED.asking(offers=offers, name=name)
    if result.get("left_out") == LeftOut.FILTERED:
        return causes.FILTERED.asking(offers=offers, name=name)
    if result.get("only_read"):
        return causes.ONLY_READ.asking(offers=offers, name=name)
    if not result["result"] and not result["code"]:
        return causes.NOT_TOLD.asking(offers=offers, name=name)
    return _explained(desired, person, result)


def _explained(desired: Desired, person: User, result: Mapping[str, Any]) -> Asking:
    code, reason = str(result["code"]), str(result["reason"])
    known, why = lookup(code, reason), explain_code(code, reason)[0]
    cause = causes.FAILED.get(known.owner if known else Owner.ENGINEERS, causes.FAILED_FOR_ENGINEERS)
    offers = {**_offers(desired), "detail": code, "reason": reason if is_known(code) else ""}
    advice = (known.for_customer({}) if known else None) or why
    return cause.asking(offers=offers, name=person.display_name, why=why, advice=advice)


def _not_kept(desired: Desired, person: User, result: Mapping[str, Any]) -> Asking:
    offers = {**_offers(desired), "detail": result["action"]}
    return causes.NOT_KEPT.asking(offers=offers, name=person.display_name)


def _evidence(desired: Desired, person: User, first: Mapping[str, Any], not_returned: tuple[str, ...]) -> PilotEvidence:
    return PilotEvidence(
        person_id=person.id,
        name=person.display_name,
        user_name=person.user_principal_name or "",
        action="none" if first["same"] else str(first["action"]),
        read_back=True,
        job_id=job_id(desired),
        job_made_at=made_at(desired),
        asked=_asked_at(desired),
        not_returned=not_returned,
    )


def _done(evidence: PilotEvidence) -> Done:
    note = say(_("Test account for %(name)s created and verified"), name=evidence.name)
    return Done(evidence, note, tuple(_warnings(evidence)))


def _warnings(evidence: PilotEvidence) -> Iterator[Sentence]:
    if evidence.not_returned:
        yield say(NOT_RETURNED, names=", ".join(evidence.not_returned))
