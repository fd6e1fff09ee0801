"""The admin approves once more, from the page that shows how far we are: one click, no new link to wait for.

What the click leads to is a round trip like the first, with a link of its own that nobody else has ever seen.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, first_contact
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Court, Kind
from onboarding.invites import links
from onboarding.mail import context
from onboarding.models import Link, Onboarding, clock
from onboarding.models.step_state import StepState
from onboarding.steps.read_only.step import ReadOnly


def wanted(onboarding: Onboarding) -> Sentence | None:
    """What the customer's admin has to approve again, and why, in words for them; None where that is not the matter.

    Where the eleven steps ask for nothing, a read-only mode may.
    """
    return _wanted_by(context.current_state(onboarding)) or _asked_for_by_read_only(onboarding)


def _asked_for_by_read_only(onboarding: Onboarding) -> Sentence | None:
    if onboarding.open_read_only is None:
        return None
    state = StepState.objects.filter(onboarding=onboarding, key=ReadOnly.key).first()
    return _wanted_by(state) if state else None


def _wanted_by(state: StepState) -> Sentence | None:
    if state.kind != Kind.ASKING or state.court != Court.CUSTOMER or state.checked_at is None:
        return None
    ask = context.ask_of(state)
    return ask.what if ask.by_link else None


@act
def renew(link: Link, *, earlier: int | None = None) -> Link:
    """The link with which the holder of the used-up `link` approves again: the `earlier` one while it works, else a new
    one. Raises `Refused` when nothing is to be approved.
    """
    onboarding = Onboarding.objects.lock(link.onboarding_id)
    if wanted(onboarding) is None:
        raise Refused(say(_("There is nothing to approve at the moment.")))
    known = Link.objects.open().filter(pk=earlier, onboarding=onboarding).first() if earlier else None
    if known is not None:
        return known
    made, _token = links.make(link.contact or first_contact(onboarding), actor=None)
    Link.objects.filter(pk=made.pk).update(created_by=link.created_by_id, seen_at=clock.now())
    return Link.objects.select_related("onboarding__customer").get(pk=made.pk)
