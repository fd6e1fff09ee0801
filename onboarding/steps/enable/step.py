"""Accidental deletions are prevented and the job runs, by one deliberate act."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job, Read, TryLater, Unavailable
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Change, Detail, Done, Todo, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import ChangingStep, StepFailed, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id, made_at
from onboarding.steps.enable.causes import CAUSES, GUARD_OFF
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.enable.expected import Expected
from onboarding.steps.initial_cycle.evidence import InitialCycleEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import counted, credentials, haiilo_notes, jobs, secrets
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.estimate import minutes_of_a_cycle
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED
from onboarding.steps.shared.stored import ADDRESS, SCOPE, Stored, last_success
from onboarding.steps.shared.token_causes import TOKEN_UNREADABLE
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

START_VISIBLE_WITHIN = timedelta(minutes=10)
READY = plural(
    "Everything is ready. Starting creates %(count)s account in Haiilo at most: whoever has one already is linked.",
    "Everything is ready. Starting creates %(count)s accounts in Haiilo at most: whoever has one already is linked.",
)
READY_FOR_ALL = _(
    "Everything is ready. Starting provisions the whole directory: whoever has no account in Haiilo gets one."
)
RECOUNTED = plural(
    "Nothing was started: the plan was approved for %(before)s, and now %(count)s person is in scope. Check the new "
    "plan and approve it again.",
    "Nothing was started: the plan was approved for %(before)s, and now %(count)s people are in scope. Check the new "
    "plan and approve it again.",
)
RECOUNTED_ALL = _(
    "Nothing was started: the plan was approved for assigned users and groups only, and now the whole directory is in "
    "scope. Check the new plan and approve it again."
)
RECOUNTED_ASSIGNED = plural(
    "Nothing was started: the plan was approved for the whole directory, and now %(count)s person is in scope. Check "
    "the new plan and approve it again.",
    "Nothing was started: the plan was approved for the whole directory, and now %(count)s people are in scope. Check "
    "the new plan and approve it again.",
)
READY_WITH_LINKED = plural(
    "Everything is ready. %(of)s, Haiilo has %(there)s already, who is linked; starting creates %(new)s.",
    "Everything is ready. %(of)s, Haiilo has %(there)s already, who are linked; starting creates %(new)s.",
    by="there",
)
OTHERWISE = plural(
    "Nothing was started: the plan was approved for %(before)s, and now %(count)s account can be created. Check the "
    "new plan and approve it again.",
    "Nothing was started: the plan was approved for %(before)s, and now %(count)s accounts can be created. Check the "
    "new plan and approve it again.",
)
START = plural("Start provisioning (%(count)s person)", "Start provisioning (%(count)s people)")
GUARDED_START = plural(
    "Switch on “Prevent accidental deletions” and start provisioning for %(count)s person.",
    "Switch on “Prevent accidental deletions” and start provisioning for %(count)s people.",
)
GUARDED_START_FOR_ALL = _("Switch on “Prevent accidental deletions” and start provisioning for the whole directory.")
START_ALL = _("Start provisioning (whole directory)")
RUNS = plural(
    "Provisioning was started. More than %(guard)s deletion at once needs the customer's confirmation (“Prevent "
    "accidental deletions”).",
    "Provisioning was started. More than %(guard)s deletions at once need the customer's confirmation (“Prevent "
    "accidental deletions”).",
    by="guard",
)
STOPPED = _("Provisioning was stopped in the customer's tenant. Ask why before you start it again.")
GUARD_UNSEEN = _(
    "Microsoft does not show whether “Prevent accidental deletions” is on. We go by what we saved, and Microsoft took "
    "that."
)
LOST = _("Microsoft does not show these settings, and saving replaces them: %(names)s")
MADE_AGAIN = _(
    "Somebody deleted the job in the customer's tenant and created it again: it has never run. Ask why before you "
    "start it."
)
NOT_STARTED_YET = _(
    "Saved. Provisioning was not started yet, because what was saved has not taken effect at Microsoft."
)


@dataclass(frozen=True)
class Facts:
    """The job, None where it is gone; what is stored (values but for secrets); before a start also whether it works.

    `shows_guard`: whether Microsoft shows the settings with the guard, so that they are not only as we saved them.
    `unknown` as in `Stored`.
    """

    job: Job | None = None
    stored: Mapping[str, str] = field(default_factory=dict)
    tested: Trial = UNTRIED
    shows_guard: bool = True
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Enable(ChangingStep[Facts]):
    """Repeatable: guard and start are read first, and a running job is never started again."""

    key: ClassVar[str] = EnableEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Start")
    stage: ClassVar[stages.Stage] = stages.EVERYBODY
    fresh_for: ClassVar[timedelta] = timedelta(hours=12)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = EnableEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    sends_token: ClassVar[bool] = True
    asks_haiilo: ClassVar[bool] = True
    asks_first: ClassVar[bool] = True
    recounts: ClassVar[tuple[str, ...]] = (ScopeEvidence.step,)

    def reads(self, desired: Desired) -> Mapping[str, Read]:
        """The job, and what is saved."""
        return jobs.reads_with_settings(desired)

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The job and the stored settings; as long as it does not run, Microsoft's test of them too."""
        job = jobs.job_to_follow(tenant.graph, desired)
        if job is None:
            return Facts()
        found = credentials.stored(tenant.graph, desired)
        tested = UNTRIED if runs(job) else credentials.try_saved(tenant.graph, desired, job)
        return Facts(job, found.values, tested, secrets.SETTINGS in found.shown, found.unknown)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when the job runs (or is quarantined, which is another step's matter) with its guard on."""
        if facts.job is None:
            return jobs.missing(desired)
        started, guard = runs(facts.job), self._guard(desired, facts)
        if started and guard is not None:
            return _done(desired, facts, guard)
        if not started and (waiting := self._spreading(desired, facts)):
            return waiting
        if not started and facts.tested.works is False:
            return credentials.refusal(facts.tested, desired)
        if guard is None and desired.unreadable_secret:
            return TOKEN_UNREADABLE.asking()
        unfit = desired.scim_token is None or _sends_elsewhere(desired, facts.stored) or _lacks_settings(facts.unknown)
        if guard is None and unfit:
            return GUARD_OFF.asking()
        return self._plan(desired, facts, started=started)

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """Guard first, where it is not on yet; then start, where the job does not run and what is saved is seen.

        Saved settings stay unseen for a while, and a start fails until then: the next run starts it.
        """
        sync, planned = tenant.graph.synchronization, change.payload
        app, guard, address = str(planned["service_principal_id"]), int(planned["guard"]), str(planned["base_url"])
        made: dict[str, Any] = {"guard": guard, "at": desired.now.isoformat(), "started": True}
        made |= {"service_principal_id": app, "sync_all": bool(planned["sync_all"])}
        job, found = sync.job(app, str(planned["job_id"])), credentials.stored_at(tenant.graph, desired, app)
        stored = _kept(found)
        if not _as_planned(stored, planned):
            raise StepFailed(PLAN_OUTDATED.asking())
        if secrets.guard_of(stored) is None:
            token, more = credentials.planned_token(desired, change), str(planned.get("recipients", ""))
            values = secrets.merged(stored, base_url=address, token=token, guard=guard, recipients=more)
            credentials.put(tenant.graph, app, values)
            made |= {"put_at": desired.now.isoformat(), "kept": secrets.without_credentials(values)}
        if runs(job):
            return made
        tested_at = _tested_at(tenant, desired, app, job, just_saved="put_at" in made)
        if tested_at is None:
            return {**made, "started": False, "partly": say(NOT_STARTED_YET)}
        sync.start(app, job.id)
        return {**made, "tested_at": tested_at.isoformat()}

    def _spreading(self, desired: Desired, facts: Facts) -> Waiting | None:
        """What was just done and is not seen yet."""
        if self.key in desired.evidence or not desired.applied_lately(self.key, "enable", START_VISIBLE_WITHIN):
            return None
        if desired.result(self.key, "enable").get("started"):
            return Waiting(say(_("Provisioning was started; Microsoft does not show it yet.")), jobs.RECHECK_SOON)
        if facts.tested.works:
            return None
        return Waiting(
            say(_("The settings are saved. Provisioning starts as soon as they take effect at Microsoft.")),
            jobs.RECHECK_SOON,
        )

    def _guard(self, desired: Desired, facts: Facts) -> int | None:
        """As stored; for some minutes after it was saved, as saved, because reading may lag behind."""
        stored = secrets.guard_of(facts.stored)
        if stored is None and desired.applied_lately(self.key, "enable", START_VISIBLE_WITHIN):
            return int(desired.result(self.key, "enable")["guard"])
        return stored

    def _plan(self, desired: Desired, facts: Facts, *, started: bool) -> Todo:
        """The same lines whatever part is done already: a plan that was approved stays the approved one."""
        scope = desired.required(ScopeEvidence)
        expected, guard = _expected(desired, scope), secrets.guard_for(scope.total)
        people, creates = expected.in_scope, expected.creates
        change = Change(
            "enable",
            say(GUARDED_START_FOR_ALL) if scope.sync_all else say(GUARDED_START, count=people),
            tuple(_details(expected, guard, scope.sync_all, desired.recipients)),
            payload={
                "service_principal_id": service_principal_id(desired),
                "job_id": job_id(desired),
                **({"made_at": made.isoformat()} if (made := made_at(desired)) else {}),
                "base_url": desired.required(ConnectionEvidence).base_url,
                "token_at": credentials.token_at(desired),
                "guard": guard,
                "people": people,
                "creates": creates,
                "certain_to_fail": expected.certain_to_fail,
                "sync_all": scope.sync_all,
                **({"recipients": desired.recipients} if desired.recipients else {}),
            },
        )
        if started:
            why = say(_("Provisioning runs without “Prevent accidental deletions”."))
            return Todo(why, [change], say(_("Switch on “Prevent accidental deletions”")), _unseen(facts))
        if _was_started(desired):
            why = say(
                MADE_AGAIN
                if facts.job and facts.job.never_ran and InitialCycleEvidence.step in desired.evidence
                else STOPPED
            )
        else:
            why = _recounted(desired, expected, sync_all=scope.sync_all) or (
                say(READY_FOR_ALL) if scope.sync_all else _ready(expected)
            )
        notes = (*_unseen(facts), *haiilo_notes.trouble_notes(desired))
        return Todo(why, [change], say(START_ALL) if scope.sync_all else say(START, count=people), notes)


def _expected(desired: Desired, scope: ScopeEvidence) -> Expected:
    return Expected.of(scope, desired.people.prospects, is_recent=desired.haiilo.is_recent(desired.now))


def _ready(expected: Expected) -> Sentence:
    """That everything is ready, with who is in Haiilo already where it is known of each person in scope."""
    if not expected.knows_there:
        return say(READY, count=expected.creates)
    of = say(counted.OF_SCOPE_FIRST, count=expected.in_scope)
    return say(READY_WITH_LINKED, of=of, there=expected.there, new=expected.creates)


def _as_planned(stored: Mapping[str, str], planned: Mapping[str, Any]) -> bool:
    """Whether the job still sends to the address and of the people that the plan names."""
    same = secrets.same_address(stored["BaseAddress"], str(planned["base_url"]))
    return same and secrets.covers_all(stored) == planned["sync_all"]


def _lacks_settings(unknown: Collection[str]) -> bool:
    """Whether nobody knows what a PUT would replace; entered again with the token, it is known."""
    return bool({SCOPE, secrets.SETTINGS} & set(unknown))


def _kept(found: Stored) -> Mapping[str, str]:
    """What has to be kept. Raises `Unavailable` while nothing is shown, `StepFailed` where nobody knows it."""
    if _lacks_settings(found.unknown):
        raise StepFailed(GUARD_OFF.asking())
    if ADDRESS in found.values:
        return found.values
    raise Unavailable("what is stored for the connection is not shown, so it cannot be kept", method="GET")


def _tested_at(tenant: Tenant, desired: Desired, app: str, job: Job, *, just_saved: bool) -> datetime | None:
    """When Microsoft's test of what is stored now succeeded; None where it did not, or not yet. A test that is
    throttled takes nothing back of an earlier success.
    """
    try:
        tested = credentials.try_stored(tenant.graph, app, job, desired.now)
    except TryLater:
        return None if just_saved else last_success(desired)
    return desired.now if tested.works else None


def _unseen(facts: Facts) -> tuple[Sentence, ...]:
    """What is not shown, beside what is planned or done without it."""
    lost = [say(LOST, names=", ".join(facts.unknown))] if facts.unknown else []
    return tuple(lost if facts.shows_guard else [say(GUARD_UNSEEN), *lost])


def _done(desired: Desired, facts: Facts, guard: int) -> Done:
    job_id = facts.job.id if facts.job else ""
    evidence = EnableEvidence(job_id, started=True, guard=guard, job_made_at=made_at(desired))
    unseen = () if facts.shows_guard else (say(GUARD_UNSEEN),)
    return Done(evidence, say(RUNS, guard=guard), unseen)


def _was_started(desired: Desired) -> bool:
    """Whether we have started this very job before, not one of the same id that was there earlier."""
    before = desired.evidence_of(EnableEvidence)
    return before is not None and before.job_made_at in (None, made_at(desired))


def _recounted(desired: Desired, expected: Expected, *, sync_all: bool) -> Sentence | None:
    """That the open approval was given for others, or other numbers; None where there is none, or for these. Of the
    whole directory there is no number.
    """
    plan = desired.approved.get(Enable.key)
    planned = next((change.payload for change in plan.changes), None) if plan else None
    if planned is None:
        return None
    if planned.get("sync_all", sync_all) != sync_all:
        return say(RECOUNTED_ALL) if sync_all else say(RECOUNTED_ASSIGNED, count=expected.in_scope)
    if planned["people"] != expected.in_scope:
        return say(RECOUNTED, before=planned["people"], count=expected.in_scope)
    before = planned.get("creates", planned["people"])
    if before == expected.creates:
        return None
    return say(OTHERWISE, before=say(counted.NEW_ACCOUNTS, count=before), count=expected.creates)


def _sends_elsewhere(desired: Desired, stored: Mapping[str, str]) -> bool:
    """Whether another address than the record's is saved. It is saved with the guard, which must move no data."""
    address = stored.get("BaseAddress", "")
    return bool(address) and not secrets.same_address(address, desired.base_url)


def runs(job: Job) -> bool:
    """Whether the job was started and nobody stopped it since; quarantined counts as started."""
    return job.running or job.quarantined


def _details(expected: Expected, guard: int, sync_all: bool, recipients: str) -> Iterator[Detail]:
    low, high = minutes_of_a_cycle(expected.in_scope)
    if not sync_all:
        yield from expected.details()
    yield Detail("+", say(counted.HELD_BACK_ABOVE, guard=guard))
    if recipients:
        yield Detail(
            "+", say(_("Microsoft writes to %(recipients)s, unless somebody is named already"), recipients=recipients)
        )
    yield Detail("+", say(_("provisioning runs about every 40 minutes, until somebody stops it")))
    if sync_all:
        yield Detail("~", say(_("the whole directory is in scope, not only assigned users and groups")))
        return
    took = say(_("the first cycle takes %(low)s to %(high)s minutes, by Microsoft's own figures"), low=low, high=high)
    yield Detail("=", took)
