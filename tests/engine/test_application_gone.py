"""The application that was chosen is deleted in the tenant: told as that, at the next look, and nobody is in scope."""

from __future__ import annotations

import pytest

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.domain.verdicts import Kind
from onboarding.engine import load_desired
from onboarding.models import Onboarding, StepState
from onboarding.staff.people import queries
from onboarding.steps.scope.evidence import ScopeEvidence
from tests import builders

from .conftest import answer_all, by_hand, look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]

CODE = "application_deleted"
IN_SCOPE = 9


def stale(made: Onboarding, *keys: str) -> None:
    StepState.objects.filter(onboarding=made, key__in=keys).update(checked_at=None)


def told(made: Onboarding, key: str) -> StepState:
    found = builders.state(made, key)
    assert (found.code, found.court) == (CODE, "customer"), found.message
    assert str(found.message["values"]["name"]) == "Haiilo SSO"
    return found


def nobody_is_counted(made: Onboarding) -> None:
    assert load_desired.headcount(made).in_scope is None
    assert queries.people(made).in_scope is None
    evidence = load_desired.seen(made.pk, ScopeEvidence)
    assert evidence is not None
    assert (evidence.total, evidence.counted) == (IN_SCOPE, None)


def test_tells_it_from_a_job_that_was_deleted_and_then_at_the_step_that_chose_it(
    consented: Onboarding, far: SandboxTenant
) -> None:
    made = answer_all(consented, far)
    assert queries.people(made).in_scope == IN_SCOPE
    far.delete_application()
    stale(made, "live")
    look(made)
    told(made, "live")
    nobody_is_counted(made)
    look(made)
    offered = told(made, "sso_application")
    assert offered.message["values"]["id"] == far["service_principal_id"]
    assert offered.offers["detail"] == f"Restore-EntraDeletedDirectoryObject -Id {far['service_principal_id']}"
    assert made.current_key == "sso_application"


@pytest.mark.parametrize("key", ["scope", "connection", "enable"])
def test_is_found_before_the_start_too(consented: Onboarding, far: SandboxTenant, key: str) -> None:
    made = answer_all(consented, far, until="enable")
    far.delete_application()
    stale(made, key)
    for _look in range(2):
        look(made)
    told(made, "sso_application")
    assert made.current_key == "sso_application"
    nobody_is_counted(made)


def test_a_deleted_job_is_no_deleted_application(consented: Onboarding, far: SandboxTenant) -> None:
    made = answer_all(consented, far)
    [job] = far.jobs()
    by_hand(far).synchronization.delete_job(far["service_principal_id"], job["id"])
    stale(made, "live")
    for _look in range(2):
        look(made)
    assert "created the job" in str(builders.state(made, "live").sentence)  # which it was a moment ago
    assert builders.state(made, "sso_application").kind == Kind.DONE
    assert load_desired.headcount(made).in_scope == IN_SCOPE
