"""Removals that Microsoft holds back: the customer's admin says whether they are intended, and two of us let them
through.

Nobody can take them back, and who could let them through alone could empty a customer's Haiilo by one mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, check_may_change, check_not_stopped
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.engine import approvals, ledger
from onboarding.engine.queue import interrupt
from onboarding.models import Link, Onboarding, Proposal, RemovalsAnswer, StepState, clock
from onboarding.models.link import admin_of
from onboarding.people.leavers import leavers
from onboarding.steps.shared import removals
from onboarding.steps.shared.job_causes import LET_THROUGH

NOBODY = _("Microsoft does not say at the moment that anybody's removal is held back. Look again in some minutes.")
OTHERS = _("The list has changed meanwhile. Check it, then answer again.")
INTENDED = plural(
    "%(person)s has said that the removal of %(count)s person is intended.",
    "%(person)s has said that the removal of %(count)s people is intended.",
)
TO_STAY = plural(
    "%(person)s has said that the %(count)s person whose removal is held back is to stay.",
    "%(person)s has said that the %(count)s people whose removal is held back are to stay.",
)
LET_GO = plural(
    "the removal of %(count)s person is let through",
    "the removal of %(count)s people is let through",
)
AS_NOW = _("Microsoft holds it back")


@act
def answer(link: Link, *, intended: bool, whom: str) -> RemovalsAnswer:
    """Keep what the holder of the used-up `link` says of the people who were shown, by the digest of who they are. What
    was approved or proposed of them before counts no longer.

    Raises `Refused` where nothing is held back by now, or others are than were shown.
    """
    row = Onboarding.objects.lock(link.onboarding_id)
    state, found = held_at(row), leavers(row)
    if state is None or not found.count:
        raise Refused(say(NOBODY))
    if found.whom != whom:
        raise Refused(say(OTHERS))
    name = admin_of(link.pk)
    made = RemovalsAnswer.objects.create(
        onboarding=row,
        link=link,
        intended=intended,
        whom=whom,
        people=found.count,
        held_since=state.offers.get(removals.HELD_SINCE, ""),
        said_at=clock.now(),
    )
    approvals.withdraw(row.pk, state.key)
    sentence = say(INTENDED if intended else TO_STAY, person=name or say(removals.THE_ADMIN), count=found.count)
    ledger.note(row.pk, "answered", sentence, step=state.key, actor_name=name)
    ledger.make_stale(row.pk, state.key)
    interrupt(row.pk)
    return made


def held_at(onboarding: Onboarding) -> StepState | None:
    """The step that says that removals are held back, None where none says so. One query."""
    state = StepState.one(onboarding.pk, onboarding.current_key)
    return state if state is not None and removals.is_about(state.code) else None


def held_by(onboarding: Onboarding) -> str:
    """The key of the step at which they are let through."""
    return onboarding.current_key


def present(onboarding: Onboarding) -> dict[str, str]:
    """Nobody's removal is let through, until it is."""
    return {"plan": "", "people": ""}


def checked(onboarding: Onboarding, after: Mapping[str, str]) -> dict[str, str]:
    """With the number of people. Raises `Refused` where the plan has changed, while all changes are stopped, and while
    we only watch.
    """
    check_may_change(onboarding)
    check_not_stopped()
    change = _planned(held_at(onboarding), after["plan"])
    if change is None:
        raise Refused(say(_("The plan has changed meanwhile. Check the new one.")))
    return {"plan": after["plan"], "people": str(change["payload"]["people"])}


def _planned(state: StepState | None, plan: str) -> Mapping[str, Any] | None:
    if state is None or state.plan.get("fingerprint") != plan:
        return None
    return next((each for each in state.plan["changes"] if each["key"] == LET_THROUGH), None)


def carry_out(onboarding: Onboarding, after: Mapping[str, str], actor: User) -> None:
    """Approve the plan, in the name of both."""
    state = held_at(onboarding)
    assert state is not None  # it was checked in this transaction
    proposal = Proposal.objects.get(onboarding=onboarding, kind=Proposal.Kind.REMOVALS, decided_at=None)
    approvals.approve(onboarding.pk, state.key, state.plan, actor=actor, proposed_by=proposal.proposed_by)


def told(after: Mapping[str, str]) -> Sentence:
    """What becomes of them, in words."""
    return say(LET_GO, count=int(after["people"])) if after["people"] else say(AS_NOW)
