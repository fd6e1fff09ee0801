"""What an error of the Graph client means where Microsoft's code says no more: by the kind of the error."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT

ERRORS = "https://learn.microsoft.com/graph/errors"
AUTHORIZATION = "https://learn.microsoft.com/graph/resolve-auth-errors"
THROTTLING = "https://learn.microsoft.com/graph/throttling"

ACCESS_LOST = Cause(
    code="ConsentMissing",
    owner=Owner.CUSTOMER,
    staff=_("We have no access to the tenant any more. Send a new link, so that our application is approved again."),
    customer=_(
        "Microsoft no longer lets us in to your tenant, so accounts in Haiilo are not kept up to date. If that was not "
        "meant, open your link and approve once more."
    ),
    needs=Needs(MAY_CONSENT),
    by_link=True,
    contacts=APPROVERS,
    source=AUTHORIZATION,
)
PERMISSION_MISSING = Cause(
    code="RoleMissing",
    owner=Owner.CUSTOMER,
    staff=_("Microsoft refuses us a permission in the tenant. Send a new link, so that all of them are approved."),
    customer=_("Microsoft refuses us a permission in your tenant. Open your link and accept all of them once more."),
    needs=Needs(MAY_CONSENT),
    by_link=True,
    contacts=APPROVERS,
    source=AUTHORIZATION,
)
PERMISSION_REFUSED = Cause(
    code="PermissionRefused",
    owner=Owner.CUSTOMER,
    staff=_(
        "Microsoft refuses us the permission %(permission)s in the tenant. Send a new link, so that it is approved; if "
        "it is refused after that too, the admin grants it in the portal."
    ),
    customer=_(
        "Microsoft refuses us the permission %(permission)s in your tenant. Open your link and accept all of them once "
        "more. If that changes nothing, grant it in the portal."
    ),
    needs=portal_paths.GRANT_CONSENT,
    by_link=True,
    contacts=APPROVERS,
    source=AUTHORIZATION,
)
POLICY_BLOCKS = Cause(
    code="TokenBlockedByPolicy",
    also=("NotAllowed",),  # as rows of an earlier release name it
    owner=Owner.CUSTOMER,
    staff=_("A Conditional Access policy of the tenant blocks our application. The customer has to exclude it."),
    customer=_("A Conditional Access policy of your organisation blocks our application. Exclude it from that policy."),
    needs=portal_paths.CHANGE_POLICIES,
    source="https://learn.microsoft.com/entra/identity/conditional-access/workload-identity",
)
RESTRICTED = Cause(
    code="TokenRefused",
    owner=Owner.CUSTOMER,
    staff=_(
        "Tenant restrictions or cross-tenant access settings of the customer keep our application out. The customer "
        "has to allow it there. No new link is needed."
    ),
    customer=_(
        "Tenant restrictions or cross-tenant access settings of your organisation keep our application out. Allow it "
        "there; you need not approve anything again."
    ),
    needs=portal_paths.CHANGE_CROSS_TENANT_ACCESS,
    source="https://learn.microsoft.com/entra/external-id/cross-tenant-access-overview",
)
CREDENTIAL_REFUSED = Cause(
    code="OurCredentialRefused",
    owner=Owner.ENGINEERS,
    staff=_("Microsoft refuses our own credential. Our engineers have to look into it at once."),
    source=AUTHORIZATION,
)
BUSY = Cause(
    code="TryLater",
    owner=Owner.MICROSOFT,
    staff=_("Microsoft is busy or did not answer. We try again by ourselves."),
    source=THROTTLING,
)
UNREADABLE = Cause(
    code="Unreadable",
    owner=Owner.MICROSOFT,
    staff=_(
        "Microsoft's answer cannot be read, so nothing is concluded from it and nothing is changed. We ask again by "
        "ourselves."
    ),
    customer=_("Microsoft gives an answer that we cannot read. You have nothing to do; we ask again by ourselves."),
    source=ERRORS,
)
STILL_UNREADABLE = Cause(
    code="StillUnreadable",
    owner=Owner.ENGINEERS,
    staff=_(
        "For more than an hour Microsoft has given no answer that can be read. We go on asking; our engineers open a "
        "support case with Microsoft and name the request ID below."
    ),
    customer=_(
        "For more than an hour Microsoft has given us no answer that we can read. You have nothing to do; we open a "
        "support case with Microsoft."
    ),
    source=ERRORS,
)
TOKEN_NOT_TAKEN = Cause(
    code="TokenNotTaken",
    owner=Owner.ENGINEERS,
    staff=_("Microsoft did not take our token. If that lasts, our engineers have to look into it."),
    source=AUTHORIZATION,
)
ABSENT = Cause(
    code="NotThere",
    owner=Owner.MICROSOFT,
    staff=_("Microsoft does not find what it had before, perhaps only for a moment. We check again."),
    source=ERRORS,
)
REFUSED = Cause(
    code="Rejected",
    owner=Owner.ENGINEERS,
    staff=_("Microsoft refused the request. Our engineers have to look into it."),
    source=ERRORS,
)

REFUSED_UNEXPLAINED = Cause(
    code="TokenRefusedUnexplained",
    owner=Owner.ENGINEERS,
    staff=_(
        "Microsoft gives us no access and says: “%(reason)s” We do not know this code; our engineers have to look "
        "into it."
    ),
    source=ERRORS,
)

ACCESS: tuple[Cause, ...] = (
    *(ACCESS_LOST, PERMISSION_MISSING, PERMISSION_REFUSED, POLICY_BLOCKS, RESTRICTED, CREDENTIAL_REFUSED, BUSY),
    *(UNREADABLE, STILL_UNREADABLE, TOKEN_NOT_TAKEN, ABSENT, REFUSED, REFUSED_UNEXPLAINED),
)
