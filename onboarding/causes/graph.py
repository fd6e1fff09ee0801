"""What Microsoft Graph answers to a request."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT

SOURCE = "https://learn.microsoft.com/graph/errors"

GRAPH: tuple[Cause, ...] = (
    Cause(
        code="InvalidAuthenticationToken",
        owner=Owner.ENGINEERS,
        staff=_("Microsoft did not take our token. If that lasts, our engineers have to look into it."),
        source=SOURCE,
    ),
    Cause(
        code="Authorization_RequestDenied",
        also=("Authentication_MSGraphPermissionMissing",),
        owner=Owner.CUSTOMER,
        staff=_("A permission is missing in the tenant. Send a new link, so that all of them are approved."),
        customer=_("A permission is missing in your tenant. Open your link and accept all of them once more."),
        needs=Needs(MAY_CONSENT),
        by_link=True,
        contacts=APPROVERS,
        source="https://learn.microsoft.com/graph/resolve-auth-errors",
    ),
    Cause(
        code="Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        owner=Owner.CUSTOMER,
        staff=_(
            "The tenant has no Entra ID P1 licence, so Microsoft shows us no log. The customer can read it in the "
            "portal, or add a licence."
        ),
        customer=_(
            "Your tenant has no Entra ID P1 licence, so Microsoft shows us no log. Add a licence, or tell us what your "
            "provisioning logs say."
        ),
        needs=portal_paths.BUY_LICENCES,
        source="https://learn.microsoft.com/graph/api/provisioningobjectsummary-list",
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
        staff=_("This object exists already. Use the existing one."),
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
        staff=_("Our request is not what Microsoft expects. Our engineers have to correct it."),
        source=SOURCE,
    ),
)
