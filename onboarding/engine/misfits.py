"""A stored token that was entered for another host than the record names: it is given to no step, and erased."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import CustomerSecret, Onboarding
from onboarding.steps.connection.step import Connection


def erase(onboarding: Onboarding, *, host: str, actor: User | None = None) -> None:
    """Erase the token unless it was entered for `host`. The caller holds the onboarding's row."""
    rows = CustomerSecret.objects.filter(onboarding=onboarding, kind=SCIM_TOKEN).exclude(sealed_for=host)
    if rows.delete()[0]:
        text = _("The stored token was erased: it was entered for another address than %(host)s.")
        ledger.note(onboarding.pk, "released", say(text, host=host or "-"), step=Connection.key, actor=actor)


def erase_under(copy: WorkingCopy) -> None:
    """Erase the token unless it was entered for the host that the record names. Raises `LeaseLost`."""
    with copy.writing() as row:
        erase(row, host=row.customer.haiilo_host)
    copy.reload()
