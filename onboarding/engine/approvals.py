"""Approvals: a person's yes to one plan, kept as a row of its own and used up once.

No other module writes these rows. Whoever calls holds the onboarding's lock, so that two people at one plan come one
after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.dateparse import parse_datetime

from onboarding.domain.verdicts import ApprovedPlan, Change, Done, Todo, Verdict, Waiting, planned
from onboarding.engine.may import Act, may
from onboarding.models import Approval, Onboarding, StepState, clock


def plans(onboarding: Onboarding) -> dict[str, ApprovedPlan]:
    """What is approved and neither used up nor withdrawn, by step. One query, and one for each open approval."""
    rows = Approval.objects.open().select_related("approved_by", "proposed_by").filter(onboarding=onboarding)
    return {row.step: plan_of(row, onboarding) for row in rows}


def newest(onboarding: Onboarding) -> dict[str, Approval]:
    """The newest approval of each step, used up or not, that was not withdrawn. One query."""
    rows = Approval.objects.filter(onboarding=onboarding, withdrawn_at=None)
    rows = rows.select_related("approved_by", "proposed_by")
    return {row.step: row for row in rows.order_by("pk")}


def plan_of(row: Approval, onboarding: Onboarding) -> ApprovedPlan:
    """What was approved, and whether the person who did so may do so at this moment; whether both may, where it takes
    two.
    """
    changes = tuple(Change.from_json(each) for each in row.changes)
    stands = row.approved_by is not None and may(row.approved_by, Act.APPROVE, onboarding)
    if stands and any(change.takes_two for change in changes):
        stands = _is_of_two(row, onboarding)
    return ApprovedPlan(row.pk, changes, row.approved_at, stands)


def _is_of_two(row: Approval, onboarding: Onboarding) -> bool:
    """Whether somebody proposed it who may still do so: another person, unless one is enough here."""
    if row.proposed_by is None or not may(row.proposed_by, Act.PROPOSE, onboarding):
        return False
    return bool(settings.SINGLE_APPROVER) or row.proposed_by_id != row.approved_by_id


def in_force(onboarding: Onboarding, key: str, fingerprint: str) -> Approval | None:
    """The open approval of just this plan by somebody who may still approve, or None."""
    rows = Approval.objects.open().select_related("approved_by", "proposed_by")
    row = rows.filter(onboarding=onboarding, step=key, fingerprint=fingerprint).first()
    return row if row is not None and plan_of(row, onboarding).stands else None


def approve(
    onboarding_id: int, key: str, plan: Mapping[str, Any], *, actor: User, proposed_by: User | None = None
) -> Approval:
    """Keep that `actor` approves this plan; an earlier approval of the step is withdrawn. One that takes two people
    counts for nothing unless it was `proposed_by` another one.
    """
    withdraw(onboarding_id, key)
    return Approval.objects.create(
        onboarding_id=onboarding_id,
        step=key,
        fingerprint=plan["fingerprint"],
        changes=plan["changes"],
        approved_by=actor,
        approved_at=clock.now(),
        proposed_by=proposed_by,
    )


def withdraw(onboarding_id: int, key: str | None = None) -> int:
    """End the open approval of this step, or of all steps, unused. How many there were."""
    rows = Approval.objects.open().filter(onboarding_id=onboarding_id)
    return (rows.filter(step=key) if key else rows).update(withdrawn_at=clock.now())


def settle(state: StepState, plan: ApprovedPlan, verdict: Verdict) -> bool:
    """What becomes of the approved `plan` of this step after the verdict on it. True when it was withdrawn.

    It is used up once the step is done, or all its changes are made and the step does not merely wait for them. It is
    withdrawn when the plan has become another one, or is a remedy that is not offered any more: one that comes back has
    to be approved again.
    """
    rows = Approval.objects.open().filter(pk=plan.number)
    match verdict:
        case Waiting():
            return False
        case _ if (wanted := planned(verdict)) is not None and plan.covers(wanted.changes):
            return False
    if isinstance(verdict, Done) or all(_is_made(state, plan, change) for change in plan.changes):
        rows.update(used_at=clock.now())
        return False
    is_over = isinstance(verdict, Todo) or plan.is_remedy
    return is_over and bool(rows.update(withdrawn_at=clock.now()))


def _is_made(state: StepState, plan: ApprovedPlan, change: Change) -> bool:
    at = parse_datetime(state.intents.get(change.intent, {}).get("applied_at", ""))
    return at is not None and at >= plan.at
