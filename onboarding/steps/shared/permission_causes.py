"""Why the permissions that were asked for cannot be used in a tenant, although somebody approved them."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT

GRANT_ADMIN_CONSENT = "https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent"
AUTHORIZATION_ERRORS = "https://learn.microsoft.com/graph/resolve-auth-errors"


class Code(enum.StrEnum):
    """What can be wrong with permissions. Incomplete: some are missing, and which ones cannot be seen. Only
    delegated: there is no application permission at all."""

    PERMISSIONS_MISSING = "permissions_missing"
    PERMISSIONS_INCOMPLETE = "permissions_incomplete"
    ONLY_DELEGATED = "only_delegated"
    PERMISSIONS_REFUSED = "permissions_refused"
    PERMISSION_VOID = "permission_void"


PERMISSIONS_MISSING = Cause(
    code=Code.PERMISSIONS_MISSING,
    owner=Owner.CUSTOMER,
    staff=_("Permissions are missing: %(names)s. Ask the admin to open a new link and accept all of them."),
    customer=_(
        "Microsoft did not give us everything that we asked for. These permissions are missing: %(names)s. Please "
        "approve once more and accept all of them."
    ),
    letter=_("Some permissions are missing: %(names)s. Please open your link once more and accept all of them."),
    needs=Needs(MAY_CONSENT),
    by_link=True,
    elsewhere=True,
    contacts=APPROVERS,
    source=GRANT_ADMIN_CONSENT,
)
PERMISSIONS_INCOMPLETE = Cause(
    code=Code.PERMISSIONS_INCOMPLETE,
    owner=Owner.CUSTOMER,
    staff=_("The approval lacks permissions. Ask the admin to open a new link and accept all of them."),
    customer=_(
        "Microsoft did not give us everything that we asked for. Please approve once more and accept all permissions."
    ),
    letter=_("Some permissions are missing. Please open your link once more and accept all of them."),
    needs=Needs(MAY_CONSENT),
    by_link=True,
    elsewhere=True,
    contacts=APPROVERS,
    source=GRANT_ADMIN_CONSENT,
)
ONLY_DELEGATED = Cause(
    code=Code.ONLY_DELEGATED,
    owner=Owner.CUSTOMER,
    staff=_(
        "Our application has no application permission in the tenant; delegated permissions do not count. These are "
        "missing: %(names)s. Ask the admin to open a new link and accept all of them."
    ),
    customer=_(
        "Our application has no application permission in your tenant; delegated permissions do not count, because "
        "nobody is signed in when we read. These are missing: %(names)s. Please approve once more by your link and "
        "accept all of them."
    ),
    letter=_(
        "Our application has no application permission in your tenant; delegated permissions do not count. These are "
        "missing: %(names)s. Please open your link once more and accept all of them."
    ),
    needs=Needs(MAY_CONSENT),
    by_link=True,
    elsewhere=True,
    contacts=APPROVERS,
    source="https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview",
)
PERMISSIONS_REFUSED = Cause(
    code=Code.PERMISSIONS_REFUSED,
    owner=Owner.CUSTOMER,
    staff=_("Microsoft lists all permissions but refuses to let us use them. Ask the admin to approve by a new link."),
    customer=_("Microsoft refuses the permissions that you approved. Please approve once more."),
    letter=_("Microsoft refuses the permissions you approved. Please open the link and approve once more."),
    needs=Needs(MAY_CONSENT),
    by_link=True,
    elsewhere=True,
    contacts=APPROVERS,
    source=AUTHORIZATION_ERRORS,
)
PERMISSION_VOID = Cause(
    code=Code.PERMISSION_VOID,
    owner=Owner.CUSTOMER,
    staff=_(
        "Microsoft lists %(permission)s as granted, and refuses to let us use it. Ask the admin to approve by a new "
        "link; if it is refused after that too, they grant it in the portal."
    ),
    customer=_(
        "Microsoft lists the permission %(permission)s as granted, and refuses to let us use it. Please approve once "
        "more by your link. If that changes nothing, grant it in the portal."
    ),
    letter=_(
        "Microsoft refuses the permission %(permission)s, which you approved. Please open the link and approve once "
        "more. If that changes nothing, grant it in the portal."
    ),
    needs=portal_paths.GRANT_CONSENT,
    by_link=True,
    elsewhere=True,
    contacts=APPROVERS,
    source=GRANT_ADMIN_CONSENT,
)
