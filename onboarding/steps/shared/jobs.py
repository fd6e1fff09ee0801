"""The synchronization job that is ours to run, and what is to be said when it is gone, stopped or put aside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, Job, NotThere
from onboarding.causes.index import explain_code, is_known
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Broken, Change, Court, Verdict, Waiting

JOB_VISIBLE_WITHIN = timedelta(minutes=15)  # a new job may answer 404 that long
RECHECK_SOON = timedelta(seconds=20)
CODES_WITHOUT_A_REASON = frozenset({"", "Unknown"})  # words for "no reason"
TEMPLATES = ("scim", "customappsso")  # in the order we like them


def our_job(graph: GraphClient, desired: Desired) -> Job | None:
    """The job of the evidence, or None where Graph knows no such job."""
    try:
        return graph.synchronization.job(desired.service_principal_id, desired.job_id)
    except NotThere:
        return None


def creation(service_principal_id: str, template_id: str, name: str = "") -> Change:
    """The change that makes a job: sent once, looked for on doubt (Graph: a second POST makes a second job)."""
    return Change(
        "create_job",
        say(_("Make a provisioning job on “%(name)s”, not running yet."), name=name),
        payload={"service_principal_id": service_principal_id, "template_id": template_id},
        once=True,
    )


def is_our_making(desired: Desired, service_principal_id: str, job: Job, replaced: Collection[str] = ()) -> bool:
    """Whether we made this job, or are running it already; `replaced` are those that we were told to remove."""
    if job.id in replaced:
        return False
    if desired.evidence.get("connection", {}).get("job_id") == job.id:
        return True
    made = desired.result("connection", "create_job")
    if made.get("service_principal_id") == service_principal_id:
        return bool(made["job_id"] == job.id)
    # begun, and nobody knows how it ended: what is there now is what came of it
    return creation(service_principal_id, job.template_id).intent in desired.begun.get("connection", ())


def missing(desired: Desired) -> Verdict:
    """What a job that is not there means: new ones take a while to be seen, others were deleted by somebody."""
    if desired.applied_lately("connection", "create_job", JOB_VISIBLE_WITHIN):
        return Waiting(say(_("Microsoft has made the job, but does not show it everywhere yet.")), RECHECK_SOON)
    return Broken(
        say(
            _(
                "Somebody deleted the provisioning job in the customer's tenant. Look at step Connection to "
                "make a new one."
            )
        ),
        Court.CS,
        code="job_gone",
    )


def unfit(job: Job) -> Broken | None:
    """Why a job that was started does not run, or None when it does."""
    if job.quarantined:
        return quarantined(job)
    if job.paused:
        return Broken(
            say(
                _(
                    "Somebody stopped the job in the customer's tenant. Ask them why; "
                    "then start it again in step Enable."
                )
            ),
            Court.CS,
            code="paused",
        )
    return None


def quarantined(job: Job) -> Broken:
    """Microsoft put the job aside: why, as far as it says so, and who acts."""
    quarantine = job.status.quarantine
    if quarantine is None:
        sentence, court = explain_code("Unknown")
        return Broken(sentence, court, code="Quarantine")
    inner, reason, told = quarantine.error_code, quarantine.reason, quarantine.error_message.strip()
    code = " / ".join(each for each in (reason, inner) if each) or "Quarantine"
    named = {each for each in (reason, inner) if each not in CODES_WITHOUT_A_REASON and is_known(each)}
    if not named and told:
        return Broken(
            say(_("Microsoft has put the job aside and says: %(reason)s Test address and token first."), reason=told),
            Court.CS,
            code=code,
        )
    # the error behind the quarantine is more exact than its reason, where we know it
    sentence, court = explain_code(inner if inner in named else reason if reason in named else "Unknown", told)
    return Broken(sentence, court, code=code)
