"""How far a customer's read-only mode has come: which application of ours reads the tenant from now on."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.domain.lifecycle import Milestone
from onboarding.domain.sentences import say
from onboarding.engine import approvals
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Onboarding, ReadOnlyMode, StepState, clock
from onboarding.steps.live.step import Live
from onboarding.steps.read_only.step import ReadOnly


def reach(copy: WorkingCopy, reached: Milestone) -> bool:
    """Keep how far the read-only mode has come. True when the tenant is read by another application of ours from now
    on. Raises `LeaseLost`.
    """
    if reached is Milestone.NONE:
        return False
    copy.write_back()  # before: the end of the mode takes its verdict away
    with copy.writing() as onboarding:
        switched = _reach(onboarding, reached)
        if switched:
            copy.add_line(ReadOnly.key, say(_SWITCHED[reached is Milestone.ENDED]), step=Live.key)
    copy.reload()
    return switched


def _reach(onboarding: Onboarding, reached: Milestone) -> bool:
    now = clock.now()
    row = ReadOnlyMode.objects.select_for_update().filter(onboarding=onboarding, ended_at=None).first()
    if row is None:
        return False
    switched = reached is Milestone.ENDED or row.reads_only_since is None
    if reached is Milestone.ENDED:
        row.ended_at = now
        StepState.objects.filter(onboarding=onboarding, key=ReadOnly.key).delete()
    else:
        row.reads_only_since = row.reads_only_since or now
        row.removed_at = (row.removed_at or now) if reached is Milestone.REMOVED else None
    row.save(update_fields=["ended_at", "reads_only_since", "removed_at"])
    if switched:
        _begin_anew(onboarding.pk)
    return switched


def _begin_anew(onboarding_id: int) -> None:
    """Have all steps read anew. Approvals are withdrawn, lest a plan is applied one day without a question."""
    approvals.withdraw(onboarding_id)
    StepState.objects.filter(onboarding_id=onboarding_id).exclude(key=ReadOnly.key).update(checked_at=None)


_SWITCHED = {
    False: _("Read-only mode is on: our read-only application checks from now on, and nothing is changed."),
    True: _("Our application for setting up was approved again; the plan of a change can be approved."),
}
