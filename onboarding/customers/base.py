"""What every act of staff begins with: whether this person may ask, and what is said where it cannot be done."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404
from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Sentence, say
from onboarding.engine import holds
from onboarding.models import Contact, Onboarding


class Refused(Exception):
    """What was asked for cannot be done; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def check_member(onboarding: Onboarding, actor: User) -> None:
    """Raise `Http404` unless `actor` is a member of the customer's portfolio."""
    if not Onboarding.objects.for_user(actor).filter(pk=onboarding.pk).exists():
        raise Http404


WE_ONLY_WATCH = _("Read-only mode. To change something, the admin has to approve the set-up application again.")


def check_may_change(onboarding: Onboarding) -> None:
    """Raise `Refused` while we only watch this customer, or own more in the tenant than we may."""
    if not Onboarding.objects.get(pk=onboarding.pk).size.sets_up:
        raise Refused(say(WE_ONLY_WATCH))
    if holds.owns_too_much(onboarding.pk) is not None:
        raise Refused(
            say(_("Our application owns more in the tenant than it may. Nothing is changed until that ends."))
        )


LEADS_TO_TENANT = ("domains", "tenant_hint")


def check_tenant_is_ours_to_change(onboarding: Onboarding) -> None:
    """Raise `Refused` after an answer from another tenant: then the expected one is changed by two people only."""
    if holds.wrong_tenant(onboarding.pk) is not None:
        raise Refused(
            say(_("Another tenant answered. Propose the change on the customer's page; a colleague has to approve it."))
        )


def first_contact(onboarding: Onboarding) -> Contact:
    """The contact that was named first: the one on the customer's record."""
    return onboarding.contacts.order_by("pk")[0]
