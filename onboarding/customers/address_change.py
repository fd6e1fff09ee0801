"""Data is to go to another address, which takes two people once a tenant is bound, or where the host is not Haiilo's.

Who could change it alone could lead a live customer's people and token to any host.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User

from onboarding.customers import addresses
from onboarding.models import Customer, Onboarding


def present(onboarding: Onboarding) -> dict[str, str]:
    """Where data goes now."""
    return addresses.of(Customer.objects.get(pk=onboarding.customer_id))


def checked(onboarding: Onboarding, after: Mapping[str, str]) -> dict[str, str]:
    """With the bare host. Raises `Refused` for what is none, and for that of another customer."""
    customer = Customer.objects.get(pk=onboarding.customer_id)
    host = addresses.checked(after["product"], after["haiilo_host"], customer=customer, own=True)
    return {"product": after["product"], "haiilo_host": host}


def carry_out(onboarding: Onboarding, after: Mapping[str, str], actor: User) -> None:
    """Change the record. What is saved at Microsoft stays until somebody approves the plan that follows."""
    addresses.move(onboarding, after, actor=actor)
