"""Whether the customer made us an owner of the application, where our permissions reach only what we own.

An owner is listed on the enterprise application (service principal); owning its registration is not enough. Nobody can
add an application as owner in the portal, only through Graph (Graph reference: servicePrincipal, add owner).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from onboarding.steps.applications import Candidate, rank
from onboarding.verdicts import Asking, Court
from onboarding.wanted import Wanted
from onboarding.words import say


def unowned(wanted: Wanted, candidates: Sequence[Candidate], chosen_id: str = "") -> Candidate | None:
    """The application that we have to be made an owner of: the chosen one, or the best where we own none of them."""
    lacking = [each.candidate for each in rank(wanted, candidates) if each.candidate.needs_owner]
    if chosen_id:
        return next((candidate for candidate in lacking if candidate.app.id == chosen_id), None)
    return lacking[0] if lacking and len(lacking) == len(candidates) else None


def ask(wanted: Wanted, candidate: Candidate) -> Asking:
    """Names the application, and offers all ids that the request to Graph needs."""
    return Asking(
        say(
            _(
                "Our application is not an owner of “%(name)s” yet, so it cannot set up provisioning there. The "
                "portal cannot add it; the request below does."
            ),
            name=candidate.app.display_name,
        ),
        Court.CUSTOMER,
        offers={
            "owner": {
                "name": candidate.app.display_name,
                "service_principal_id": candidate.app.id,
                "app_id": candidate.app.app_id,
                "our_id": candidate.needs_owner,
                "client_id": wanted.size.client_id,
            }
        },
        code="not_owner",
    )
