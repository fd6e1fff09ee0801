"""Why the customer's admin has not approved yet, or why the approval does not prove the tenant."""

from __future__ import annotations

import enum
from functools import partial

from django.utils.translation import gettext_noop as _

from onboarding.causes import trip
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT
from onboarding.steps.shared.permission_causes import PERMISSIONS_INCOMPLETE, PERMISSIONS_MISSING

ADMIN_CONSENT = "https://learn.microsoft.com/entra/identity-platform/v2-admin-consent"
ERROR_CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
VERIFIED_DOMAINS = "https://learn.microsoft.com/graph/api/organization-list"


class Code(enum.StrEnum):
    """What the step can ask for, besides permissions. The codes of the browser's trip to Microsoft are the same."""

    NO_LINK = "no_link"
    LINK_SENT = "link_sent"
    LINK_OPENED = "link_opened"
    LINK_EXPIRED = "link_expired"
    DECLINED = "declined"
    NOT_ALLOWED = "not_allowed"
    BLOCKED = "blocked"
    WRONG_ACCOUNT = "wrong_account"
    WRONG_TENANT = "wrong_tenant"
    MICROSOFT_DOWN = "microsoft_down"
    FAILED = "failed"
    FAILED_UNEXPLAINED = "failed_unexplained"
    CONSENT_MISSING = "consent_missing"
    ACCESS_LOST = "access_lost"
    DOMAIN_MISMATCH = "domain_mismatch"
    OTHER_TENANT_ANSWERED = "other_tenant_answered"
    TENANT_TAKEN = "tenant_taken"
    BOUND_ELSEWHERE = "bound_elsewhere"


APPROVE = _(
    "Please open your personal link, sign in with your Microsoft account and approve the permissions we ask for."
)
_by_link = partial(Cause, needs=Needs(MAY_CONSENT), by_link=True, contacts=APPROVERS)

# The link is on its way.
NO_LINK = _by_link(
    code=Code.NO_LINK,
    owner=Owner.CS,
    staff=_("Send the customer's admin the approval link."),
    customer=APPROVE,
)
LINK_SENT = _by_link(
    code=Code.LINK_SENT,
    owner=Owner.CUSTOMER,
    staff=_("%(contact)s has not opened the link yet."),
    customer=APPROVE,
)
LINK_OPENED = _by_link(
    code=Code.LINK_OPENED,
    owner=Owner.CUSTOMER,
    staff=_("%(contact)s has opened the link but has not approved yet."),
    customer=APPROVE,
)
LINK_EXPIRED = _by_link(
    code=Code.LINK_EXPIRED,
    owner=Owner.CS,
    staff=_("The link has expired. Send a new one."),
    customer=APPROVE,
)

# The trip to Microsoft ended without an approval: the same entries as on the page that the browser came back to.
DECLINED = trip.DECLINED.cause
NOT_ALLOWED = trip.NOT_ALLOWED.cause
BLOCKED = trip.BLOCKED.cause
WRONG_ACCOUNT = trip.WRONG_ACCOUNT.cause
WRONG_TENANT = trip.WRONG_TENANT.cause
MICROSOFT_DOWN = trip.MICROSOFT_DOWN.cause
FAILED = trip.FAILED.cause
FAILED_UNEXPLAINED = Cause(
    code=Code.FAILED_UNEXPLAINED,
    owner=Owner.ENGINEERS,
    staff=_("Microsoft gives the code %(code)s and no reason. Our engineers have to look."),
    customer=_(
        "Microsoft ended the approval with an error that we do not know (%(code)s). We look into it; you need not do "
        "anything."
    ),
    source=ERROR_CODES,
)

# The approval does not prove the tenant, or no longer.
CONSENT_MISSING = _by_link(
    code=Code.CONSENT_MISSING,
    owner=Owner.CUSTOMER,
    staff=_("The approval never arrived at Microsoft. Ask the admin to open a new link and accept."),
    customer=_(
        "Your approval has not arrived at Microsoft as it should. Nothing you did is lost; approve once more, please."
    ),
    letter=_("Your approval has not arrived at Microsoft. Please open the link and approve once more."),
    source=ADMIN_CONSENT,
)
ACCESS_LOST = _by_link(
    code=Code.ACCESS_LOST,
    owner=Owner.CUSTOMER,
    staff=_("We have lost access to the tenant: our application was removed there. Send a new link."),
    customer=_(
        "Microsoft no longer lets us in: our application was removed from your tenant. If that was not meant, approve "
        "it again."
    ),
    letter=_(
        "We have lost access to your tenant, so accounts in Haiilo are no longer kept up to date as far as we "
        "can see. If that was not meant, please approve once more by the link."
    ),
    source=ADMIN_CONSENT,
)
DOMAIN_MISMATCH = Cause(
    code=Code.DOMAIN_MISMATCH,
    owner=Owner.CS,
    staff=_("The tenant “%(tenant)s” has not verified any of the domains %(domains)s. Check the record."),
    source=VERIFIED_DOMAINS,
)
OTHER_TENANT_ANSWERED = Cause(
    code=Code.OTHER_TENANT_ANSWERED,
    owner=Owner.ENGINEERS,
    staff=_("Graph answered for another tenant than the one asked."),
    source=VERIFIED_DOMAINS,
)
TENANT_TAKEN = Cause(
    code=Code.TENANT_TAKEN,
    owner=Owner.CS,
    staff=_(
        "Another record has this Microsoft tenant already. If both belong there, propose that they share it; else "
        "correct the domains."
    ),
    elsewhere=True,
)
BOUND_ELSEWHERE = Cause(
    code=Code.BOUND_ELSEWHERE,
    owner=Owner.CS,
    staff=_("This customer is bound to another tenant already."),
)

ON_ITS_WAY = (NO_LINK, LINK_SENT, LINK_OPENED, LINK_EXPIRED)
ENDED = (DECLINED, NOT_ALLOWED, BLOCKED, WRONG_ACCOUNT, WRONG_TENANT, MICROSOFT_DOWN)
CAUSES = (
    *ON_ITS_WAY,
    *ENDED,
    FAILED,
    FAILED_UNEXPLAINED,
    CONSENT_MISSING,
    ACCESS_LOST,
    DOMAIN_MISMATCH,
    OTHER_TENANT_ANSWERED,
    TENANT_TAKEN,
    BOUND_ELSEWHERE,
    PERMISSIONS_MISSING,
    PERMISSIONS_INCOMPLETE,
)
