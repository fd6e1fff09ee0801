"""Microsoft's own test of address and token, as entered and as saved, and what its refusal means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphclient import CredentialsRefused, GraphClient, Job, NotThere, RoleMissing
from onboarding.causes.index import explain_code
from onboarding.domain.desired import Desired
from onboarding.domain.token_cleaning import clean_token
from onboarding.domain.verdicts import Asking, Change
from onboarding.steps.base import StepFailed
from onboarding.steps.shared import secrets
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED
from onboarding.steps.shared.token_causes import TOKEN_ERASED, TOKEN_UNREADABLE, TOKEN_UNUSABLE
from onboarding.steps.sso_application.evidence import service_principal_id


@dataclass(frozen=True)
class Trial:
    """How the test with the saved ones ended: `works` is None where there is nothing to test yet."""

    works: bool | None = None
    code: str = ""
    message: str = ""


UNTRIED = Trial()


def stored(graph: GraphClient, desired: Desired) -> Mapping[str, str]:
    """What is stored (values but for secrets). Where we only watch and may not see it: as we saw it last."""
    try:
        return graph.synchronization.secrets(service_principal_id(desired))
    except RoleMissing:
        if desired.size.sets_up:
            raise
    return secrets.as_seen_before(desired)


def try_saved(graph: GraphClient, desired: Desired, job: Job) -> Trial:
    """Let Microsoft test what it has stored, with the job's own matching attributes; not while we only watch."""
    return try_stored(graph, service_principal_id(desired), job) if desired.size.sets_up else UNTRIED


def try_stored(graph: GraphClient, application_id: str, job: Job) -> Trial:
    """As `try_saved`, of the application that a plan names."""
    try:
        graph.synchronization.validate_credentials(
            application_id, template_id=job.template_id, saved=True, job_id=job.id
        )
    except NotThere:
        return Trial()
    except CredentialsRefused as refused:
        return Trial(False, refused.inner_code or refused.code, refused.message)
    return Trial(True)


def try_entered(graph: GraphClient, application_id: str, template_id: str, base_url: str, token: str) -> None:
    """Let Microsoft test what was entered. Raises `StepFailed` with which side fails and who acts."""
    try:
        graph.synchronization.validate_credentials(
            application_id, template_id=template_id, base_url=base_url, secret_token=token
        )
    except CredentialsRefused as refused:
        failed = Trial(False, refused.inner_code or refused.code, refused.message)
        raise StepFailed(refusal(failed)) from refused


def refusal(tested: Trial) -> Asking:
    """Which side fails, who acts, and what to do; the code stays Microsoft's."""
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
