"""The synchronization job that is ours to run, and the verdict when it is gone, stopped or quarantined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, Job, NotThere, Read
from graphclient.resources.synchronization import read_job, read_secrets
from onboarding.causes.base import Cause
from onboarding.causes.credentials import TOO_MANY_FAILED, says_forbidden
from onboarding.causes.index import is_known, lookup
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, moment_text, say
from onboarding.domain.verdicts import Broken, Verdict, Waiting
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id, made_at
from onboarding.steps.shared import chosen_gone, making
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.job_causes import (
    GAVE_UP,
    HAIILO_DOWN,
    HAIILO_REFUSES,
    JOB_GONE,
    PAUSED,
    QUARANTINE_OVER,
    QUARANTINE_REPORTED,
    QUARANTINED,
    SWITCHED_OFF,
)
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

JOB_VISIBLE_WITHIN = timedelta(minutes=15)  # a new job may answer 404 that long
RECHECK_SOON = timedelta(seconds=20)
SILENT_AFTER = timedelta(hours=6)  # a healthy job runs every 40 minutes
GIVEN_UP_AFTER = timedelta(days=28)  # a job that stays in quarantine is switched off then
CODES_WITHOUT_A_REASON = frozenset({"", "Unknown"})  # words for "no reason"
REASON_OF_THE_TEST = "EncounteredQuarantineException"  # each sync begins with a test of address and token
MAY_GO_ON_AFTER = CODES_WITHOUT_A_REASON | {REASON_OF_THE_TEST, "IngestionInterrupted"}
WHO_FAILED, EVERYBODY_ANEW = "Escrows, QuarantineState", "Escrows, Watermark"
TRIED_NEXT = _("Microsoft tries it again by itself on %(at)s.")
SWITCHED_OFF_AT = _("If nothing comes through until then, Microsoft switches the job off on %(at)s.")


def our_job(graph: GraphClient, desired: Desired) -> Job | None:
    """The job of the evidence, or None where Graph knows no such job, or has another one under its id."""
    try:
        job = graph.synchronization.job(service_principal_id(desired), job_id(desired))
    except NotThere:
        return None
    return None if making.is_older(job, made_at(desired)) else job


def job_to_follow(graph: GraphClient, desired: Desired) -> Job | None:
    """As `our_job`. Raises `StepFailed` where the application is gone, and the job with it."""
    job = our_job(graph, desired)
    if job is None:
        chosen_gone.ensure_there(graph, desired)
    return job


def reads(desired: Desired) -> dict[str, Read]:
    """What `our_job` sends; nothing before there is a job."""
    if not {SsoApplicationEvidence.step, ConnectionEvidence.step} <= desired.evidence.keys():
        return {}
    return {"job": read_job(service_principal_id(desired), job_id(desired))}


def reads_with_settings(desired: Desired) -> dict[str, Read]:
    """As `reads`, with what is saved on the application."""
    job = reads(desired)
    return {**job, "secrets": read_secrets(service_principal_id(desired))} if job else job


def listed_job(graph: GraphClient, desired: Desired) -> Job | None:
    """As `our_job`, from the list of the application's jobs, which the step before may just have read."""
    listed = graph.synchronization.jobs(service_principal_id(desired))
    ours = (job for job in listed if job.id == job_id(desired))
    return next((job for job in ours if not making.is_older(job, made_at(desired))), None)


def missing(desired: Desired) -> Verdict:
    """What a job that is not there means: new ones take a while to be seen, others were deleted by somebody."""
    if desired.applied_lately(ConnectionEvidence.step, "create_job", JOB_VISIBLE_WITHIN):
        return Waiting(say(_("Microsoft has created the job but does not show it everywhere yet.")), RECHECK_SOON)
    return JOB_GONE.broken()


def unfit(job: Job, *, reached: bool = False, tested: Trial = UNTRIED) -> Broken | None:
    """Why a job that was started does not run, or None when it does; `tested`: Microsoft's test of what is saved."""
    if not job.quarantined:
        return (GAVE_UP if job.status.escrows_pruned else PAUSED).broken() if job.paused else None
    why = quarantined(job, reached=reached, tested=tested)
    if job.paused:
        return replace(SWITCHED_OFF.broken(), warnings=() if tested.works else (why.why,))
    return replace(why, warnings=tuple(_what_comes(job)))


def to_forget(job: Job) -> str | None:
    """What a job that does not run has to forget so that it can go on where address and token work, as a reset scope:
    empty for nothing. None where that would not help: where Microsoft holds deletions back, or has quarantined it by
    hand.
    """
    if not job.quarantined:
        return EVERYBODY_ANEW if job.status.escrows_pruned else ""
    reason = job.status.quarantine.reason if job.status.quarantine else ""
    if reason in MAY_GO_ON_AFTER:
        return ""
    return WHO_FAILED if lookup(reason) is TOO_MANY_FAILED else None


def _what_comes(job: Job) -> Iterator[Sentence]:
    """What Microsoft does by itself with a job in quarantine, as far as it tells."""
    quarantine = job.status.quarantine
    if quarantine is None:
        return
    if quarantine.next_attempt:
        yield say(TRIED_NEXT, at=moment_text(quarantine.next_attempt))
    if quarantine.series_began:
        yield say(SWITCHED_OFF_AT, at=moment_text(quarantine.series_began + GIVEN_UP_AFTER))


def quarantined(job: Job, *, reached: bool = False, tested: Trial = UNTRIED) -> Broken:
    """Why Microsoft quarantined the job, as far as it says so, and who acts.

    A reason that is known keeps Microsoft's code. The error behind a quarantine is more exact than its reason, so it
    counts first; what counts stands last in the code, where the entry is looked up. What Microsoft's test of address
    and token says now is newer than either. Address and token are not the reason where Haiilo was `reached` with them
    before, as it was by a job that has finished its first cycle.
    """
    quarantine = job.status.quarantine
    if quarantine is None:
        return QUARANTINED.broken(code="Quarantine")
    if tested.works and quarantine.reason == REASON_OF_THE_TEST:
        return QUARANTINE_OVER.broken()
    error_code, told = quarantine.error_code, quarantine.error_message.strip()
    if tested.works is False:
        error_code, told = tested.code, tested.message.strip()
    at_haiilo = _at_haiilo(error_code, told) if reached or job.finished_initial_cycle else None
    if at_haiilo is not None:
        return at_haiilo.broken()
    codes = sorted(filter(None, (quarantine.reason, error_code)), key=_has_a_reason)
    code = " / ".join(codes) or "Quarantine"
    cause = lookup(codes[-1], told) if codes and _has_a_reason(codes[-1]) else None
    if cause is not None:
        return replace(cause.broken(), code=code)
    return QUARANTINE_REPORTED.broken(reason=told, code=code) if told else QUARANTINED.broken(code=code)


def _at_haiilo(code: str, told: str) -> Cause | None:
    """What has changed at Haiilo, where address and token of the job have been good before."""
    if code.endswith("CredentialValidationUnavailable"):
        return HAIILO_DOWN
    forbidden = code.endswith("CredentialValidationFailure") and says_forbidden(told)
    return HAIILO_REFUSES if forbidden else None


def _has_a_reason(code: str) -> bool:
    return code not in CODES_WITHOUT_A_REASON and is_known(code)
