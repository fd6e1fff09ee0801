"""What follows when something that a run goes by is gone: access to the tenant, the application that was chosen, or a
connection that worked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from graphclient import ConsentMissing, GraphError, NotThere, TokenRefused
from onboarding.causes.base import Owner
from onboarding.causes.credentials import TESTED
from onboarding.causes.index import lookup
from onboarding.domain.standings import SHOULD_BE_THERE
from onboarding.domain.verdicts import Asking, Broken, Done, Verdict
from onboarding.engine import ledger
from onboarding.engine.load_desired import headcount
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import clock
from onboarding.people import scope
from onboarding.steps import STEPS
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.live.causes import Code
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import removals
from onboarding.steps.shared.gone_causes import GONE
from onboarding.steps.shared.job_causes import JobCode

GIVE_ACCESS = tuple(step.key for step in STEPS if step.gives_access)
CHOOSE_APPLICATION = tuple(step.key for step in STEPS if step.chooses_application)
CODES = frozenset(str(cause.code) for cause in GONE)
ASSIGNMENTS_LAST = timedelta(minutes=50)  # where it counts who is to be removed; such a job is looked at every hour
ABOUT_THE_SCOPE = frozenset({str(Code.WHOLE_DIRECTORY), str(Code.SWITCH_BACK)})
ABOUT_THE_CONNECTION = frozenset({str(JobCode.JOB_GONE), str(Code.SENDS_ELSEWHERE)})


def doubt(copy: WorkingCopy, error: GraphError) -> None:
    """Have the step read anew by which something was known that Microsoft now refuses, or does not find."""
    if isinstance(error, ConsentMissing | TokenRefused):
        ledger.doubt(copy, *GIVE_ACCESS)
    if isinstance(error, NotThere):
        ledger.doubt(copy, *CHOOSE_APPLICATION)


def follow(copy: WorkingCopy, key: str, verdict: Verdict, said_before: str) -> bool:
    """Have the steps read anew that `verdict` gives the lie to; whether that is to be done at once. `said_before`: the
    code of the verdict before.

    Where the application is gone, so are its assignments: nobody is known to be in scope. The step that chose it is
    read anew at the next look, unless it says so itself. Raises `LeaseLost`.
    """
    if isinstance(verdict, Asking) and verdict.code in CODES:
        _without_application(copy, key)
        return False
    if isinstance(verdict, Broken) and removals.is_about(verdict.code) and _are_to_be_read(copy, verdict.code):
        ledger.doubt(copy, ScopeEvidence.step, key)
        return True
    if said_before in ABOUT_THE_SCOPE and (isinstance(verdict, Done) or verdict.code not in ABOUT_THE_SCOPE):
        ledger.doubt(copy, ScopeEvidence.step)  # nobody is counted while the whole directory is taken
        return True
    if not isinstance(verdict, Asking | Broken) or verdict.code == said_before or key == ConnectionEvidence.step:
        return False  # what was said before has been looked into then
    contradicts = _is_about_the_connection(verdict.code)
    if contradicts:
        ledger.doubt(copy, ConnectionEvidence.step)
    return contradicts


def _are_to_be_read(copy: WorkingCopy, code: str) -> bool:
    """Whether the assignments were read long ago, and tell more than that nobody is left: that would be asked about in
    place of the removals.
    """
    row = copy.rows.onboarding
    somebody = headcount(row).of(*SHOULD_BE_THERE) or code == JobCode.REMOVALS_UNWANTED
    return bool(somebody) and (row.scope_read_at is None or clock.now() - row.scope_read_at > ASSIGNMENTS_LAST)


def _is_about_the_connection(code: str) -> bool:
    """Whether no job of ours can reach Haiilo by what is saved, or there is none."""
    cause = lookup(code.split(" / ")[-1])
    refused = cause is not None and cause.owner is Owner.CS and cause.code.endswith(TESTED)
    return code in ABOUT_THE_CONNECTION or refused


def _without_application(copy: WorkingCopy, key: str) -> None:
    scope.forget(copy.lease, copy.rows.onboarding)
    copy.rows.scope_read = None
    _forget_count(copy)
    if key not in CHOOSE_APPLICATION:
        ledger.doubt(copy, *CHOOSE_APPLICATION)


def _forget_count(copy: WorkingCopy) -> None:
    """The count goes on standing for how large the customer is, and no longer for who is in scope."""
    known = copy.rows.states.get(ScopeEvidence.step)
    seen = known.seen(ScopeEvidence) if known is not None else None
    if seen is None or seen.is_past:
        return
    state = copy.state(ScopeEvidence.step)
    state.evidence, state.checked_at = replace(seen, is_past=True).to_json(), None
    copy.changed(ScopeEvidence.step, "evidence", "checked_at")
