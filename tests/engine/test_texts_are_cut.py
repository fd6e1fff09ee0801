"""Whatever text of Microsoft's comes, no row fails on it: it is cut to its column, and what PostgreSQL refuses goes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphclient import ProvisioningEvent, Unreadable
from onboarding.engine.explain import explain
from onboarding.models import Backup, Event, Person, StepState, TenantBinding
from onboarding.models.text import CutCharField
from tests import builders
from tests.graphclient.samples import EVENT
from tests.steps.facts import desired

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TEXTS = st.sampled_from(["x" * 100_000, "a\x00b", "\ud800", "\udfff" * 400, "ä" * 300, "\x00", ""]) | st.text()
per_run = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WITH_TEXTS = [
    (model, field.name)
    for model in (Person, StepState, TenantBinding, Event)
    for field in model._meta.get_fields()
    if isinstance(field, CutCharField)
]


@pytest.fixture
def made() -> Any:
    return builders.onboarding()


@per_run
@given(text=TEXTS)
def test_keeps_a_verdict_whatever_text_is_in_it(made: Any, text: str) -> None:
    error = Unreadable(text, status=200, code=text, request_id=text, path="/x")
    verdict: Any = explain(error, desired(now=NOW))
    state = StepState(onboarding=made, key="live", message={"text": text}, code=text, request_id=text)
    state.offers, state.evidence = dict(verdict.offers), {text: [text]}
    StepState.objects.filter(onboarding=made, key="live").delete()
    state.save()
    kept = StepState.objects.get(pk=state.pk)
    assert (len(kept.code) <= 200, len(kept.request_id) <= 80) == (True, True)
    StepState.objects.filter(pk=state.pk).update(code=text, request_id=text, offers={"reason": text})
    Event.objects.create(onboarding=made, kind="x", message={"text": text}, detail={"code": text}, actor_name=text)
    Backup.objects.create(onboarding=made, step="mappings", document={"schema": {text: text}})


@per_run
@given(text=TEXTS, name=st.sampled_from(["errorCode", "reason", "recommendedAction"]))
def test_keeps_a_row_of_the_log_whatever_text_is_in_it(made: Any, text: str, name: str) -> None:
    row = EVENT | {
        "provisioningStatusInfo": {"status": "failure", "errorInformation": {name: text}},
        "sourceIdentity": {"id": f"i{text}", "displayName": text, "details": {"UserPrincipalName": text}},
        "provisioningAction": text,
    }
    event = ProvisioningEvent.from_json(row)
    person = Person(
        onboarding=made,
        source_id=event.source_id,
        name=event.source_name,
        user_name=event.source_user_name,
        action=event.action,
        result=Person.Result.FAILED,
        code=event.error_code,
        reason=event.reason,
        at=event.at,
        event_id=event.id,
    )
    Person.objects.bulk_create(
        [person], update_conflicts=True, unique_fields=["onboarding", "source_id"], update_fields=["reason"]
    )
    kept = Person.objects.get(onboarding=made, source_id=event.source_id)
    assert len(kept.name) <= 256
    assert len(kept.reason) <= 10_000


def test_leaves_no_text_of_microsofts_without_a_cut() -> None:
    """The columns that are named here take what others wrote; a new one of them has to be such a column, too."""
    assert {f"{model.__name__}.{name}" for model, name in WITH_TEXTS} == {
        "Person.source_id",
        "Person.target_id",
        "Person.earlier_target_id",
        "Person.name",
        "Person.user_name",
        "Person.differs_in",
        "Person.finding_codes",
        "Person.shapes",
        "Person.made_name",
        "Person.action",
        "Person.code",
        "Person.lacking",
        "Person.event_id",
        "StepState.code",
        "StepState.request_id",
        "TenantBinding.display_name",
        "TenantBinding.admin_name",
        "Event.actor_name",
    }
