"""What Microsoft says when somebody signs in, or is asked to consent.

How a trip to Microsoft ends, as we call it, has entries of its own in `onboarding.causes.trip`.
"""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT

SOURCE = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
CONDITIONAL_ACCESS = "https://learn.microsoft.com/entra/identity/conditional-access/troubleshoot-conditional-access"
CROSS_TENANT = "https://learn.microsoft.com/entra/external-id/cross-tenant-access-overview"
RESTRICTIONS = "https://learn.microsoft.com/entra/identity/enterprise-apps/tenant-restrictions"

_customer = partial(
    Cause, owner=Owner.CUSTOMER, needs=Needs(MAY_CONSENT), by_link=True, contacts=APPROVERS, source=SOURCE
)

SIGN_IN: tuple[Cause, ...] = (
    _customer(
        code="AADSTS65001",
        staff=_("Nobody has approved in this tenant yet. Somebody who may approve has to open the link."),
        customer=_(
            "Nobody has approved in your tenant yet. Open your link, sign in as a Global Administrator or Privileged "
            "Role Administrator and accept the permissions."
        ),
    ),
    _customer(
        code="AADSTS50105",
        staff=_("The account is not assigned to our application. The customer has to assign it, then open the link."),
        customer=_("Your account is not assigned to our application. Assign it, then open your link again."),
        needs=portal_paths.ASSIGN,
    ),
    _customer(
        code="AADSTS50020",
        also=(
            "AADSTS90072",
            "AADSTS16000",
        ),
        staff=_("The account that signed in belongs to another tenant. The work account of the customer is needed."),
        customer=_(
            "That account belongs to another organisation. Open your link in a private window and sign in with your "
            "work account."
        ),
    ),
    _customer(
        code="AADSTS50034",
        staff=_("There is no such account in this tenant. The user name has to be checked."),
        customer=_("There is no such account in your tenant. Check the user name, then open your link again."),
    ),
    _customer(
        code="AADSTS50053",
        staff=_("The account is locked. The customer can wait, or use another account that may approve."),
        customer=_("That account is locked. Wait a while, or open your link with another account that may approve."),
    ),
    _customer(
        code="AADSTS50055",
        staff=_("The password has expired. It has to be changed before the next sign-in."),
        customer=_("Your password has expired. Change it, then open your link again."),
    ),
    _customer(
        code="AADSTS50057",
        staff=_("The account is disabled. An account that is enabled and may approve is needed."),
        customer=_("That account is disabled. Open your link with an account that is enabled and may approve."),
    ),
    _customer(
        code="AADSTS50126",
        staff=_("User name or password was wrong. Open the link again, or reset the password."),
        customer=_("User name or password was wrong. Open your link again, or reset the password first."),
    ),
    _customer(
        code="AADSTS50074",
        also=(
            "AADSTS50076",
            "AADSTS50079",
            "AADSTS50072",
            "AADSTS53004",
            "AADSTS53010",
        ),
        staff=_("The second factor was not given. The customer has to finish that prompt."),
        customer=_("The second factor is missing. Open your link again and finish that prompt."),
    ),
    _customer(
        code="AADSTS50158",
        also=(
            "interaction_required",
            "login_required",
        ),
        staff=_(
            "Microsoft wants something more from whoever signs in, such as an external second factor or terms of use. "
            "The link still works; the customer has to finish that step."
        ),
        customer=_(
            "Microsoft wants something more from you, such as an external second factor or terms of use. Open your "
            "link again and finish that step."
        ),
    ),
    _customer(
        code="AADSTS53000",
        also=(
            "AADSTS53001",
            "AADSTS53002",
            "AADSTS53009",
            "AADSTS50131",
            "AADSTS50005",
        ),
        staff=_("The tenant lets only managed devices sign in. Use such a device, or change the policy."),
        customer=_(
            "Your organisation lets only managed devices sign in. Open your link on such a device, or change the "
            "policy."
        ),
        needs=portal_paths.CHANGE_POLICIES,
        source=CONDITIONAL_ACCESS,
    ),
    _customer(
        code="AADSTS53003",
        also=(
            "AADSTS53011",
            "AADSTS530031",
            "AADSTS530033",
        ),
        staff=_("A Conditional Access policy blocks the sign-in. Sign in from an allowed place, or change the policy."),
        customer=_(
            "A Conditional Access policy of your organisation blocked the sign-in. Open your link from a place and a "
            "device that it allows, or change the policy."
        ),
        needs=portal_paths.CHANGE_POLICIES,
        source=CONDITIONAL_ACCESS,
    ),
    _customer(
        code="AADSTS530032",
        also=(
            "AADSTS530034",
            "AADSTS530035",
        ),
        staff=_("A security policy of the tenant blocks the sign-in. Use an account and a device that it allows."),
        customer=_(
            "A security policy of your organisation blocked the sign-in. Open your link with an account and on a "
            "device that it allows."
        ),
    ),
    _customer(
        code="AADSTS500212",
        also=("AADSTS500213",),
        staff=_("The cross-tenant access settings forbid the access. The customer has to allow our application there."),
        customer=_(
            "Your cross-tenant access settings forbid the access. Allow our application there, then open your link "
            "again."
        ),
        needs=portal_paths.CHANGE_CROSS_TENANT_ACCESS,
        source=CROSS_TENANT,
    ),
    _customer(
        code="AADSTS500021",
        also=(
            "AADSTS500022",
            "AADSTS5000211",
        ),
        staff=_("The network lets nobody sign in to this tenant. Use another network, or have the tenant added there."),
        customer=_(
            "The network you are in lets nobody sign in to your tenant. Open your link in another network, or add the "
            "tenant to its list of allowed tenants."
        ),
        source=RESTRICTIONS,
    ),
    _customer(
        code="AADSTS650052",
        also=("AADSTS65005",),
        staff=_("The tenant lacks a service that our application uses. Its subscriptions have to be checked."),
        customer=_(
            "Your tenant lacks a service that our application uses. Check your subscriptions, then open your link "
            "again."
        ),
        needs=portal_paths.BUY_LICENCES,
    ),
    _customer(
        code="AADSTS650051",
        staff=_("Two approvals were given at the same moment. Approve once more by the link."),
        customer=_("Two approvals were given at the same moment. Open your link and accept once more."),
    ),
    _customer(
        code="AADSTS650056",
        staff=_("The permissions in the tenant are incomplete. Approve once more by the link."),
        customer=_("The permissions in your tenant are incomplete. Open your link and accept all of them once more."),
    ),
    _customer(
        code="personal_account",
        staff=_("Somebody signed in with a private Microsoft account. A work account of the customer is needed."),
        customer=_("That is a private Microsoft account. Open your link again and sign in with your work account."),
    ),
    _customer(
        code="AADSTS54005",
        owner=Owner.CS,
        staff=_("This sign-in was used already, for example by pressing “Back”. Open the link again."),
        customer=_("This sign-in was used already. Open your link again to begin a new one."),
    ),
    Cause(
        code="AADSTS50011",
        also=(
            "AADSTS900971",
            "AADSTS50194",
            "AADSTS650054",
            "AADSTS650057",
            "AADSTS70011",
            "AADSTS900144",
            "AADSTS90130",
        ),
        owner=Owner.ENGINEERS,
        staff=_("Our own application is not registered correctly. Our engineers have to correct it."),
        customer=_(
            "Our own application is not registered correctly at Microsoft. We correct that and get in touch; you need "
            "not do anything."
        ),
        source=SOURCE,
    ),
)
