"""The job exists once, address and token are saved, and Microsoft has tested both: as typed and as saved.

This step sends the token to Microsoft and nowhere else; whether Haiilo itself is asked with it, `engine.haiilo_reading`
says. A PUT replaces all stored secrets, so what is there is read, merged
and written (Graph: synchronization secrets), and believed only when Microsoft's own test with the saved ones succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job, NotThere, Read
from graphclient.resources.synchronization import read_jobs, read_secrets
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import moment_text, say
from onboarding.domain.verdicts import Asking, Change, Done, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, ChangingStep, Tenant
from onboarding.steps.connection import plan, rotation
from onboarding.steps.connection.causes import CAUSES, FOREIGN_JOB, JOB_DELETED, JOB_UNDELETABLE, TOKEN_NEEDED
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.connection.form import SettingsForm, TokenForm
from onboarding.steps.shared import credentials, making, saved_expiry, secrets
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.jobs import JOB_VISIBLE_WITHIN, RECHECK_SOON
from onboarding.steps.shared.settings_causes import SettingsCode
from onboarding.steps.shared.token_causes import TOKEN_UNREADABLE
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

V = TypeVar("V", bound=Verdict)
SECRETS_VISIBLE_WITHIN = timedelta(minutes=10)  # saved secrets may stay unseen that long
NOT_LISTED_YET = _("Microsoft has created the job but does not list it yet.")
TESTED = _("Connection tested: on %(at)s Microsoft reached Haiilo at %(address)s.")
TESTED_UNSEEN = _(
    "We saved the address %(address)s. Microsoft does not show what is stored; its own test of the stored address and "
    "token succeeded at %(at)s."
)
UNTESTED = _("When last checked, the job sent to %(address)s. While we only read, its token is not tested.")
NEWEST_FAILED = _(
    "Microsoft's newest connection test did not reach Haiilo (%(code)s). That may pass: the one at %(at)s succeeded."
)
STILL_LISTED = _("The old job is deleted. Microsoft still lists it, which may take some minutes.")
LISTED_BEFORE = _("Microsoft does not list the new job any more. That may pass; if it lasts, the job was deleted.")


@dataclass(frozen=True)
class Facts:
    """The jobs of the application, what is stored (values but for secrets), and Microsoft's test of it.

    `shows_address` and `unknown` as in `Stored`.
    """

    jobs: tuple[Job, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)
    tested: Trial = UNTRIED
    shows_address: bool = True
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connection(ChangingStep[Facts]):
    """Tested from Microsoft's side, because that is the side that will connect; nothing of ours calls Haiilo."""

    key: ClassVar[str] = ConnectionEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Connection")
    stage: ClassVar[stages.Stage] = stages.CONNECTION
    fresh_for: ClassVar[timedelta] = timedelta(hours=12)
    spread: ClassVar[bool] = True
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step,)
    evidence: ClassVar[type[Evidence]] = ConnectionEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    forms: ClassVar[Mapping[str, AnswerFormClass]] = {SettingsCode.SETTINGS_UNSEEN: SettingsForm}
    always: ClassVar[AnswerFormClass | None] = TokenForm
    sends_token: ClassVar[bool] = True

    def reads(self, desired: Desired) -> Mapping[str, Read]:
        """The jobs and what is saved, once there is something to save, or was."""
        chosen = desired.evidence_of(SsoApplicationEvidence)
        if chosen is None or (desired.scim_token is None and self.key not in desired.evidence):
            return {}
        app = chosen.service_principal_id
        return {"jobs": read_jobs(app), "secrets": read_secrets(app)}

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Jobs, stored secrets by name, and Microsoft's test of the stored ones."""
        sync, app = tenant.graph.synchronization, service_principal_id(desired)
        jobs = _with_ours(tenant, desired, tuple(sync.jobs(app)))
        job = job_to_run(desired, jobs)
        if job is None and desired.scim_token is None:
            return Facts(jobs)  # nothing can be saved, and nothing could be tested
        found, tested = credentials.stored(tenant.graph, desired), UNTRIED
        if job is not None and (found.values.get("SecretToken") or desired.result(self.key, "save_credentials")):
            tested = credentials.try_saved(tenant.graph, desired, job)
        return Facts(jobs, found.values, tested, found.shows_address, found.unknown)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when the job is there and Microsoft's test with the saved address and token succeeds; while we only
        watch nothing is tested, and the job's own state says whether they work.
        """
        return self.after_failure(desired, facts, self._judged(desired, facts))

    def after_failure(self, desired: Desired, facts: Facts, verdict: V) -> V:
        """With what is so of the saved token: how it was tested, and where another one was entered, that it stays."""
        saved = _is_ours(desired, facts) and job_to_run(desired, facts.jobs) is not None
        told = rotation.with_test(verdict, desired, facts.tested)
        told = rotation.beside_scope(told, desired, facts.stored)
        return rotation.beside(told, desired, facts.tested) if saved else told

    def _judged(self, desired: Desired, facts: Facts) -> Verdict:
        job = job_to_run(desired, facts.jobs)
        if plan.to_remove(desired, facts.jobs):
            return plan.removal(desired, facts.jobs)
        if job is None and (others := _others(desired, facts.jobs)):
            return others
        if job is None and desired.applied_lately(self.key, "create_job", JOB_VISIBLE_WITHIN):
            return Waiting(say(LISTED_BEFORE if _was_listed(desired) else NOT_LISTED_YET), RECHECK_SOON)
        address_saved, token_waits = _is_ours(desired, facts), rotation.is_waiting(desired)
        lately = plan.was_saved_lately(desired, SECRETS_VISIBLE_WITHIN)
        proved = facts.shows_address or not (lately and plan.had_credentials(desired))
        works = (facts.tested.works or _untested(desired)) and proved
        if job is not None and works and address_saved and not token_waits:
            return _done(desired, job, facts)
        if lately and not (token_waits and facts.stored):
            return Waiting(
                say(_("Address and token are saved and are taking effect at Microsoft.")), timedelta(seconds=15)
            )
        if desired.unreadable_secret and token_waits:
            return TOKEN_UNREADABLE.asking()
        if desired.scim_token is None:
            return _ask_for_token(desired, facts, job)
        if address_saved and not token_waits and facts.tested.works is False:
            return credentials.refusal(facts.tested, desired)
        if facts.unknown and plan.keeps_settings(desired) and not plan.told(desired):
            return plan.unseen(desired, facts.unknown)
        return plan.setup(desired, job, facts.stored, facts.unknown)

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """One of: test, create, save; or back up and delete, where a person said replace."""
        result = plan.APPLY[change.key](tenant, desired, change)
        return {**result, "at": desired.now.isoformat()}


def _was_listed(desired: Desired) -> bool:
    """Whether the step was done with the job that was created last."""
    before = desired.evidence_of(ConnectionEvidence)
    return before is not None and before.job_id == desired.result(ConnectionEvidence.step, "create_job").get("job_id")


def _with_ours(tenant: Tenant, desired: Desired, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """With the job that Microsoft said it made, where the list lacks it and it can be read all the same."""
    made = str(desired.result(ConnectionEvidence.step, "create_job").get("job_id", ""))
    if not plan.was_made(desired) or made in [job.id for job in jobs]:
        return jobs
    try:
        return (*jobs, tenant.graph.synchronization.job(service_principal_id(desired), made))
    except NotThere:
        return jobs


def job_to_run(desired: Desired, jobs: tuple[Job, ...]) -> Job | None:
    """The job that is adopted or ours, or None."""
    chosen, before = desired.required(SsoApplicationEvidence), desired.evidence_of(ConnectionEvidence)
    adopted, known = chosen.existing_job_id, before.job_id if before else ""
    ours = [
        job
        for job in jobs
        if job.template_id in making.TEMPLATES
        and (job.id == adopted or making.is_our_making(desired, chosen.service_principal_id, job, chosen))
    ]
    return min(ours, key=lambda job: (job.id != known, job.id != adopted, job.id), default=None)


def _is_ours(desired: Desired, facts: Facts) -> bool:
    """Whether the saved address is the customer's."""
    return secrets.same_address(facts.stored.get("BaseAddress", ""), desired.base_url)


def _untested(desired: Desired) -> bool:
    return not desired.size.sets_up


def _others(desired: Desired, jobs: tuple[Job, ...]) -> Verdict | None:
    """What jobs that are not ours keep us from: those that were to go and stay, and those of somebody else."""
    chosen = desired.required(SsoApplicationEvidence)
    if stuck := making.undeletable(desired, jobs, chosen):
        names, offers = ", ".join(job.id for job in stuck), {"jobs": [_offer(job) for job in stuck]}
        return JOB_UNDELETABLE.asking(offers=offers, jobs=names, name=chosen.name)
    if making.replaced(desired, jobs, chosen):
        return Waiting(say(STILL_LISTED), RECHECK_SOON)
    foreign = [job for job in jobs if job.template_id in making.TEMPLATES]
    return FOREIGN_JOB.asking(offers={"jobs": [_offer(job) for job in foreign]}) if foreign else None


def _offer(job: Job) -> dict[str, str]:
    return {"id": job.id, "code": job.status.code}


def _ask_for_token(desired: Desired, facts: Facts, job: Job | None) -> Asking:
    if facts.tested.works is False:
        return credentials.refusal(facts.tested, desired)
    if job is None and plan.was_connected(desired):
        return JOB_DELETED.asking()
    return TOKEN_NEEDED.asking(host=desired.haiilo_host)


def _done(desired: Desired, job: Job, facts: Facts) -> Done:
    app, at = service_principal_id(desired), facts.tested.at
    evidence = ConnectionEvidence(
        job.id, job.template_id, desired.base_url, app, making.made_at(desired, app, job), tested_at=at
    )
    when = moment_text(at or desired.now)
    warnings = [say(NEWEST_FAILED, code=facts.tested.code, at=when)] if facts.tested.code else []
    warnings += filter(None, [saved_expiry.note(desired)])
    return Done(evidence, say(_note(desired, facts), address=desired.base_url, at=when), warnings)


def _note(desired: Desired, facts: Facts) -> str:
    if _untested(desired):
        return UNTESTED
    return TESTED if facts.shows_address else TESTED_UNSEEN
