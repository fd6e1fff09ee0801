"""The customer's record, and which tenant stands behind the customer's domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient.names import both_spellings
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, Step, Tenant
from onboarding.steps.customer.causes import (
    ADDRESS_MISSING,
    CAUSES,
    DOMAINS_UNKNOWN,
    SEVERAL_TENANTS,
    TENANT_UNKNOWN,
)
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.form import TenantForm


@dataclass(frozen=True)
class Facts:
    """Tenant id by domain, as Microsoft's public metadata says; None where it knows no such domain."""

    tenants: Mapping[str, str | None]


@dataclass(frozen=True)
class CustomerRecord(Step[Facts]):
    """Resolves the expected tenant before any link goes out, so that a stranger's consent is recognised."""

    key: ClassVar[str] = CustomerEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Customer")
    stage: ClassVar[stages.Stage] = stages.APPROVAL
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    evidence: ClassVar[type[Evidence]] = CustomerEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    names_tenant: ClassVar[bool] = True
    forms: ClassVar[Mapping[str, AnswerFormClass]] = dict.fromkeys((each.code for each in TENANT_UNKNOWN), TenantForm)

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Ask Microsoft's OpenID metadata for the tenant of each domain; no token is needed for that."""
        return Facts({domain: tenant.resolve(domain) for domain in desired.domains})

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when there is an address for the data, and the domains lead to one tenant or a person has named it."""
        if not desired.haiilo_host:
            return ADDRESS_MISSING.asking()
        found = {tid: domain for domain, tid in facts.tenants.items() if tid}
        hint = str(desired.answer(self.key, "tenant_id", "")).lower()
        if hint:
            return self._done(hint, found.get(hint, ""))
        if not found:
            return DOMAINS_UNKNOWN.asking(domains=", ".join(map(both_spellings, desired.domains)))
        if len(found) > 1:
            offered = [{"tenant_id": tid, "domain": domain} for tid, domain in found.items()]
            return SEVERAL_TENANTS.asking(offers={"tenants": offered}, count=len(found))
        [(tid, domain)] = found.items()
        return self._done(tid, domain)

    def _done(self, tid: str, domain: str) -> Done:
        return Done(
            CustomerEvidence(tid, domain),
            note=say(_("The customer's tenant is %(tenant)s."), tenant=both_spellings(domain) if domain else tid),
        )
