"""What Microsoft Graph answers to a request."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner

SOURCE = "https://learn.microsoft.com/graph/errors"

GRAPH: tuple[Cause, ...] = (
    Cause(
        code="InvalidAuthenticationToken",
        owner=Owner.ENGINEERS,
        staff=_("Microsoft did not take our token. If it stays, our engineers have to look."),
        source=SOURCE,
    ),
    Cause(
        code="Authorization_RequestDenied",
        also=("Authentication_MSGraphPermissionMissing",),
        owner=Owner.CUSTOMER,
        staff=_("A permission is missing in the tenant. Open a new link and accept all of them."),
        source=SOURCE,
    ),
    Cause(
        code="Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        owner=Owner.CUSTOMER,
        staff=_(
            "The tenant has no Entra ID P1, so Microsoft shows us no log. Read it in the Entra portal, or add "
            "a licence."
        ),
        source=SOURCE,
    ),
    Cause(
        code="Request_ResourceNotFound",
        also=("Directory_ObjectNotFound",),
        owner=Owner.MICROSOFT,
        staff=_("Microsoft does not find the object, perhaps not yet. We try again in a minute."),
        source=SOURCE,
    ),
    Cause(
        code="Request_MultipleObjectsWithSameKeyValue",
        owner=Owner.CS,
        staff=_("There is such an object already. Use the existing one."),
        source=SOURCE,
    ),
    Cause(
        code="Request_BadRequest",
        also=(
            "Request_UnsupportedQuery",
            "RequestMissingRequiredParameter",
            "RequestParameterInvalid",
        ),
        owner=Owner.ENGINEERS,
        staff=_("Our request does not fit what Microsoft expects. Our engineers have to look at it."),
        source=SOURCE,
    ),
)
