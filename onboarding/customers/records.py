"""The customer's record: created, changed, paused and resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext_noop as _

from onboarding.customers import addresses, record_changes
from onboarding.customers.base import (
    LEADS_TO_TENANT,
    Refused,
    act,
    check_tenant_is_ours_to_change,
    first_contact,
    taken,
)
from onboarding.domain import consent_sizes
from onboarding.domain.lifecycle import State, check_move
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue, interrupt
from onboarding.mail import letters
from onboarding.models import Contact, Customer, Onboarding, Portfolio, StepState
from onboarding.steps import STEPS
from onboarding.steps.customer.step import CustomerRecord


def create_customer(
    *,
    actor: User,
    portfolio: Portfolio,
    name: str,
    product: str,
    haiilo_host: str,
    domains: Sequence[str],
    contact_name: str,
    contact_email: str,
    target_date: date | None = None,
    tenant_hint: str = "",
    consent_size: str = consent_sizes.STANDARD.key,
    belongs_to: Customer | None = None,
) -> Onboarding:
    """Create the customer and its onboarding with the first e-mail as a draft, and enqueue the first run. Raises
    `Refused` for a second record of it.

    Without a host it waits for one that two people agree on (`customers.proposals`). `belongs_to`: the record of the
    same customer for another tenant.
    """
    if not portfolio.members.filter(pk=actor.pk).exists():
        raise Http404
    host = addresses.checked(product, haiilo_host) if haiilo_host else ""
    try:
        with transaction.atomic():
            customer = Customer.objects.create(
                portfolio=portfolio,
                name=name,
                product=product,
                haiilo_host=host,
                domains=list(domains),
                contact_name=contact_name,
                contact_email=contact_email,
                target_date=target_date,
                tenant_hint=tenant_hint,
                consent_size=consent_size,
                belongs_to=belongs_to and (belongs_to.belongs_to or belongs_to),
                owner=actor,
            )
            onboarding = Onboarding.objects.create(customer=customer, current_key=STEPS[0].key)
            Contact.objects.create(onboarding=onboarding, name=contact_name, email=contact_email)
            StepState.objects.bulk_create(StepState(onboarding=onboarding, key=step.key) for step in STEPS)
            ledger.note(onboarding.pk, "created", say(_("Customer created.")), step=CustomerRecord.key, actor=actor)
            letters.write_first(onboarding)
            enqueue(onboarding.pk)
    except IntegrityError as error:
        raise Refused(addresses.doubled(host, name)) from error
    return onboarding


def update_customer(
    onboarding: Onboarding, *, actor: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> None:
    """Change the customer's record; what was concluded from it is read anew, and a run under way ends.

    `seen`: the fields as the form had shown them (`record_changes.shown`); what was left as it was shown is not
    changed. Raises `Refused` on a duplicate, for product and address once a tenant is bound, and where somebody else
    has changed the same field since.
    """
    try:
        _change(onboarding, fields, actor, seen or {})
    except IntegrityError as error:
        raise Refused(say(addresses.NAME_TAKEN, name=fields.get("name", onboarding.customer.name))) from error
    onboarding.customer.refresh_from_db()


@act
def _change(onboarding: Onboarding, fields: Mapping[str, Any], actor: User, seen: Mapping[str, str]) -> None:
    onboarding = taken(onboarding, actor, Act.CHANGE_RECORD)
    customer = onboarding.customer
    fields = record_changes.own(customer, fields, seen)
    _check_consent_size(onboarding, fields)
    if any(fields.get(name, getattr(customer, name)) != getattr(customer, name) for name in LEADS_TO_TENANT):
        check_tenant_is_ours_to_change(onboarding)
    moved = addresses.changed_by_one(onboarding, fields)
    changed = record_changes.between(customer, {**fields, **moved})
    if moved:
        addresses.move(onboarding, moved, actor=actor)
    kept = {name: value for name, value in fields.items() if name not in addresses.ADDRESS}
    for field, value in kept.items():
        setattr(customer, field, value)
    customer.save(update_fields=list(kept))
    _keep_first_contact(onboarding, fields)
    ledger.make_stale(onboarding.pk)
    detail = {"changed": {name: list(pair) for name, pair in changed.items()}}
    told = record_changes.told(changed)
    ledger.note(onboarding.pk, "changed", told, step=CustomerRecord.key, actor=actor, detail=detail)
    interrupt(onboarding.pk)


def _check_consent_size(onboarding: Onboarding, fields: Mapping[str, Any]) -> None:
    now = onboarding.customer.consent_size
    if fields.get("consent_size", now) != now and onboarding.open_read_only:
        raise Refused(
            say(
                _(
                    "The permissions cannot be changed while this customer is in read-only mode or switching to it. "
                    "End that first."
                )
            )
        )


def _keep_first_contact(onboarding: Onboarding, fields: Mapping[str, Any]) -> None:
    """The record names the first contact; both say the same."""
    said = {"name": fields.get("contact_name"), "email": fields.get("contact_email")}
    changed = {name: value for name, value in said.items() if value}
    first = first_contact(onboarding)
    if Contact.objects.filter(onboarding=onboarding, email=changed.get("email")).exclude(pk=first.pk).exists():
        raise Refused(say(_("Another contact of this customer has this e-mail address already.")))
    if changed:
        Contact.objects.filter(pk=first.pk).update(**changed)


def pause(onboarding: Onboarding, *, actor: User) -> None:
    """Stop all runs until somebody resumes. Raises `IllegalMove`."""
    _move(onboarding, say(_("The onboarding was paused.")), actor, pauses=True)


def resume(onboarding: Onboarding, *, actor: User) -> None:
    """Go on after a pause as what it was: a live customer is live again. Raises `IllegalMove`."""
    _move(onboarding, say(_("The onboarding was resumed.")), actor, pauses=False)


@act
def _move(onboarding: Onboarding, sentence: Sentence, actor: User, *, pauses: bool) -> None:
    row = taken(onboarding, actor, Act.PAUSE)
    then = State.PAUSED if pauses else State.LIVE if row.live_at else State.OPEN
    check_move(State(row.state), then)
    row.state = then
    row.save(update_fields=["state"])
    ledger.note(row.pk, then if pauses else "resumed", sentence, actor=actor)
    interrupt(row.pk)
