"""What follows when something that a run goes by is gone: access to the tenant, or the application that was chosen."""

from __future__ import annotations

from dataclasses import replace

from graphclient import ConsentMissing, GraphError, NotThere, TokenRefused
from onboarding.domain.verdicts import Asking, Verdict
from onboarding.engine import ledger
from onboarding.engine.working_copy import WorkingCopy
from onboarding.people import scope
from onboarding.steps import STEPS
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared.gone_causes import GONE

GIVE_ACCESS = tuple(step.key for step in STEPS if step.gives_access)
CHOOSE_APPLICATION = tuple(step.key for step in STEPS if step.chooses_application)
CODES = frozenset(str(cause.code) for cause in GONE)


def doubt(copy: WorkingCopy, error: GraphError) -> None:
    """Have the step read anew by which something was known that Microsoft now refuses, or does not find."""
    if isinstance(error, ConsentMissing | TokenRefused):
        ledger.doubt(copy, *GIVE_ACCESS)
    if isinstance(error, NotThere):
        ledger.doubt(copy, *CHOOSE_APPLICATION)


def follow(copy: WorkingCopy, key: str, verdict: Verdict) -> None:
    """Where the application is gone, so are its assignments: nobody is known to be in scope. The step that chose it is
    read anew at the next look, unless it says so itself. Raises `LeaseLost`.
    """
    if not isinstance(verdict, Asking) or verdict.code not in CODES:
        return
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
