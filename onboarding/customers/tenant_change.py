"""Another tenant is to be the expected one, which takes two people.

Who could change it alone could lead a customer's secret into a stranger's tenant by one mistake, or one stolen session.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.causes import trip
from onboarding.customers.base import Refused
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger, neighbours
from onboarding.engine.load_desired import seen
from onboarding.models import ConsentAttempt, Customer, Onboarding, TenantBinding
from onboarding.steps.customer.evidence import CustomerEvidence

TENANT_IS_BOUND = _("A tenant is bound to this customer already. A binding is never moved.")


def present(onboarding: Onboarding) -> dict[str, str]:
    """The tenant that is expected now; empty while none is."""
    expected = seen(onboarding.pk, CustomerEvidence)
    return {"tenant_id": expected.tenant_id if expected else ""}


def checked(onboarding: Onboarding, after: Mapping[str, str]) -> dict[str, str]:
    """Raises `Refused` once a tenant is bound here, or that one elsewhere and nobody has agreed that both share it."""
    if TenantBinding.objects.filter(onboarding=onboarding).exists():
        raise Refused(say(TENANT_IS_BOUND))
    is_bound_elsewhere = TenantBinding.objects.filter(tenant_id=after["tenant_id"]).exists()
    if is_bound_elsewhere and neighbours.agreed(onboarding.pk) != after["tenant_id"]:
        raise Refused(
            say(_("That tenant belongs to another customer already. If both belong there, propose to share it first."))
        )
    return {"tenant_id": after["tenant_id"]}


def carry_out(onboarding: Onboarding, after: Mapping[str, str], actor: User) -> None:
    """Expect that tenant at once, for links, answers and workers alike."""
    Customer.objects.filter(pk=onboarding.customer_id).update(tenant_hint=after["tenant_id"])
    ledger.expect_tenant(onboarding.pk, after["tenant_id"])
    # The refusals were about a tenant that is no longer expected; the links go on from here.
    ConsentAttempt.objects.filter(link__onboarding=onboarding, error=trip.WRONG_TENANT.code).update(
        error="", error_code=""
    )


def told(tenant: Mapping[str, str]) -> Sentence:
    """The tenant in words."""
    return say(_("tenant %(tenant)s"), tenant=tenant["tenant_id"] or "-")
