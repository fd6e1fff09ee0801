"""What a change of the customer's record changes, for the timeline: each field with what it was and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Sentence, say
from onboarding.models import Customer

LABELS = {
    "name": _("Customer"),
    "product": _("Product"),
    "haiilo_host": _("Haiilo address"),
    "domains": _("E-mail domains"),
    "contact_name": _("Contact"),
    "contact_email": _("Contact's e-mail"),
    "target_date": _("Target date"),
    "tenant_hint": _("Tenant ID"),
    "consent_size": _("Consent"),
}
Changed = Mapping[str, tuple[str, str]]


def between(customer: Customer, fields: Mapping[str, Any]) -> Changed:
    """The fields that differ from the record, each with its value before and after, as text."""
    pairs = {name: (_text(getattr(customer, name)), _text(value)) for name, value in fields.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def told(changed: Changed) -> Sentence:
    """All changes in one sentence."""
    lines = [_line(name, before, after) for name, (before, after) in changed.items()]
    if not lines:
        return say(_("Customer details saved; nothing was changed."))
    told = lines[0]
    for line in lines[1:]:
        told = say(_("%(first)s; %(second)s"), first=told, second=line)
    return say(_("Customer details changed. %(changes)s"), changes=told)


def _line(name: str, before: str, after: str) -> Sentence:
    values = {"field": say(LABELS[name]), "before": before or "-", "after": after or "-"}
    return say(_("%(field)s: %(before)s → %(after)s"), **values)


def _text(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
