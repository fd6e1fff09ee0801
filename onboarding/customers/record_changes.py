"""What a change of the customer's record changes, for the timeline: each field with what it was and what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient.names import both_spellings
from onboarding.customers.base import Refused
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
NAMES = ("domains", "contact_email")
Changed = Mapping[str, tuple[str, str]]


def between(customer: Customer, fields: Mapping[str, Any]) -> Changed:
    """The fields that differ from the record, each with its value before and after, as text."""
    pairs = {name: (_text(getattr(customer, name)), _text(value)) for name, value in fields.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def told(changed: Changed) -> Sentence:
    """All changes in one sentence."""
    if not changed:
        return say(_("Customer details saved; nothing was changed."))
    return say(_("Customer details changed. %(changes)s"), changes=_listed(changed))


def shown(customer: Customer, names: Iterable[str]) -> dict[str, str]:
    """These fields as a form shows them, to be sent back with it."""
    return {name: _text(getattr(customer, name)) for name in names if name in LABELS}


def own(customer: Customer, fields: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """Of the `fields` that a form sends back those that its reader has changed; `seen`: what it had shown.

    Raises `Refused` where somebody else has changed one of them to something else meanwhile.
    """
    mine, theirs = {}, {}
    for name, value in fields.items():
        now, typed = _text(getattr(customer, name)), _text(value)
        if name not in seen or typed != seen[name]:
            mine[name] = value
            if now not in (seen.get(name, now), typed):
                theirs[name] = (seen[name], now)
    if theirs:
        told = _("Somebody else changed this meanwhile: %(changes)s. To have what you typed, save again.")
        raise Refused(say(told, changes=_listed(theirs)))
    return mine


def _listed(changed: Changed) -> Sentence:
    lines = [_line(name, before, after) for name, (before, after) in changed.items()]
    told = lines[0]
    for line in lines[1:]:
        told = say(_("%(first)s; %(second)s"), first=told, second=line)
    return told


def _line(name: str, before: str, after: str) -> Sentence:
    values = {
        "field": say(LABELS[name]),
        "before": _spelled(name, before) or "-",
        "after": _spelled(name, after) or "-",
    }
    return say(_("%(field)s: %(before)s → %(after)s"), **values)


def _spelled(name: str, text: str) -> str:
    """Names in letters and as they are resolved."""
    return ", ".join(map(both_spellings, text.split(", "))) if name in NAMES else text


def _text(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
