"""Step 1: the customer's record, and which tenant stands behind the customer's domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Done, Verdict
from onboarding.steps.base import Tenant


@dataclass(frozen=True)
class Facts:
    """Tenant id by domain, as Microsoft's public metadata says; None where it knows no such domain."""

    tenants: Mapping[str, str | None]


@dataclass(frozen=True)
class CustomerRecord:
    """Resolves the expected tenant before any link goes out, so that a stranger's consent is recognised."""

    key: ClassVar[str] = "customer"
    title: ClassVar[str | Promise] = gettext_lazy("Customer")
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    asks_first: ClassVar[bool] = False

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Ask Microsoft's OpenID metadata for the tenant of each domain; no token is needed for that."""
        return Facts({domain: tenant.resolve(domain) for domain in desired.domains})

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when the domains lead to one tenant, or a person has named it."""
        found = {tid: domain for domain, tid in facts.tenants.items() if tid}
        hint = str(desired.answer("customer", "tenant_id", "")).lower()
        if hint:
            return self._done(hint, found.get(hint, ""))
        if not found:
            return Asking(
                say(
                    _("Microsoft knows none of the domains %(domains)s. Check the spelling, or enter the tenant ID."),
                    domains=", ".join(desired.domains),
                ),
                Court.CS,
            )
        if len(found) > 1:
            return Asking(
                say(
                    _("The domains belong to %(count)s different Microsoft tenants. Enter the ID of the right one."),
                    count=len(found),
                ),
                Court.CS,
                offers={"tenants": [{"tenant_id": tid, "domain": domain} for tid, domain in found.items()]},
            )
        [(tid, domain)] = found.items()
        return self._done(tid, domain)

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> None:
        """Nothing is ever changed here."""

    def _done(self, tid: str, domain: str) -> Done:
        return Done(
            evidence={"tenant_id": tid, "domain": domain},
            note=say(_("The customer's tenant is %(tenant)s."), tenant=domain or tid),
        )
