"""A customer of the product's own making."""

from __future__ import annotations

from django.contrib.auth.models import User

from onboarding.customers import records
from onboarding.models import Onboarding, Portfolio

STAFF = "bench"


def staff() -> tuple[User, Portfolio]:
    """The one member of staff, in the one portfolio; made at the first call."""
    found, _new = User.objects.get_or_create(username=STAFF, defaults={"email": "bench@haiilo.example"})
    portfolio, _new = Portfolio.objects.get_or_create(name="Bench")
    portfolio.members.add(found)
    return found, portfolio


def make(name: str) -> Onboarding:
    """A customer as staff creates one; `name` is also that of its hosts and domains."""
    actor, portfolio = staff()
    return records.create_customer(
        actor=actor,
        portfolio=portfolio,
        name=name,
        product="advocacy",
        haiilo_host=f"{name}.smarpshare.com",
        domains=[f"{name}.example"],
        contact_name="Eva Berg",
        contact_email=f"eva@{name}.example",
    )
