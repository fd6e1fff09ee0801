"""What a person may write to the customer now: to whom, which letter, and what was written about it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onboarding.causes.base import ContactRole
from onboarding.domain.verdicts import Court
from onboarding.mail import context, rules
from onboarding.models import Contact, Letter, Onboarding, clock
from onboarding.steps.consent.step import Consent

NOT_GONE = rules.UNSENT_STATES | {Letter.State.SENDING}


@dataclass(frozen=True)
class ByHand:
    """The letter about what the customer is asked for at this moment.

    `contact` can end that, None where nobody of them has one of the `roles` it takes; `ready` is the letter to them
    that has not gone yet, `last` the one that went out last about it, to whomever.
    """

    contact: Contact | None
    roles: Sequence[ContactRole]
    kind: str
    by_link: bool
    ready: Letter | None
    last: Letter | None


def by_hand(onboarding: Onboarding) -> ByHand | None:
    """What may be written now; None where nothing is asked of the customer. Six queries, none where it is our turn."""
    if onboarding.current_court != Court.CUSTOMER and onboarding.current_key != Consent.key:
        return None
    gathered = context.Gathered([onboarding], now=clock.now())
    facts, ask = gathered.facts_of(onboarding), context.ask_of(gathered.state_of(onboarding))
    if not rules.asks_the_customer(facts):
        return None
    about = [each for each in gathered.letters[onboarding.pk] if each.waiting_on == facts.waiting_on]
    contact = onboarding.contacts.filter(pk=rules.suited(facts) or 0).first()
    ready = [each for each in about if each.state in NOT_GONE and contact and each.contact_id == contact.pk]
    sent = [each for each in about if each.state == Letter.State.SENT]
    return ByHand(
        contact=contact,
        roles=ask.contacts,
        kind=rules.kind_by_hand(facts),
        by_link=ask.by_link,
        ready=ready[-1] if ready else None,
        last=sent[-1] if sent else None,
    )
