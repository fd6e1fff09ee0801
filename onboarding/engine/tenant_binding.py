"""Which tenant and which application are this record's: bound once, under the lease of the run that has proved them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from onboarding.domain.verdicts import Verdict
from onboarding.engine import neighbours
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Onboarding, TenantBinding
from onboarding.steps.consent.causes import BOUND_ELSEWHERE, TENANT_TAKEN
from onboarding.steps.sso_application.causes import APPLICATION_TAKEN


def refusal_to_bind(onboarding_id: int, evidence: Mapping[str, Any]) -> Verdict | None:
    """Why the proved tenant cannot be bound to this onboarding; None where it can, or is already. Reads only."""
    bound = TenantBinding.objects.filter(onboarding_id=onboarding_id).first()
    if bound is not None and bound.tenant_id != evidence["tenant_id"]:
        return BOUND_ELSEWHERE.broken()
    if bound is None and _is_bound_elsewhere(evidence) and neighbours.agreed(onboarding_id) != evidence["tenant_id"]:
        return TENANT_TAKEN.asking()
    return None


def _is_bound_elsewhere(evidence: Mapping[str, Any]) -> bool:
    return TenantBinding.objects.filter(tenant_id=evidence["tenant_id"]).exists()


def bind(copy: WorkingCopy, evidence: Mapping[str, Any]) -> Verdict | None:
    """Bind the proved tenant to this onboarding, once and for ever. A verdict instead when it is another's."""
    bound = copy.rows.binding
    if bound is not None and bound.tenant_id == evidence["tenant_id"]:
        return None
    with copy.writing() as row:
        refused = refusal_to_bind(row.pk, evidence) or _bind(row, evidence)
    if refused is None:
        copy.reload()
    return refused


def _bind(onboarding: Onboarding, evidence: Mapping[str, Any]) -> Verdict | None:
    if TenantBinding.objects.filter(onboarding=onboarding).exists():
        return None
    try:
        with transaction.atomic():
            TenantBinding.objects.create(
                onboarding=onboarding,
                tenant_id=evidence["tenant_id"],
                shared=_is_bound_elsewhere(evidence),
                display_name=evidence["tenant_name"],
                verified_domain=evidence["verified_domain"],
                admin_object_id=evidence["admin_object_id"],
                admin_name=evidence["admin_name"],
            )
    except IntegrityError:  # another worker has bound it to another customer since
        return TENANT_TAKEN.asking()
    return None


def claim_application(copy: WorkingCopy, evidence: Mapping[str, Any]) -> Verdict | None:
    """Note that this record sets up this application; a verdict instead when another one in the tenant does."""
    bound, chosen = copy.rows.binding, evidence["service_principal_id"]
    if bound is None or bound.application_id == chosen:
        return None
    with copy.writing() as row:
        try:
            with transaction.atomic():
                TenantBinding.objects.filter(onboarding=row).update(application_id=chosen)
        except IntegrityError:
            return APPLICATION_TAKEN.asking(name=evidence["name"])
    bound.application_id = chosen
    return None
