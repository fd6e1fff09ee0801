"""Some named people are provisioned on demand and read back, before anybody else is touched.

Read back means a second run that finds nothing left to do (``RedundantExport``): Microsoft compares with what Haiilo
answers, so this step connects to no customer's address. What failed is tried again once an hour, because the cause
may be gone, and at once where a person asks for it; on a live customer only then, by a plan to approve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import ProvisioningEvent
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Asking, Change, Done, Progress, Todo, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, ChangingStep, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id, made_at
from onboarding.steps.pilot import causes, judging, naming, story, suggesting
from onboarding.steps.pilot.evidence import PilotEvidence, TriedPerson
from onboarding.steps.pilot.form import PilotForm
from onboarding.steps.pilot.trial import Trial
from onboarding.steps.shared import attempts
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

PROVISION = "provision"
NOT_RETURNED = _(
    "Haiilo took everything, but does not give back: %(names)s. So nobody can see whether it kept them, and Microsoft "
    "writes them again at each change. Look at them in Haiilo."
)
FIRST = plural("%(count)s test account is created first.", "%(count)s test accounts are created first.")
AGAIN = plural("%(count)s test account is tried again.", "%(count)s test accounts are tried again.")
CREATE, TRY_AGAIN = (
    _("Create the account of %(name)s in Haiilo and check that it is kept."),
    _("Try again to create the account of %(name)s in Haiilo."),
)
BUTTON, BUTTONS = _("Create the test account"), _("Create the test accounts")
TRY_BUTTON = _("Try again")
NEXT = _("The next test accounts follow in some seconds: Microsoft allows five runs in ten seconds.")
CREATED = _("Test account for %(name)s created and verified")
ALL_CREATED = plural(
    "%(count)s test account created and verified: %(names)s", "%(count)s test accounts created and verified: %(names)s"
)


@dataclass(frozen=True)
class Facts:
    """The named people as the tenant has them, and whom else to suggest, where that was looked for."""

    people: tuple[naming.Named, ...] = ()
    candidates: tuple[suggesting.Candidate, ...] | None = None


@dataclass(frozen=True)
class Pilot(ChangingStep[Facts]):
    """Nobody is provisioned but the people that were named."""

    key: ClassVar[str] = PilotEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Test users")
    stage: ClassVar[stages.Stage] = stages.TRIAL
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = PilotEvidence
    causes: ClassVar[tuple[Cause, ...]] = causes.CAUSES
    always: ClassVar[AnswerFormClass | None] = PilotForm
    tries_people: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The named people and their assignments; nothing where the pilot is behind us."""
        if _settled(desired) is not None:
            return Facts()
        names = _names(desired)
        is_offered = bool(names and desired.seen_before.get(self.key, {}).get("people"))
        return Facts(
            naming.find(tenant.graph, desired, names),
            None if is_offered else suggesting.read(tenant.graph, desired),
        )

    def told_on_demand(self, desired: Desired) -> Sequence[ProvisioningEvent]:
        """What Microsoft said of each person, as a row of its log would have it."""
        return attempts.events(desired)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done once each named person went through and a second run found nothing left to do."""
        settled = _settled(desired)
        if settled is not None:
            return _done(settled)
        offers = _offers(desired, facts)
        if not _names(desired):
            return causes.PILOT_NEEDED.asking(offers=offers)
        known = attempts.newest(desired)
        trials = [Trial.of(desired, each, known) for each in facts.people]
        due, failed = [each for each in trials if each.is_due], [each for each in trials if each.problem]
        if due and (places := attempts.places_left(desired)):
            return _plan(desired, due, places)
        if any(each.attempt is None for each in due):
            passed = len(trials) - len(due) - len(failed)
            return Waiting(say(NEXT), attempts.WINDOW, progress=Progress(passed, len(trials)))
        if failed:
            return _asking(desired, trials, offers)
        return _done(_evidence(desired, trials))

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """Send the account of one person, and have Microsoft compare where that went well; of the outcome the values
        that were written are not kept.
        """
        where = [str(change.payload[name]) for name in ("service_principal_id", "job_id", "rule_id", "person_id")]
        sync = tenant.graph.synchronization
        first = attempts.read_outcome(sync.provision_on_demand(*where))
        second = attempts.read_outcome(sync.provision_on_demand(*where)) if first["arrived"] else None
        kept = {**change.payload, "first": first, "second": second, "at": desired.now.isoformat()}
        before = attempts.newest(desired).get(where[-1])
        same = before is not None and attempts.of(kept).outcome() == before.outcome()
        return {**kept, "untold": True} if same else kept


def _names(desired: Desired) -> tuple[str, ...]:
    return naming.named_in(desired.answers.get(PilotEvidence.step, {}))


def _offers(desired: Desired, facts: Facts) -> dict[str, Any]:
    """Whom to choose from, and who was chosen."""
    if facts.candidates is None:
        people = desired.seen_before.get(PilotEvidence.step, {}).get("people", [])
    else:
        people = suggesting.offers(desired, facts.candidates)
    return {"people": people, "named": list(_names(desired))}


def _plan(desired: Desired, due: Sequence[Trial], places: int) -> Todo:
    """All who are due, a few at once. Nothing in it changes by approving it: `after` is the attempt before."""
    again = all(each.attempt for each in due)
    return Todo(
        say(AGAIN if again else FIRST, count=len(due)),
        [_change(desired, each) for each in due],
        say(TRY_BUTTON if again else BUTTON if len(due) == 1 else BUTTONS),
        at_once=places,
    )


def _change(desired: Desired, trial: Trial) -> Change:
    person = trial.known
    after = trial.attempt.at.isoformat() if trial.attempt else ""
    who = {"person_id": person.id, "name": person.display_name, "user_name": person.user_principal_name}
    return Change(
        PROVISION,
        say(TRY_AGAIN if after else CREATE, name=trial.name),
        payload={**who, "after": after, **attempts.where(desired)},
    )


def _asking(desired: Desired, trials: Sequence[Trial], offers: Mapping[str, Any]) -> Asking:
    """What has to be done about the worst of them; the others are told beside it."""
    asked = {id(each): judging.judge(desired, each) for each in trials if each.problem}
    worst = min(asked.values(), key=lambda verdict: judging.RANK[verdict.court])
    results = [_result(desired, each, asked.get(id(each))) for each in trials]
    return replace(worst, offers={**worst.offers, **offers, "results": results}, recheck_in=_soonest(desired, trials))


def _soonest(desired: Desired, trials: Sequence[Trial]) -> timedelta | None:
    """When the next of them is due by itself; None where none is."""
    waits = [wait for each in trials if (wait := each.due_in(desired)) is not None]
    return max(min(waits), attempts.WINDOW) if waits else None


def _result(desired: Desired, trial: Trial, asked: Asking | None) -> dict[str, Any]:
    """What a page shows of one person; JSON."""
    attempt = trial.attempt
    return {
        "id": trial.known.id if trial.named.person else "",
        "name": trial.name,
        "user_name": trial.known.user_principal_name if trial.named.person else trial.named.text,
        "ok": asked is None,
        "sentence": asked.question.as_json() if asked else None,
        "court": asked.court.value if asked else "",
        "detail": asked.offers.get("detail", "") if asked else "",
        "reason": asked.offers.get("reason", "") if asked else "",
        "tried": attempt is not None,
        "steps": story.steps_of(attempt, desired) if attempt else [],
        "fields": story.fields_of(attempt) if attempt else [],
    }


def _settled(desired: Desired) -> PilotEvidence | None:
    """What was seen on this job, or None where somebody has named another person since."""
    seen = desired.evidence_of(PilotEvidence)
    if seen is None or seen.job_id != job_id(desired) or seen.job_made_at not in (None, made_at(desired)):
        return None
    return seen if seen.asked == _asked_at(desired) or naming.are_in(seen, _names(desired)) else None


def _asked_at(desired: Desired) -> str:
    at: datetime | None = desired.answered_at.get(PilotEvidence.step)
    return at.isoformat() if at else ""


def _evidence(desired: Desired, trials: Sequence[Trial]) -> PilotEvidence:
    return PilotEvidence(
        people=tuple(_tried(desired, each) for each in trials),
        read_back=True,
        job_id=job_id(desired),
        job_made_at=made_at(desired),
        asked=_asked_at(desired),
    )


def _tried(desired: Desired, trial: Trial) -> TriedPerson:
    assert trial.attempt is not None
    first = trial.attempt.first
    return TriedPerson(
        id=trial.known.id,
        name=trial.known.display_name,
        user_name=trial.known.user_principal_name,
        named=trial.named.text,
        action="none" if first["same"] else str(first["action"]),
        not_returned=trial.attempt.not_returned(desired) or (),
        steps=tuple(story.steps_of(trial.attempt, desired)),
        fields=tuple(story.fields_of(trial.attempt)),
    )


def _done(evidence: PilotEvidence) -> Done:
    names = [each.name or each.user_name for each in evidence.people] or [evidence.name]
    several = say(ALL_CREATED, count=len(names), names=", ".join(names))
    note = several if len(names) > 1 else say(CREATED, name=names[0])
    return Done(evidence, note, tuple(_warnings(evidence)))


def _warnings(evidence: PilotEvidence) -> Iterator[Sentence]:
    untold = {name for each in evidence.people for name in each.not_returned} | set(evidence.not_returned)
    if untold:
        yield say(NOT_RETURNED, names=", ".join(sorted(untold)))
