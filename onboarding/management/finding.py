"""Finds the customer that a command is about."""

from __future__ import annotations

from difflib import get_close_matches

from django.core.management.base import CommandError

from onboarding.models import Onboarding

NEAREST, MAX_LISTED = 5, 20  # customers in one sentence


def find(customer: str) -> Onboarding:
    """The onboarding of this number or name. Raises `CommandError` where there is none, or more than one."""
    customer = customer.strip()
    if not customer:
        raise CommandError("Give a customer's name, or the number in its page's address.")
    rows = Onboarding.objects.select_related("customer", "read_only").order_by("pk")
    if customer.isdecimal() and (row := rows.filter(pk=int(customer)).first()):
        return row
    found = list(rows.filter(customer__name__iexact=customer)) or list(rows.filter(customer__name__icontains=customer))
    if len(found) == 1:
        return found[0]
    if found:
        told = [f"{row.pk} {row.customer.name} ({row.customer.get_product_display()})" for row in found[:MAX_LISTED]]
        told += ["…"] if len(found) > MAX_LISTED else []
        raise CommandError(f"“{customer}” fits {len(found)} customers. Give the number of one: {'; '.join(told)}.")
    names = {row.customer.name.lower(): f"{row.pk} {row.customer.name}" for row in rows}
    near = [names[name] for name in get_close_matches(customer.lower(), names, NEAREST)]
    hint = f" Nearest: {'; '.join(near)}." if near else ""
    raise CommandError(f"There is no customer “{customer}”.{hint}")
