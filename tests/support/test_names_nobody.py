"""Nobody is named in a support bundle, whatever stands in a document or a column of ours."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from django.utils import timezone

from onboarding.models import Event, Onboarding, StepState, TenantBinding
from onboarding.steps import BESIDE, STEPS
from onboarding.support.bundle import Bundle, bundle_of
from tests import builders
from tests.pages.desk import people

from .conftest import FORBIDDEN, PERSON, document, every_row, poison_columns, sentence, steps
from .opening import opened, texts_of

pytestmark = pytest.mark.django_db


def names_in(bundle: Bundle) -> list[str]:
    """Each line that has something in it that must not be there."""
    lines = "\n".join([bundle.name, *texts_of(bundle), *texts_of(bundle).values()]).splitlines()
    return [line for line in lines if any(word in line.casefold() for word in FORBIDDEN)]


@pytest.mark.parametrize("with_ids", [True, False])
def test_names_nobody_whatever_a_document_of_ours_holds(known, with_ids):
    change = {"key": "write:Zebulon Quixley", "summary": sentence(), "payload": document()}
    plan = {
        "fingerprint": "Zebulon",
        "button": sentence(),
        "changes": [{**change, "details": [{"sign": "+", "text": sentence()}]}],
    }
    begun = {**document(), "at": "2026-12-01T10:00:00+00:00", "tries": 1, "looks": 0, "change": "write:Zebulon"}
    for key in steps():
        reported = {"job": document(), "failed_request": document()}
        StepState.objects.update_or_create(
            onboarding=known,
            key=key,
            defaults={
                "kind": "asking",
                "message": sentence(),
                "warnings": [sentence()],
                "evidence": {**document(), **evidence_of(key)},
                "offers": {**document(), "reported": reported},
                "answer": document(),
                "progress": document(),
                "plan": plan,
                "intents": {"write:Zebulon Quixley": {**begun, "summary": sentence()}},
                "code": "Zebulon Quixley",
                "request_id": "zebulon.quixley@contoso.example",
                "done_at": timezone.now(),
            },
        )
    detail = {**document(), "failed_request": document()}
    Event.objects.create(onboarding=known, kind="done", message=sentence(), detail=detail, actor_name="Zebulon Quixley")
    assert names_in(bundle_of(known, with_ids=with_ids)) == []
    told, ours, _page = opened(known)
    assert "unknown" not in ours["steps"]  # they were read, and no part of them was skipped
    assert "(left out)" in ours["steps"][0]["said"]
    assert told["job"]["job_id"] == "(left out)"


def evidence_of(key: str) -> dict[str, Any]:
    """Each field that a step declares, with names in it."""
    step = next(each for each in (*STEPS, *BESIDE) if each.key == key)
    return {each.name: document() if each.name != "job_id" else "Zebulon" for each in fields(step.evidence)}


@pytest.mark.parametrize("with_ids", [True, False])
def test_names_nobody_whatever_a_column_holds(known, with_ids):
    every_row(known)
    assert poison_columns(known) > 60
    assert names_in(bundle_of(Onboarding.objects.get(pk=known.pk), with_ids=with_ids)) == []


def test_has_nothing_of_other_customers(known):
    other = builders.onboarding(name="Fabrikam")
    TenantBinding.objects.create(
        onboarding=other,
        tenant_id=PERSON.format(77),
        verified_domain="fabrikam.example",
        admin_object_id=PERSON.format(88),
    )
    people(other, 3, result="failed", code="EntryConflict")
    other.people.update(event_id=PERSON.format(77))
    told = "".join(texts_of(bundle_of(known, with_ids=True)).values())
    for word in ("fabrikam", PERSON.format(77), other.customer.haiilo_host):
        assert word not in told.lower()
