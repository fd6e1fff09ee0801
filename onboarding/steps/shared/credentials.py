"""Microsoft's own test of address and token, as entered and as saved, and what its refusal means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from graphclient import (
    ConsentMissing,
    CredentialsRefused,
    GraphClient,
    GraphError,
    HostRefused,
    Job,
    NotAllowed,
    NotThere,
    OurCredentialRefused,
    Rejected,
    TryLater,
    WriteRefused,
)
from onboarding.causes.credentials import by_answer
from onboarding.causes.index import explain_code
from onboarding.domain.desired import Desired
from onboarding.domain.token_cleaning import clean_token
from onboarding.domain.verdicts import Asking, Change
from onboarding.steps.base import StepFailed
from onboarding.steps.shared import secrets
from onboarding.steps.shared.job_causes import HAIILO_DOWN
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED
from onboarding.steps.shared.reached import was_reached
from onboarding.steps.shared.settings_causes import SETTINGS_REFUSED
from onboarding.steps.shared.stored import Stored, known, last_success, saved_by_us, was_saved
from onboarding.steps.shared.token_causes import TOKEN_ERASED, TOKEN_UNREADABLE, TOKEN_UNUSABLE
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id


@dataclass(frozen=True)
class Trial:
    """How the test with the saved ones ended: `works` is None where there is nothing to test yet.

    `at`: when it succeeded; with a `code` beside it, a later test has failed for a reason that may pass.
    """

    works: bool | None = None
    code: str = ""
    message: str = ""
    at: datetime | None = field(default=None, compare=False)


UNTRIED = Trial()
TEST_AGAIN_AFTER = timedelta(minutes=10)  # one test in that time is enough
BELIEVED_FOR = timedelta(hours=24)  # so long a success outlives tests that end in nothing: two looks of the step
REFUSED_SETTINGS = "invalidnotificationsettings"
READABLE = range(200, 300)  # an answer that came and could not be read may stay so; silence passes
UNREACHED = "credentialvalidationunavailable"  # Haiilo was not reached, or did not answer in time
STOPS = (ConsentMissing, OurCredentialRefused, HostRefused, WriteRefused)
"""Errors that say more than that a list is not shown."""


def stored(graph: GraphClient, desired: Desired) -> Stored:
    """What is stored, to judge by. What is not shown counts as we saw it last; it is never written on that."""
    found = stored_at(graph, desired, service_principal_id(desired))
    if not found.unknown:
        return found
    seen = secrets.as_seen_before(desired)
    before = {key: value for key, value in seen.items() if value and key not in found.shown}
    return replace(found, values={**before, **found.values})


def stored_at(graph: GraphClient, desired: Desired, application_id: str) -> Stored:
    """As `stored`, of the application that a plan names. Raises `TryLater` while nothing is known from elsewhere, and
    where Microsoft was silent before its test has succeeded.
    """
    saved = saved_by_us(desired, application_id)
    try:
        return known(graph.synchronization.secrets(application_id), saved)
    except STOPS:
        raise
    except TryLater as error:
        if not saved or (error.status not in READABLE and last_success(desired) is None):
            raise
        if last_success(desired) is not None:
            return Stored(saved, frozenset(saved))  # a moment's silence says nothing new
    except NotThere:
        if not was_saved(desired, application_id) and not desired.required(SsoApplicationEvidence).existing_job_id:
            return Stored()  # nothing is stored yet
    except NotAllowed:
        if not desired.size.sets_up:
            return Stored(secrets.as_seen_before(desired))
    except GraphError:
        pass
    return known(None, saved)


def put(graph: GraphClient, application_id: str, values: Mapping[str, str]) -> None:
    """Replace all that is stored. Raises `StepFailed` where Microsoft does not take the notification settings."""
    try:
        graph.synchronization.put_secrets(application_id, values)
    except Rejected as refused:
        code = next((code for code in (refused.inner_code, refused.code) if code), "")
        if REFUSED_SETTINGS in f"{refused.code} {refused.inner_code} {refused.message}".lower():
            raise StepFailed(SETTINGS_REFUSED.asking(code=code or str(refused.status))) from refused
        raise


def try_saved(graph: GraphClient, desired: Desired, job: Job) -> Trial:
    """Let Microsoft test what it has stored, with the job's own matching attributes; not while we only watch, and not
    again and again: a test that is throttled, or ends in what may pass, takes nothing back of an earlier success.
    """
    if not desired.size.sets_up:
        return UNTRIED
    success = last_success(desired)
    since = desired.now - success if success else BELIEVED_FOR
    if since < TEST_AGAIN_AFTER:
        return Trial(True, at=success)
    try:
        tested = try_stored(graph, service_principal_id(desired), job, desired.now)
    except TryLater:
        if since >= BELIEVED_FOR:
            raise
        return Trial(True, at=success)
    if tested.works is False and since < BELIEVED_FOR and may_pass(tested):
        return Trial(True, tested.code, tested.message, at=success)
    return tested


def may_pass(tested: Trial) -> bool:
    """Whether the refusal says no more than that Haiilo did not answer at that moment."""
    return tested.code.lower().endswith(UNREACHED) and by_answer(tested.code, tested.message) is None


def try_stored(graph: GraphClient, application_id: str, job: Job, now: datetime | None = None) -> Trial:
    """As `try_saved`, of the application that a plan names, and in any case."""
    try:
        graph.synchronization.validate_credentials(
            application_id, template_id=job.template_id, saved=True, job_id=job.id
        )
    except NotThere:
        return Trial()
    except CredentialsRefused as refused:
        return Trial(False, refused.inner_code or refused.code, refused.message)
    return Trial(True, at=now)


def try_entered(graph: GraphClient, desired: Desired, app_id: str, template_id: str, base_url: str, token: str) -> None:
    """Let Microsoft test what was entered. Raises `StepFailed` with which side fails and who acts."""
    try:
        graph.synchronization.validate_credentials(
            app_id, template_id=template_id, base_url=base_url, secret_token=token
        )
    except CredentialsRefused as refused:
        failed = Trial(False, refused.inner_code or refused.code, refused.message)
        raise StepFailed(refusal(failed, desired)) from refused


def refusal(tested: Trial, desired: Desired) -> Asking:
    """Which side fails, who acts, and what to do; the code stays Microsoft's, unless its message says more, or we know
    that the address was good: then it is Haiilo that does not answer any more.
    """
    cause = by_answer(tested.code, tested.message)
    if cause is not None:
        return cause.asking(offers={"detail": tested.code})
    if may_pass(tested) and was_reached(desired):
        return replace(HAIILO_DOWN.asking(offers={"detail": tested.code}), recheck_in=TEST_AGAIN_AFTER)
    sentence, court = explain_code(tested.code, tested.message)
    return Asking(sentence, court, code=tested.code)


def token_at(desired: Desired) -> str:
    """When the token was entered that we hold; empty where there is none. It stands for the token in a plan."""
    return desired.scim_token_saved_at.isoformat() if desired.scim_token_saved_at else ""


def planned_token(desired: Desired, change: Change) -> str:
    """The entered token, cleaned: the one for which `change` was planned, and for the host that it sends to.

    Raises `StepFailed` where there is none, another one, or none that can be used.
    """
    if desired.unreadable_secret:
        raise StepFailed(TOKEN_UNREADABLE.asking())
    if desired.scim_token is None:
        raise StepFailed(TOKEN_ERASED.asking())
    goes_elsewhere = not secrets.same_address(str(change.payload["base_url"]), desired.base_url)
    if goes_elsewhere or change.payload["token_at"] != token_at(desired):
        raise StepFailed(PLAN_OUTDATED.asking())
    cleaned = clean_token(desired.scim_token.reveal())
    if cleaned.refused is not None:
        raise StepFailed(TOKEN_UNUSABLE.asking(why=cleaned.refused))
    return cleaned.value
