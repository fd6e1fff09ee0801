"""What stops any step alike: a change that Microsoft takes without effect, and a mistake of our own."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner

NO_EFFECT = Cause(
    code="no_effect",
    owner=Owner.MICROSOFT,
    staff=_("Microsoft accepted this several times, but it has no effect: %(change)s"),
    customer=_(
        "Microsoft accepted a change in your tenant several times without carrying it out. You have nothing to do; we "
        "look into it."
    ),
    source="https://learn.microsoft.com/graph/aad-advanced-queries",
)
NOT_CONFIRMED = Cause(
    code="not_confirmed",
    owner=Owner.MICROSOFT,
    staff=_(
        "We sent this several times, and Microsoft neither confirms nor shows it: %(change)s We send it again in some "
        "hours. If it is urgent, have the customer open a support request at Microsoft."
    ),
    customer=_(
        "Microsoft has not confirmed a change in your tenant, although we sent it several times. You have nothing to "
        "do; we try again."
    ),
    source="https://learn.microsoft.com/graph/api/synchronization-synchronization-post-jobs",
)
OUR_FAILURE = Cause(
    code="our_failure",
    owner=Owner.ENGINEERS,
    staff=_("The dashboard itself failed here. Our engineers have to look into it."),
    customer=_("Something went wrong on our side. You have nothing to do; we look into it."),
)

OURS: tuple[Cause, ...] = (NO_EFFECT, NOT_CONFIRMED, OUR_FAILURE)
