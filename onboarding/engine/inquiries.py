"""What staff asks about single people of the directory, answered within a run: it has the tenant and its limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from graphclient import GraphClient, GraphError, TryLater
from onboarding.domain.desired import Desired
from onboarding.domain.verdicts import Asking
from onboarding.engine.explain import explain
from onboarding.engine.graph_access import TenantSession
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Inquiry, clock
from onboarding.people.look_up import look_up
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

AT_ONCE = 5  # the others are for the next run
A_MOMENT = timedelta(seconds=20)


def answer_open(copy: WorkingCopy, tenant: TenantSession, desired: Desired) -> timedelta | None:
    """Answer what is open, the oldest first: a person waits for it, so the steps come after. A refusal is an answer.

    Returns how long the tenant wants to be left alone, where it does; the rest stays open.
    """
    if desired.proved is None:
        return None
    asked = Inquiry.objects.filter(onboarding=copy.rows.onboarding, answered_at=None)
    for inquiry in asked.order_by("pk")[:AT_ONCE]:
        try:
            _answer(inquiry, tenant.graph, desired)
        except TryLater as error:
            _keep(inquiry, trouble=_told(error, desired))
            return timedelta(seconds=error.retry_after or 0) or A_MOMENT
        except GraphError as error:
            _keep(inquiry, trouble=_told(error, desired), answered_at=clock.now())
    return None


def _answer(inquiry: Inquiry, graph: GraphClient, desired: Desired) -> None:
    chosen, scope = desired.evidence_of(SsoApplicationEvidence), desired.evidence_of(ScopeEvidence)
    application = chosen.service_principal_id if chosen else ""
    found = look_up(graph, inquiry.asked, application, sync_all=scope is not None and scope.sync_all)
    _keep(inquiry, found=[each.to_json() for each in found], trouble={}, answered_at=clock.now())


def _told(error: GraphError, desired: Desired) -> dict[str, Any]:
    verdict = explain(error, desired)
    sentence = verdict.question if isinstance(verdict, Asking) else verdict.why
    return sentence.as_json()


def _keep(inquiry: Inquiry, **columns: object) -> None:
    """Nothing is written where the question was erased meanwhile."""
    Inquiry.objects.filter(pk=inquiry.pk).update(**columns)
