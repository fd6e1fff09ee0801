"""The token is kept after go-live, to ask Haiilo by it who is there: only where both sides have agreed. For members."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import User
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, taken
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.engine import haiilo_reading, ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import interrupt
from onboarding.models import Contact, KeptToken, Onboarding, clock
from onboarding.steps.connection.step import Connection


@act
def agree(onboarding: Onboarding, *, actor: User, contact: Contact, agreed_on: date) -> None:
    """Note that `contact` has agreed for the customer on that day, and `actor` for us. Raises `Refused`."""
    row = taken(onboarding, actor, Act.KEEP_TOKEN)
    if not haiilo_reading.is_asked(row.customer):
        raise Refused(say(_("Haiilo is not asked at this address, so no token is kept for it.")))
    if contact.onboarding_id != row.pk:
        raise Refused(say(_("This contact is not one of the customer's.")))
    if agreed_on > localdate(clock.now()):
        raise Refused(say(_("The day on which the customer agreed is still to come.")))
    given = {"contact": contact, "agreed_on": agreed_on, "noted_by": actor, "noted_at": clock.now()}
    KeptToken.objects.update_or_create(onboarding=row, defaults=given)
    text = _("The token is kept after go-live, to compare with Haiilo's list: %(contact)s has agreed on %(day)s.")
    said = say(text, contact=contact.name, day=agreed_on.isoformat())
    ledger.note(row.pk, "answered", said, step=Connection.key, actor=actor)
    interrupt(row.pk)


@act
def end(onboarding: Onboarding, *, actor: User) -> None:
    """Keep the token no longer; it is erased at once where the customer is live. Raises `Refused`."""
    row = taken(onboarding, actor, Act.KEEP_TOKEN)
    if not KeptToken.objects.filter(onboarding=row).delete()[0]:
        raise Refused(say(_("Nobody has agreed to keep the token.")))
    if row.state == State.LIVE and row.secrets.filter(kind=SCIM_TOKEN).delete()[0]:
        kind, text = "released", _("The token is no longer kept; our copy was erased.")
    else:
        kind, text = "answered", _("The token is kept until go-live only.")
    ledger.note(row.pk, kind, say(text), step=Connection.key, actor=actor)
    interrupt(row.pk)
