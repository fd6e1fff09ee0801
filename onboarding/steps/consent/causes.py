"""Why the customer's admin has not approved yet, or why the approval does not prove the tenant."""

from __future__ import annotations

import enum
from functools import partial

from django.utils.translation import gettext_noop as _

from onboarding.causes import trip
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT
from onboarding.steps.shared.permission_causes import ONLY_DELEGATED, PERMISSIONS_INCOMPLETE, PERMISSIONS_MISSING

ADMIN_CONSENT = "https://learn.microsoft.com/entra/identity-platform/v2-admin-consent"
ERROR_CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
VERIFIED_DOMAINS = "https://learn.microsoft.com/graph/api/organization-list"


class Code(enum.StrEnum):
    """What the step can ask for, besides permissions. The codes of the browser's trip to Microsoft are the same."""

    NO_LINK = "no_link"
    LINK_SENT = "link_sent"
    LINK_OPENED = "link_opened"
    LINK_EXPIRED = "link_expired"
    APPROVED_UNSIGNED = "approved_unsigned"
    REQUESTED = "requested"
    DECLINED = "declined"
    NOT_ALLOWED = "not_allowed"
    BLOCKED = "blocked"
    WRONG_ACCOUNT = "wrong_account"
    WRONG_TENANT = "wrong_tenant"
    MICROSOFT_DOWN = "microsoft_down"
    FAILED = "failed"
    FAILED_UNEXPLAINED = "failed_unexplained"
    FAILED_SAYING = "failed_saying"
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
APPROVED_UNSIGNED = _by_link(
    code=Code.APPROVED_UNSIGNED,
    owner=Owner.CUSTOMER,
    staff=_(
        "The approval is there at Microsoft. What is missing is that %(contact)s, or another admin of the customer, "
        "signs in by the link: only that proves whose tenant it is."
    ),
    customer=_(
        "The approval is there at Microsoft. What is missing is your sign-in: open your link and sign in with your "
        "work account. Nothing has to be approved again."
    ),
    letter=_(
        "The approval is there at Microsoft, thank you. What is missing is a sign-in: please open your link once more "
        "and sign in. Nothing has to be approved again."
    ),
    source=ADMIN_CONSENT,
)

# The trip to Microsoft ended without an approval: the same entries as on the page that the browser came back to.
DECLINED = trip.DECLINED.cause
NOT_ALLOWED = trip.NOT_ALLOWED.cause
REQUESTED = trip.REQUESTED.cause
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
FAILED_SAYING = Cause(
    code=Code.FAILED_SAYING,
    owner=Owner.ENGINEERS,
    staff=_("Microsoft ended the approval with the code %(code)s and says: “%(reason)s” Our engineers have to look."),
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
    staff=_(
        "The admin approved more than 15 minutes ago, and Microsoft still says that our application is not in the "
        "tenant. Ask whether it is among the Enterprise apps there. If it is, write to our engineers; if not, send a "
        "new link."
    ),
    customer=_(
        "You approved, but Microsoft still says that our application is not in your tenant. Please approve once more "
        "by your link. If our application is among your Enterprise apps already, tell us."
    ),
    letter=_(
        "You approved, but Microsoft still says that our application is not in your tenant. Please open the link and "
        "approve once more."
    ),
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
ENDED = (DECLINED, NOT_ALLOWED, REQUESTED, BLOCKED, WRONG_ACCOUNT, WRONG_TENANT, MICROSOFT_DOWN)
CAUSES = (
    *ON_ITS_WAY,
    APPROVED_UNSIGNED,
    *ENDED,
    FAILED,
    FAILED_UNEXPLAINED,
    FAILED_SAYING,
    CONSENT_MISSING,
    ACCESS_LOST,
    DOMAIN_MISMATCH,
    OTHER_TENANT_ANSWERED,
    TENANT_TAKEN,
    BOUND_ELSEWHERE,
    PERMISSIONS_MISSING,
    PERMISSIONS_INCOMPLETE,
    ONLY_DELEGATED,
)
