"""Two records in one Microsoft tenant, which takes two people: two products, say, or a parent and its subsidiary.

Who could do it alone could have a stranger's people provisioned into the wrong Haiilo by one mistake.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused
from onboarding.customers.tenant_change import TENANT_IS_BOUND
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger, neighbours
from onboarding.models import Onboarding, TenantBinding
from onboarding.steps.customer.step import CustomerRecord


def present(onboarding: Onboarding) -> dict[str, str]:
    """The tenant that this record may share with others; empty where there is none."""
    return {"tenant_id": neighbours.agreed(onboarding.pk)}


def checked(onboarding: Onboarding, after: Mapping[str, str]) -> dict[str, str]:
    """Raises `Refused` once a tenant is bound here, and for one that no other record has."""
    if TenantBinding.objects.filter(onboarding=onboarding).exists():
        raise Refused(say(TENANT_IS_BOUND))
    if not neighbours.others(onboarding.pk, after["tenant_id"]).exists():
        raise Refused(say(_("No other record has this tenant. Check the customer's page.")))
    return {"tenant_id": after["tenant_id"]}


def carry_out(onboarding: Onboarding, after: Mapping[str, str], actor: User) -> None:
    """The next run finds what was agreed. The others learn of it; by whom and for whom, only those who may see both."""
    for other in neighbours.others(onboarding.pk, after["tenant_id"]):
        sentence = say(_("Another record now shares this customer's tenant; two people have agreed to that."))
        ledger.note(other.pk, "proposal", sentence, step=CustomerRecord.key)


def told(tenant: Mapping[str, str]) -> Sentence:
    """What is shared, in words."""
    if not tenant["tenant_id"]:
        return say(_("no tenant of another record"))
    return say(_("the tenant %(tenant)s together with another record"), tenant=tenant["tenant_id"])
