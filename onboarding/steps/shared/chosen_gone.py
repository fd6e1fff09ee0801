"""Whether the application that was chosen is still in the tenant: where it is gone, so is its job, and whoever only saw
that the job is gone would be told half of it.
"""

from __future__ import annotations

from dataclasses import replace

from graphclient import GraphClient, NotAllowed, NotThere, Rejected
from onboarding.domain.desired import Desired
from onboarding.steps.base import StepFailed
from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, LOOKED_FOR_AGAIN, restoring
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence


def ensure_there(graph: GraphClient, desired: Desired) -> None:
    """Ask for the application itself, after its job was not found. Raises `StepFailed` where it is gone too."""
    chosen = desired.required(SsoApplicationEvidence)
    try:
        graph.service_principals.get(chosen.service_principal_id)
    except NotThere:
        gone = chosen.service_principal_id
        deleted = APPLICATION_DELETED.asking(offers=restoring(gone), name=chosen.name, id=gone)
        raise StepFailed(replace(deleted, recheck_in=LOOKED_FOR_AGAIN)) from None
    except (NotAllowed, Rejected):
        return  # whether it is there stays unknown
