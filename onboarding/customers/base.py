"""What every act of staff begins with: whether this person may ask, and what is said where it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.contrib.auth.models import User
from django.http import Http404
from django.utils.translation import gettext_noop as _

from onboarding.causes.clouds import OTHER_CLOUD, named
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import holds
from onboarding.engine.may import Act, may
from onboarding.engine.transactions import MetAnother, begun_again
from onboarding.models import Contact, Onboarding, StepState, Stop
from onboarding.steps.customer.causes import TENANT_SHARED
from onboarding.steps.customer.step import CustomerRecord

P = ParamSpec("P")
R = TypeVar("R")

MET_ANOTHER = _("Somebody else acted at the same moment. Nothing was saved; try again.")


class Refused(Exception):
    """What was asked for cannot be done; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def act(function: Callable[P, R]) -> Callable[P, R]:
    """One act of a person: a transaction, begun again when it met another one and the database let that one go on.

    After the last try the person is told so (`Refused`), nothing is kept. Within another act it is a part of that one.
    """
    several = begun_again(function)

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return several(*args, **kwargs)
        except MetAnother as error:
            raise Refused(say(MET_ANOTHER)) from error

    return told


def check_member(onboarding: Onboarding, actor: User, act: Act = Act.SEE) -> None:
    """Raise `Http404` unless `actor` may do `act` with this customer."""
    if not may(actor, act, onboarding):
        raise Http404


def taken(onboarding: Onboarding, actor: User, act: Act) -> Onboarding:
    """The onboarding's row, locked until the act's transaction ends. Raises `Http404` unless `actor` may do `act`.

    Every act begins with it, and locks other rows after it: so two of them never wait for each other.
    """
    row = Onboarding.objects.lock(onboarding.pk)
    check_member(row, actor, act)
    return row


WE_ONLY_WATCH = _("Read-only mode. To change something, the admin has to approve the set-up application again.")


def check_may_change(onboarding: Onboarding) -> None:
    """Raise `Refused` while we only watch this customer, or own more in the tenant than we may."""
    if not Onboarding.objects.get(pk=onboarding.pk).size.sets_up:
        raise Refused(say(WE_ONLY_WATCH))
    if holds.owns_too_much(onboarding.pk) is not None:
        raise Refused(
            say(_("Our application owns more in the tenant than it may. Nothing is changed until that ends."))
        )


def check_not_stopped() -> None:
    """Raise `Refused` while all changes are stopped."""
    if Stop.objects.in_force() is not None:
        raise Refused(say(_("All changes are stopped at the moment. Approve the plan when they are allowed again.")))


LEADS_TO_TENANT = ("domains", "tenant_hint")


def check_tenant_is_ours_to_change(onboarding: Onboarding) -> None:
    """Raise `Refused` after an answer from another tenant: then the expected one is changed by two people only."""
    if holds.wrong_tenant(onboarding.pk) is not None:
        raise Refused(
            say(_("Another tenant answered. Propose the change on the customer's page; a colleague has to approve it."))
        )


def why_no_link(record: StepState | None) -> Sentence | None:
    """Why no link leads anywhere as the step of the customer's record stands: the tenant is in another Microsoft cloud,
    or another record has it and nobody has agreed that both share it.
    """
    if record is not None and record.code == TENANT_SHARED.code:
        return record.sentence
    if record is not None and record.code == OTHER_CLOUD.code:
        return record.sentence or OTHER_CLOUD.for_staff({"cloud": named("")})
    return None


def check_link_leads_somewhere(onboarding: Onboarding) -> None:
    """Raise `Refused` where there is a reason in `why_no_link`."""
    why = why_no_link(StepState.objects.filter(onboarding=onboarding, key=CustomerRecord.key).first())
    if why is not None:
        raise Refused(why)


def first_contact(onboarding: Onboarding) -> Contact:
    """The contact that was named first: the one on the customer's record."""
    return onboarding.contacts.order_by("pk")[0]
