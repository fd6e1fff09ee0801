"""A personal link, made and revoked by a member of staff."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import act, check_link_leads_somewhere, first_contact, taken
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue
from onboarding.invites import links
from onboarding.models import Contact, Link, Onboarding, clock
from onboarding.steps.consent.step import Consent


@act
def issue_link(
    onboarding: Onboarding, *, actor: User, contact: Contact | None = None, size: ConsentSize | None = None
) -> tuple[Link, str]:
    """Make a personal link for `contact`, or for the first one; their earlier links stop working. The token is
    returned once. `size`: for which application of ours, when not for the one that has to be approved now.

    Raises `Refused` where the tenant is in another Microsoft cloud, and while another record has it and nobody has
    agreed that both share it.
    """
    check_link_leads_somewhere(taken(onboarding, actor, Act.INVITE))
    contact = contact or first_contact(onboarding)
    if contact.onboarding_id != onboarding.pk:
        raise Http404
    link, token = links.make(contact, actor=actor, size=size)
    links.close_others(link)
    enqueue(onboarding.pk)
    return link, token


@act
def lift_lock(link: Link, *, actor: User) -> None:
    """Have the tries of this link counted anew, so that whoever has tried it too often may go on."""
    taken(link.onboarding, actor, Act.INVITE)
    Link.objects.filter(pk=link.pk).update(tries_from=clock.now())
    text = _("The link of %(contact)s may be tried again.")
    ledger.note(link.onboarding_id, "link", say(text, contact=link.contact_name), step=Consent.key, actor=actor)


@act
def revoke_link(link: Link, *, actor: User) -> None:
    """Make the link useless at once, also for a browser that is already signed in."""
    taken(link.onboarding, actor, Act.INVITE)
    if links.take_back(link):
        ledger.note(
            link.onboarding_id,
            "link",
            say(_("Link for %(contact)s revoked."), contact=link.contact_name),
            step=Consent.key,
            actor=actor,
        )
        enqueue(link.onboarding_id)
