"""Where a customer's people and token go: checked, the only customer's with that host, and frozen with the tenant.

The token that is stored was entered for one host, so it goes when the host does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from onboarding.customers import sealing
from onboarding.customers.base import Refused
from onboarding.domain import hosts
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.hosts import HostRefused
from onboarding.domain.products import PROFILES
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import misfits
from onboarding.models import Customer, Onboarding, TenantBinding

ADDRESS = ("product", "haiilo_host")
HOST_TAKEN = _("Another customer has the address %(host)s already.")
NAME_TAKEN = _("A customer named “%(name)s” with this product exists already. Open that one.")
FROZEN = _(
    "Product and Haiilo address are locked since the tenant was verified. Propose the change; a colleague in your team "
    "has to approve it."
)


def checked(product: str, text: str, *, customer: Customer | None = None, own: bool = False) -> str:
    """The host for data of `product`. Raises `Refused` for one that is none, and for that of another customer.

    `own`: it may be the customer's own, which a second person has to confirm.
    """
    try:
        host = hosts.checked(product, text, own=own)
    except HostRefused as refused:
        raise Refused(refused.sentence) from refused
    if is_taken(host, but=customer):
        raise Refused(say(HOST_TAKEN, host=host))
    return host


def is_taken(host: str, *, but: Customer | None = None) -> bool:
    """Whether another customer has this host."""
    others = Customer.objects.exclude(pk=but.pk) if but is not None else Customer.objects.all()
    return bool(host) and others.filter(haiilo_host=host).exists()


def is_frozen(onboarding: Onboarding) -> bool:
    """Whether product and host take two people: a tenant is bound, so data may be on its way."""
    return TenantBinding.objects.filter(onboarding=onboarding).exists()


def changed_by_one(onboarding: Onboarding, fields: Mapping[str, Any]) -> Mapping[str, str]:
    """Product and host where `fields` change them, with the host checked; empty where they do not.

    Raises `Refused` once they are frozen. The caller holds the onboarding's row.
    """
    customer = Customer.objects.get(pk=onboarding.customer_id)
    then = {name: str(fields.get(name, getattr(customer, name))) for name in ADDRESS}
    if then == of(customer):
        return {}
    if is_frozen(onboarding):
        raise Refused(say(FROZEN))
    return {**then, "haiilo_host": checked(then["product"], then["haiilo_host"], customer=customer)}


def of(customer: Customer) -> dict[str, str]:
    """Product and host as they stand in the record."""
    return {name: str(getattr(customer, name)) for name in ADDRESS}


def told(address: Mapping[str, str]) -> Sentence:
    """Product and host in words."""
    product, host = PROFILES[address["product"]].label, address["haiilo_host"]
    if not host:
        return say(_("Haiilo %(product)s without an address"), product=product)
    return say(_("Haiilo %(product)s at %(host)s"), product=product, host=host)


def move(onboarding: Onboarding, then: Mapping[str, str], *, actor: User) -> None:
    """Let data go to another address; a token that was entered for another host is erased, and asked for no more.

    Raises `Refused` for the host of another customer. The caller holds the onboarding's row, and ends a run under way.
    """
    customer = Customer.objects.get(pk=onboarding.customer_id)
    try:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(**then, shares_host=False)
    except IntegrityError as error:
        raise Refused(doubled(then["haiilo_host"], customer.name, but=customer)) from error
    misfits.erase(onboarding, host=then["haiilo_host"], actor=actor)
    if then["haiilo_host"] != customer.haiilo_host:
        sealing.ask_no_more(onboarding, SCIM_TOKEN, sealing.MOVED, actor=actor)


def doubled(host: str, name: str, *, but: Customer | None = None) -> Sentence:
    """Which of the two is there already: a customer with this host, or one of this name and product."""
    return say(HOST_TAKEN, host=host) if is_taken(host, but=but) else say(NAME_TAKEN, name=name)
