"""Many live customers from one that a rehearsal brought to live: its rows, for another tenant each."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models, transaction

from onboarding.models import ConsentAttempt, Customer, Link, Onboarding, StepState, TenantBinding


@transaction.atomic
def make(count: int) -> None:
    """Copy the one live customer `count` times. Raises `Onboarding.DoesNotExist` where there is none."""
    source = Onboarding.objects.select_related("customer").get(state="live")
    for number in range(count):
        _copy(source, number, str(uuid.uuid4()))


def _copy(source: Onboarding, number: int, tenant_id: str) -> None:
    before = TenantBinding.objects.get(onboarding=source).tenant_id
    customer = Customer.objects.get(pk=source.customer_id)
    customer.name, customer.haiilo_host = f"Copy {number}", f"copy{number}.smarpshare.com"
    customer.domains = [f"copy{number}.example"]
    _again(customer)
    made = Onboarding.objects.get(pk=source.pk)
    made.customer = customer
    _again(made)
    for state in StepState.objects.filter(onboarding=source):
        state.onboarding = made
        for field in ("evidence", "answer", "intents"):
            text = json.dumps(getattr(state, field))
            setattr(state, field, json.loads(text.replace(before, tenant_id)))
        _again(state)
    binding = TenantBinding.objects.get(onboarding=source)
    binding.onboarding, binding.tenant_id = made, tenant_id
    _again(binding)
    attempt = ConsentAttempt.objects.filter(link__onboarding=source).latest("pk")
    link = Link.objects.get(pk=attempt.link_id)
    link.onboarding, link.token_hash = made, uuid.uuid4().hex
    _again(link)
    attempt.link, attempt.signed_in_tenant = link, tenant_id
    attempt.state_hash, attempt.consent_state_hash = uuid.uuid4().hex, uuid.uuid4().hex
    _again(attempt)


def _again(row: Any) -> None:
    """Save as a new row."""
    assert isinstance(row, models.Model)
    row.pk = None
    row._state.adding = True
    row.save()
