"""The gate before a customer's tenant: whether a change may be made, asked for a plan and again before each request.

What is decided for a plan may be over a second later, while Microsoft still answers the request before. So `check` is
asked in the transaction that holds the onboarding's row: whoever pauses or withdraws has done so before, or waits until
the request is on its way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from onboarding.domain.desired import Desired
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Change, Remedy, Todo
from onboarding.engine import approvals, holds
from onboarding.models import Approval, Onboarding, Stop
from onboarding.steps.base import Step

CHANGES_IN = (State.OPEN, State.LIVE)


class Held(RuntimeError):
    """Nothing may be changed at this moment. No verdict on the step: the next run says what it finds."""


@dataclass(frozen=True)
class Permit:
    """What may be changed now: `changes`, and the number of the approval where it takes one."""

    changes: tuple[Change, ...]
    approval: int | None = None

    def first(self, number: int | None) -> Permit:
        """So many of the changes, all where it is None."""
        return self if number is None else replace(self, changes=self.changes[:number])


def permit(step: Step[Any], plan: Todo | Remedy, desired: Desired, *, onboarding_id: int, live: bool) -> Permit | None:
    """What the engine applies of this plan now, or None where it waits for a person.

    Before go-live a step acts as its nature is; on a live tenant nothing is repaired unasked, and nothing at all while
    all changes are stopped, while we only watch, or own more in the tenant than we may. A remedy is never applied
    unasked. What a person has approved is applied as it was approved: with the payload that they saw.
    """
    if not desired.size.sets_up or holds.owns_too_much(onboarding_id) or Stop.objects.in_force():
        return None
    at_once = plan.at_once if isinstance(plan, Todo) else None
    if isinstance(plan, Todo) and not step.asks_first and not plan.asks and not live:
        return Permit(tuple(plan.changes)).first(at_once)
    given = desired.approved.get(step.key)
    if given is None or not given.stands or not given.covers(plan.changes):
        return None
    return Permit(tuple(filter(None, map(given.approved, plan.changes))), given.number).first(at_once)


def check(onboarding: Onboarding, key: str, change: Change, approval: int | None) -> None:
    """Raise `Held` unless `change` may be made now. The caller holds the row's lock, and its lease.

    Without an approval only the steps of a customer that is not live yet act.
    """
    if onboarding.state not in CHANGES_IN:
        raise Held(f"the onboarding is {onboarding.state}")
    if Stop.objects.in_force() is not None:
        raise Held("all changes are stopped")
    if approval is None:
        _check_acts_by_itself(onboarding)
    else:
        _check_approved(onboarding, key, change, approval)


def _check_acts_by_itself(onboarding: Onboarding) -> None:
    if onboarding.live_at is not None:
        raise Held("it is live, and nobody has approved this")


def _check_approved(onboarding: Onboarding, key: str, change: Change, approval: int) -> None:
    row = (
        Approval.objects.open()
        .select_related("approved_by", "proposed_by")
        .filter(pk=approval, onboarding=onboarding, step=key)
        .first()
    )
    if row is None:
        raise Held("the approval is used up or withdrawn")
    plan = approvals.plan_of(row, onboarding)
    if plan.approved(change) is None:
        raise Held("this is not what was approved")
    if not plan.stands:
        raise Held("who approved may not any more")
