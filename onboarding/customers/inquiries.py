"""Questions of staff about single people of the customer's directory."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, taken
from onboarding.customers.name_access import NAMES_SEEN
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue
from onboarding.models import Inquiry, Onboarding, TenantBinding

MAX_OPEN = 20


@act
def ask(onboarding: Onboarding, asked: str, *, actor: User) -> Inquiry:
    """Have a run look for this person: an object id, user name, e-mail address, or the beginning of a name.

    Raises `Refused` before the tenant is verified, while nothing is looked at, and where too much is open.
    """
    row = taken(onboarding, actor, Act.SEE_NAMES)
    if not asked.strip():
        raise Refused(say(_("Enter a name, a user name, an e-mail address or an object ID.")))
    if not TenantBinding.objects.filter(onboarding=row).exists():
        raise Refused(say(_("The customer's tenant is not verified yet, so that nobody can be looked up in it.")))
    if row.state in (State.PAUSED, State.CLOSED):
        raise Refused(say(_("Nothing is read at this customer's at present. Resume first.")))
    if row.inquiries.filter(answered_at=None).count() >= MAX_OPEN:
        raise Refused(say(_("Too many people are being looked up already. Try again in a minute.")))
    made = Inquiry.objects.create(onboarding=row, asked=asked.strip(), asked_by=actor)
    ledger.note(row.pk, NAMES_SEEN, say(_("A person was looked up in the directory.")), actor=actor)
    enqueue(row.pk)
    return made
