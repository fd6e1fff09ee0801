"""The holder of a link cannot approve and names somebody who can. No sign-in is needed for that, so little comes of it:
one more contact, a link of its own that is shown once, and a letter that waits for customer success to release it.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import ContactRole
from onboarding.customers.base import Refused, act
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.queue import enqueue
from onboarding.invites import links
from onboarding.mail import context, letters
from onboarding.models import Contact, Letter, Link, Onboarding
from onboarding.steps.consent.step import Consent

MAX_APPROVERS = 5  # a customer; after that, customer success names the next one


@act
def name_approver(link: Link, *, name: str, email: str, language: str = "en") -> tuple[Link, str]:
    """Make `name` an approver with a link of their own, beside the one that goes on working, and return its token once.

    Raises `Refused` when the link does not work any more, names its own holder, or too many were named.
    """
    onboarding = Onboarding.objects.lock(link.onboarding_id)
    if not Link.objects.open().filter(pk=link.pk).exists():
        raise Refused(say(_("This link no longer works. Ask for a new one.")))
    if email.lower() == link.contact_email.lower():  # ß stays what it is
        raise Refused(say(_("That is the address to which this link went. Enter somebody else's.")))
    if onboarding.links.exclude(forwarded_from=None).count() >= MAX_APPROVERS:
        raise Refused(say(_("Several people were named already. Ask your contact at Haiilo to add another one.")))
    contact = onboarding.contacts.filter(email__iexact=email).first() or Contact.objects.create(
        onboarding=onboarding, name=name, email=email, role=ContactRole.APPROVER, language=language
    )
    made, token = links.make(contact, actor=None, size=link.size)
    Link.objects.filter(pk=made.pk).update(forwarded_from=link, created_by=link.created_by_id)
    ledger.note(
        onboarding.pk,
        "forwarded",
        say(_("%(holder)s cannot approve and named %(contact)s."), holder=link.contact_name, contact=contact.name),
        step=Consent.key,
        actor_name=link.contact_name,
        detail={"from": link.pk, "to": made.pk},
    )
    if context.ask_of(context.current_state(onboarding)).by_link:
        letters.write(onboarding, contact, Letter.Kind.INVITATION, rule="forwarded", draft=True)
    enqueue(onboarding.pk)
    made.refresh_from_db()
    return made, token
