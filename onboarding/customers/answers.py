"""What a person says about a step: an answer, the approval of a plan, or that it is to be read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import (
    Refused,
    check_may_change,
    check_member,
    check_tenant_is_ours_to_change,
)
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Kind
from onboarding.engine import ledger
from onboarding.engine.queue import enqueue
from onboarding.models import CustomerSecret, Onboarding, StepState, clock
from onboarding.steps import STEPS, by_key
from onboarding.steps.customer.step import CustomerRecord

LEADS_TO_CHANGES = frozenset(step.key for step in STEPS if step.changes_tenant)


@transaction.atomic
def answer(
    onboarding: Onboarding,
    step_key: str,
    *,
    actor: User,
    answer: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Keep what a person said about a step, at any time; the engine uses it when the step's turn comes.

    Raises `Refused` for a tenant while an answer from another one is not dealt with, and for what would lead to a
    change while we only watch.
    """
    check_member(onboarding, actor)
    if step_key in LEADS_TO_CHANGES:
        check_may_change(onboarding)
    if step_key == CustomerRecord.key and "tenant_id" in answer:
        check_tenant_is_ours_to_change(onboarding)
    now = clock.now()
    for kind, plaintext in (secrets or {}).items():
        row = CustomerSecret.objects.filter(onboarding=onboarding, kind=kind).first()
        row = row or CustomerSecret(onboarding=onboarding, kind=kind)
        row.close_over(plaintext)
        row.saved_at, row.saved_by = now, actor
        row.save()
        ledger.note(onboarding.pk, "answered", say(_("Access token entered.")), step=step_key, actor=actor)
    ledger.keep_answer(onboarding.pk, step_key, answer, actor=actor)
    if not secrets:
        ledger.note(
            onboarding.pk,
            "answered",
            say(_("Step “%(step)s” answered."), step=str(by_key(step_key).title)),
            step=step_key,
            actor=actor,
        )
    enqueue(onboarding.pk)


@transaction.atomic
def approve_plan(onboarding: Onboarding, step_key: str, *, actor: User, fingerprint: str) -> None:
    """Let the engine make exactly this plan. Raises `Refused` when the plan has changed since it was shown, and while
    we only watch.
    """
    check_member(onboarding, actor)
    check_may_change(onboarding)
    state = StepState.objects.select_for_update().filter(onboarding=onboarding, key=step_key).first()
    if state is None or state.kind != Kind.TODO or state.plan.get("fingerprint") != fingerprint:
        raise Refused(say(_("The plan has changed meanwhile. Check the new one, then approve it.")))
    ledger.keep_answer(onboarding.pk, step_key, {"approved_plan": fingerprint}, actor=actor)
    ledger.note(onboarding.pk, "approved", say(_("Plan approved.")), step=step_key, actor=actor)
    enqueue(onboarding.pk)


@transaction.atomic
def recheck(onboarding: Onboarding, *, actor: User, step_key: str | None = None) -> None:
    """Read the live systems now instead of believing what was seen before."""
    check_member(onboarding, actor)
    ledger.make_stale(onboarding.pk, step_key)
    enqueue(onboarding.pk)
