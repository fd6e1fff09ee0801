"""Step 5: the job exists once, address and token are saved, and Microsoft has tried both: as typed and as saved.

The token is sent to Microsoft and nowhere else. A PUT replaces all stored secrets, so what is there is read, merged
and written (Graph: synchronization secrets), and believed only when Microsoft's own test with the saved ones succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Done, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import ChangingStep, Tenant
from onboarding.steps.connection import plan
from onboarding.steps.shared import credentials, secrets
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.jobs import JOB_VISIBLE_WITHIN, RECHECK_SOON, is_our_making

SECRETS_VISIBLE_WITHIN = timedelta(minutes=10)  # saved secrets may stay unseen that long


@dataclass(frozen=True)
class Facts:
    """The jobs of the application, what is stored (values but for secrets), and Microsoft's test of it."""

    jobs: tuple[Job, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)
    tested: Trial = UNTRIED


@dataclass(frozen=True)
class Connection(ChangingStep[Facts]):
    """Trial from Microsoft's side, because that is the side that will connect; nothing of ours calls Haiilo."""

    key: ClassVar[str] = "connection"
    title: ClassVar[str | Promise] = gettext_lazy("Connection")
    stage: ClassVar[stages.Stage] = stages.CONNECTION
    fresh_for: ClassVar[timedelta] = timedelta(hours=12)
    rests_on: ClassVar[tuple[str, ...]] = ("sso_application",)
    sends_token: ClassVar[bool] = True
    asks_first: ClassVar[bool] = False

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Jobs, stored secrets by name, and Microsoft's test of the stored ones."""
        sync, app = tenant.graph.synchronization, desired.service_principal_id
        jobs, stored = tuple(sync.jobs(app)), credentials.stored(tenant.graph, desired)
        job = job_to_run(desired, jobs)
        if job is None or not (stored.get("SecretToken") or desired.result(self.key, "save_credentials")):
            return Facts(jobs, stored)
        return Facts(jobs, stored, credentials.try_saved(tenant.graph, desired, job))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when the job is there and Microsoft's test with the saved address and token succeeds; while we only
        watch nothing is tested, and the job's own state says whether they work.
        """
        job = job_to_run(desired, facts.jobs)
        if plan.to_remove(desired, facts.jobs):
            return plan.removal(desired, facts.jobs)
        if job is None and (foreign := _foreign(desired, facts.jobs)):
            return _ask_about(foreign)
        if job is None and desired.applied_lately(self.key, "create_job", JOB_VISIBLE_WITHIN):
            return Waiting(say(_("Microsoft has made the job, but does not list it yet.")), RECHECK_SOON)
        address_saved = secrets.same_address(facts.stored.get("BaseAddress", ""), desired.base_url)
        token_waits = desired.scim_token is not None and not desired.token_is_saved
        if job is not None and (facts.tested.works or _untested(desired)) and address_saved and not token_waits:
            return _done(desired, job)
        lately = desired.applied_lately(self.key, "save_credentials", SECRETS_VISIBLE_WITHIN)
        if lately and not (token_waits and facts.stored):
            return Waiting(
                say(_("Address and token are saved, but Microsoft does not see them yet.")), timedelta(seconds=15)
            )
        if desired.scim_token is None:
            return _ask_for_token(desired, facts, job)
        if address_saved and not token_waits and facts.tested.works is False:
            return credentials.refusal(facts.tested)
        return plan.setup(desired, job, facts.stored)

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """One of: try, create, save; or keep a copy and remove, where a person said replace."""
        result = plan.APPLY[change.key](tenant, desired, change)
        return {**result, "at": desired.now.isoformat()}


def job_to_run(desired: Desired, jobs: tuple[Job, ...]) -> Job | None:
    """The job that is adopted or ours, or None."""
    chosen = desired.evidence["sso_application"]
    adopted, template = chosen.get("existing_job_id"), chosen["template_id"]
    replaced = chosen.get("replaced_job_ids", ())
    known = desired.evidence.get("connection", {}).get("job_id")
    ours = [
        job
        for job in jobs
        if job.template_id == template
        and (job.id == adopted or is_our_making(desired, desired.service_principal_id, job, replaced))
    ]
    return min(ours, key=lambda job: (job.id != known, job.id != adopted, job.id), default=None)


def _untested(desired: Desired) -> bool:
    return not desired.size.sets_up


def _foreign(desired: Desired, jobs: tuple[Job, ...]) -> Job | None:
    template = desired.evidence["sso_application"]["template_id"]
    return next((job for job in jobs if job.template_id == template), None)


def _ask_about(job: Job) -> Asking:
    return Asking(
        say(
            _(
                "Somebody made a provisioning job on the application meanwhile. Look at step SSO application again and "
                "say whether to adopt or replace it."
            )
        ),
        Court.CS,
        offers={"jobs": [{"id": job.id, "code": job.status.code}]},
        code="foreign_job",
    )


def _ask_for_token(desired: Desired, facts: Facts, job: Job | None) -> Asking:
    if facts.tested.works is False:
        return credentials.refusal(facts.tested)
    if job is None and plan.was_connected(desired):
        return Asking(
            say(_("The provisioning job was deleted in the tenant. Enter the token again to have a new one made.")),
            Court.CS,
            code="job_gone",
        )
    return Asking(
        say(_("Create an access token in Haiilo for %(host)s and enter it here."), host=desired.haiilo_host),
        Court.CS,
        code="token_needed",
    )


def _done(desired: Desired, job: Job) -> Done:
    return Done(
        evidence={
            "job_id": job.id,
            "template_id": job.template_id,
            "base_url": desired.base_url,
            "service_principal_id": desired.service_principal_id,
        },
        note=say(
            _("The job sends to %(address)s. While we only watch, its token is not tested.")
            if _untested(desired)
            else _("Microsoft reaches Haiilo at %(address)s with the saved token."),
            address=desired.base_url,
        ),
    )
