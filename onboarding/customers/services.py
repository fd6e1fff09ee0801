"""What people may ask for. Each function is one transaction: the decision, its line in the timeline, the doorbell.

Who may act is checked here again, for views and for whoever calls later: a member of the customer's portfolio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from onboarding.domain import consent_sizes as sizes
from onboarding.domain.consent_sizes import Size
from onboarding.domain.lifecycle import State, check_move
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import holds as alarms
from onboarding.engine import ledger
from onboarding.invites import links
from onboarding.models import Contact, Customer, CustomerSecret, Link, Onboarding, Portfolio, StepState
from onboarding.steps import STEPS, by_key
from onboarding.tasks import ring_on_commit


class Refused(Exception):
    """The wish cannot be granted; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def check_member(onboarding: Onboarding, actor: User) -> None:
    """Raise `Http404` unless `actor` is a member of the customer's portfolio."""
    if not Onboarding.objects.for_user(actor).filter(pk=onboarding.pk).exists():
        raise Http404


def look_now(onboarding_id: int) -> None:
    """Let the engine look as soon as it can."""
    Onboarding.objects.filter(pk=onboarding_id).update(look_at=timezone.now())
    ring_on_commit(onboarding_id)


WE_ONLY_WATCH = _("We only watch. To change something, the admin approves the set-up application again.")


def check_may_change(onboarding: Onboarding) -> None:
    """Raise `Refused` while we only watch this customer, or own more in the tenant than we may."""
    if not Onboarding.objects.get(pk=onboarding.pk).size.sets_up:
        raise Refused(say(WE_ONLY_WATCH))
    if alarms.owns_too_much(onboarding.pk) is not None:
        raise Refused(
            say(_("Our application owns more in the tenant than it may. Nothing is changed until that ends."))
        )


LEADS_TO_TENANT = ("domains", "tenant_hint")


def check_tenant_is_ours_to_change(onboarding: Onboarding) -> None:
    """Raise `Refused` after an answer from another tenant: then the expected one is changed by two people only."""
    if alarms.wrong_tenant(onboarding.pk) is not None:
        raise Refused(
            say(_("Another tenant answered. Propose the change on the customer's page; a colleague has to approve it."))
        )


# Whatever is answered there ends in a plan or in a change.
LEADS_TO_CHANGES = frozenset({"sso_application", "connection", "mappings", "pilot", "enable"})


# The customer's record


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
    consent_size: str = sizes.STANDARD.key,
) -> Onboarding:
    """Create the customer and its onboarding, and start looking. Raises `Refused` for a second record of the same."""
    if not portfolio.members.filter(pk=actor.pk).exists():
        raise Http404
    try:
        with transaction.atomic():
            customer = Customer.objects.create(
                portfolio=portfolio,
                name=name,
                product=product,
                haiilo_host=haiilo_host,
                domains=list(domains),
                contact_name=contact_name,
                contact_email=contact_email,
                target_date=target_date,
                tenant_hint=tenant_hint,
                consent_size=consent_size,
                owner=actor,
            )
            onboarding = Onboarding.objects.create(customer=customer)
            Contact.objects.create(onboarding=onboarding, name=contact_name, email=contact_email)
            StepState.objects.bulk_create(StepState(onboarding=onboarding, key=step.key) for step in STEPS)
            ledger.note(onboarding.pk, "created", say(_("The customer was created.")), step="customer", actor=actor)
            look_now(onboarding.pk)
    except IntegrityError as error:
        raise Refused(
            say(_("There is a customer named “%(name)s” with this product already. Open that one."), name=name)
        ) from error
    return onboarding


def update_customer(onboarding: Onboarding, *, actor: User, **fields: Any) -> None:
    """Change the customer's record; what was concluded from it is looked at anew. Raises `Refused` on a duplicate."""
    check_member(onboarding, actor)
    customer = onboarding.customer
    if any(fields.get(name, getattr(customer, name)) != getattr(customer, name) for name in LEADS_TO_TENANT):
        check_tenant_is_ours_to_change(onboarding)
    if fields.get("consent_size", customer.consent_size) != customer.consent_size and onboarding.open_step_down:
        raise Refused(
            say(_("The consent cannot be changed while this customer is watched only, or about to be. End that first."))
        )
    for field, value in fields.items():
        setattr(customer, field, value)
    try:
        with transaction.atomic():
            customer.save(update_fields=list(fields))
            _keep_first_contact(onboarding, fields)
            ledger.make_stale(onboarding.pk)
            ledger.note(onboarding.pk, "changed", say(_("The record was changed.")), step="customer", actor=actor)
            look_now(onboarding.pk)
    except IntegrityError as error:
        raise Refused(
            say(_("There is a customer named “%(name)s” with this product already."), name=customer.name)
        ) from error


def _keep_first_contact(onboarding: Onboarding, fields: Mapping[str, Any]) -> None:
    """The record names the first contact; both say the same."""
    said = {"name": fields.get("contact_name"), "email": fields.get("contact_email")}
    changed = {name: value for name, value in said.items() if value}
    first = first_contact(onboarding)
    if Contact.objects.filter(onboarding=onboarding, email=changed.get("email")).exclude(pk=first.pk).exists():
        raise Refused(say(_("Another contact of this customer has this e-mail address already.")))
    if changed:
        Contact.objects.filter(pk=first.pk).update(**changed)


# Links


def first_contact(onboarding: Onboarding) -> Contact:
    """The contact that was named first: the one on the customer's record."""
    return onboarding.contacts.order_by("pk")[0]


@transaction.atomic
def issue_link(
    onboarding: Onboarding, *, actor: User, contact: Contact | None = None, size: Size | None = None
) -> tuple[Link, str]:
    """Make a personal link for `contact`, or for the first one; their earlier links stop working. The token is
    returned once. `size`: for which application of ours, when not for the one that has to be approved now.
    """
    check_member(onboarding, actor)
    contact = contact or first_contact(onboarding)
    if contact.onboarding_id != onboarding.pk:
        raise Http404
    link, token = links.make(contact, actor=actor, size=size)
    links.close_others(link)
    look_now(onboarding.pk)
    return link, token


@transaction.atomic
def revoke_link(link: Link, *, actor: User) -> None:
    """Make the link useless at once, also for a browser that is already signed in."""
    check_member(link.onboarding, actor)
    if links.take_back(link):
        ledger.note(
            link.onboarding_id,
            "link",
            say(_("The link for %(contact)s was revoked."), contact=link.contact_name),
            step="consent",
            actor=actor,
        )
        look_now(link.onboarding_id)


# Steps


@transaction.atomic
def answer(
    onboarding: Onboarding,
    step_key: str,
    *,
    actor: User,
    answer: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Keep what a person said about a step, at any time; the engine uses it when the step's turn comes.

    Raises `Refused` for a tenant while an answer from another one is not dealt with, and for what would lead to a
    change while we only watch.
    """
    check_member(onboarding, actor)
    if step_key in LEADS_TO_CHANGES:
        check_may_change(onboarding)
    if step_key == "customer" and "tenant_id" in answer:
        check_tenant_is_ours_to_change(onboarding)
    now = timezone.now()
    for kind, plaintext in (secrets or {}).items():
        row = CustomerSecret.objects.filter(onboarding=onboarding, kind=kind).first()
        row = row or CustomerSecret(onboarding=onboarding, kind=kind)
        row.close_over(plaintext)
        row.saved_at, row.saved_by = now, actor
        row.save()
        ledger.note(onboarding.pk, "answered", say(_("A secret token was entered.")), step=step_key, actor=actor)
    ledger.keep_answer(onboarding.pk, step_key, answer, actor=actor)
    if not secrets:
        ledger.note(
            onboarding.pk,
            "answered",
            say(_("The question of step “%(step)s” was answered."), step=str(by_key(step_key).title)),
            step=step_key,
            actor=actor,
        )
    look_now(onboarding.pk)


@transaction.atomic
def approve_plan(onboarding: Onboarding, step_key: str, *, actor: User, fingerprint: str) -> None:
    """Let the engine make exactly this plan. Raises `Refused` when the plan has changed since it was shown, and while
    we only watch.
    """
    check_member(onboarding, actor)
    check_may_change(onboarding)
    state = StepState.objects.select_for_update().filter(onboarding=onboarding, key=step_key).first()
    if state is None or state.kind != StepState.Kind.TODO or state.plan.get("fingerprint") != fingerprint:
        raise Refused(say(_("The plan has changed meanwhile. Look at the new one, then approve it.")))
    ledger.keep_answer(onboarding.pk, step_key, {"approved_plan": fingerprint}, actor=actor)
    ledger.note(onboarding.pk, "approved", say(_("The plan was approved.")), step=step_key, actor=actor)
    look_now(onboarding.pk)


@transaction.atomic
def look_again(onboarding: Onboarding, *, actor: User, step_key: str | None = None) -> None:
    """Read the live systems now instead of believing what was seen before."""
    check_member(onboarding, actor)
    ledger.make_stale(onboarding.pk, step_key)
    look_now(onboarding.pk)


def pause(onboarding: Onboarding, *, actor: User) -> None:
    """Stop looking and acting until somebody resumes. Raises `lifecycle.IllegalMove`."""
    _move(onboarding, State.PAUSED, say(_("The onboarding was paused.")), actor)


def resume(onboarding: Onboarding, *, actor: User) -> None:
    """Go on after a pause. Raises `lifecycle.IllegalMove`."""
    _move(onboarding, State.OPEN, say(_("The onboarding goes on.")), actor)


@transaction.atomic
def _move(onboarding: Onboarding, then: State, sentence: Sentence, actor: User) -> None:
    check_member(onboarding, actor)
    row = Onboarding.objects.select_for_update().get(pk=onboarding.pk)
    check_move(State(row.state), then)
    row.state, row.look_at = then, timezone.now()
    row.save(update_fields=["state", "look_at"])
    ledger.note(row.pk, then, sentence, actor=actor)
    ring_on_commit(row.pk)
