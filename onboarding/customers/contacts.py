"""The customer's contacts and how each gets a personal link: by hand, or by a letter. For members of the portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from onboarding.causes.base import ContactRole
from onboarding.customers import outbox
from onboarding.customers.base import Refused, act, check_link_leads_somewhere, first_contact, taken
from onboarding.customers.links import issue_link
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue, enqueue_letters_on_commit
from onboarding.invites import links
from onboarding.mail import context, letters
from onboarding.models import Contact, Customer, Letter, Link, Onboarding, clock

HAS_ONE_TODAY = _(
    "%(contact)s already got an e-mail today. Create a link and send it yourself, or send the e-mail tomorrow."
)
ADDRESS_TAKEN = _("Another contact of this customer has this e-mail address already.")


def add_contact(
    onboarding: Onboarding, *, actor: User, name: str, email: str, role: str, language: str = "en", note: str = ""
) -> Contact:
    """Name one more person at the customer. Raises `Refused` for an address that is there already."""
    fields = {"name": name, "email": email, "role": ContactRole(role), "language": language, "note": note}
    try:
        return _add(onboarding, actor, fields)
    except IntegrityError as error:
        raise Refused(say(ADDRESS_TAKEN)) from error


@act
def _add(onboarding: Onboarding, actor: User, fields: Mapping[str, Any]) -> Contact:
    taken(onboarding, actor, Act.INVITE)
    contact = Contact.objects.create(onboarding=onboarding, **fields)
    _note(contact, say(_("%(contact)s was added to the contacts."), contact=contact.name), actor)
    return contact


def change_contact(contact: Contact, *, actor: User, **fields: Any) -> None:
    """Change a contact. With a new address, links and letters that went or were to go to the old one end.

    Raises `Refused` for an address that is there already.
    """
    try:
        _change(contact, actor, fields)
    except IntegrityError as error:
        raise Refused(say(ADDRESS_TAKEN)) from error


@act
def _change(contact: Contact, actor: User, fields: Mapping[str, Any]) -> None:
    taken(contact.onboarding, actor, Act.INVITE)
    moved = fields.get("email", contact.email) != contact.email
    for field, value in fields.items():
        setattr(contact, field, value)
    contact.save(update_fields=list(fields))
    if moved:
        _end_all_of(contact, actor)
    _keep_record(contact.onboarding)
    _note(contact, say(_("The contact %(contact)s was changed."), contact=contact.name), actor)
    enqueue(contact.onboarding_id)


@act
def remove_contact(contact: Contact, *, actor: User) -> None:
    """Take a contact off, with the links and letters that are open. Raises `Refused` for the last one."""
    onboarding = taken(contact.onboarding, actor, Act.INVITE)
    if onboarding.contacts.count() < 2:
        raise Refused(say(_("A customer needs one contact. Add another one first.")))
    _end_all_of(contact, actor)
    _note(contact, say(_("%(contact)s was removed from the contacts."), contact=contact.name), actor)
    contact.delete()
    _keep_record(onboarding)
    enqueue(onboarding.pk)


def link_by_hand(contact: Contact, *, actor: User) -> tuple[Link, str]:
    """A fresh link for this contact; their earlier ones stop working. The token is returned once."""
    return issue_link(contact.onboarding, actor=actor, contact=contact)


def why_no_letter(onboarding: Onboarding) -> Sentence | None:
    """Why no letter with a link can go to anybody now: there is nothing to approve by one."""
    by_link = context.ask_of(context.current_state(onboarding)).by_link
    return None if by_link else say(_("There is nothing to approve by a link at the moment."))


@act
def link_by_letter(contact: Contact, *, actor: User) -> Letter:
    """A fresh link by mail: a draft at first; at once when a person has released a letter to this customer before.

    Raises `Refused` when there is nothing to approve, or when a letter went to this address today.
    """
    onboarding = contact.onboarding
    check_link_leads_somewhere(taken(onboarding, actor, Act.WRITE_LETTERS))
    why = why_no_letter(onboarding)
    if why is None and onboarding.letters.filter(to_email=contact.email, sent_on=timezone.localdate(clock.now())):
        why = say(HAS_ONE_TODAY, contact=contact.name)
    if why is not None:
        raise Refused(why)
    known = onboarding.letters.exclude(approved_at=None).exists() and bool(letters.confirmed_tenant(onboarding))
    letter = outbox.written(onboarding, contact, Letter.Kind.INVITATION, actor=actor, draft=not known)
    enqueue_letters_on_commit()
    return letter


def _end_all_of(contact: Contact, actor: User) -> None:
    for link in Link.objects.open().filter(contact=contact):
        links.take_back(link)
    for letter in contact.letters.all():
        letters.withdraw(letter, actor=actor)


def _keep_record(onboarding: Onboarding) -> None:
    """The customer's record names the first contact; both say the same."""
    first = first_contact(onboarding)
    Customer.objects.filter(pk=onboarding.customer_id).update(contact_name=first.name, contact_email=first.email)


def _note(contact: Contact, sentence: Sentence, actor: User) -> None:
    ledger.note(contact.onboarding_id, "contact", sentence, actor=actor)
