"""What Microsoft says when somebody signs in, or is asked to consent."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner

SOURCE = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"

SIGN_IN: tuple[Cause, ...] = (
    Cause(
        code="permission_denied",
        also=(
            "consent_required",
            "AADSTS65004",
        ),
        owner=Owner.CUSTOMER,
        staff=_("The consent was declined. Open the link again and press Accept."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS65001",
        owner=Owner.CUSTOMER,
        staff=_(
            "Nobody has consented in this tenant yet. A Global or Privileged Role Administrator has to open the link."
        ),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90094",
        also=("AADSTS90093",),
        owner=Owner.CUSTOMER,
        staff=_("This account may not grant the permissions. Sign in as a Global or Privileged Role Administrator."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90095",
        owner=Owner.CUSTOMER,
        staff=_(
            "This account may only ask for approval. A Global or Privileged Role Administrator has to open the link."
        ),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50105",
        owner=Owner.CUSTOMER,
        staff=_(
            "The account is not assigned to our application. Assign it under Enterprise applications, then try again."
        ),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50020",
        also=(
            "AADSTS90072",
            "AADSTS16000",
        ),
        owner=Owner.CUSTOMER,
        staff=_(
            "The account belongs to another tenant. Open the link in a private window and use the work "
            "account of this one."
        ),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50034",
        owner=Owner.CUSTOMER,
        staff=_("There is no such account in this tenant. Check the user name."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50053",
        owner=Owner.CUSTOMER,
        staff=_("The account is locked. Wait, or have another administrator unlock it."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50055",
        owner=Owner.CUSTOMER,
        staff=_("The password has expired. Change it, then sign in again."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50057",
        owner=Owner.CUSTOMER,
        staff=_("The account is disabled. Use an administrator account that is enabled."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50126",
        owner=Owner.CUSTOMER,
        staff=_("User name or password is wrong. Enter them again, or reset the password."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50074",
        also=(
            "AADSTS50076",
            "AADSTS50079",
        ),
        owner=Owner.CUSTOMER,
        staff=_("The second factor is missing. Finish that prompt, then open the link again."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS53000",
        also=("AADSTS53001",),
        owner=Owner.CUSTOMER,
        staff=_("The tenant lets only managed devices sign in. Use such a device, or adapt the policy."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS53003",
        owner=Owner.CUSTOMER,
        staff=_("A Conditional Access policy blocks the access. Allow it there, or sign in from an allowed place."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS530032",
        also=("AADSTS530035",),
        owner=Owner.CUSTOMER,
        staff=_("A security policy of the tenant blocks the sign-in. Use an account and a device that it allows."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS500212",
        also=("AADSTS500213",),
        owner=Owner.CUSTOMER,
        staff=_("The cross-tenant access settings forbid the access. Allow our application there."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS500021",
        also=("AADSTS500022",),
        owner=Owner.CUSTOMER,
        staff=_("The network lets nobody sign in to this tenant. Use another network, or have the tenant allowed."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS650052",
        owner=Owner.CUSTOMER,
        staff=_("The tenant lacks a service that our application uses. Check its subscriptions, then consent again."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS650051",
        owner=Owner.CUSTOMER,
        staff=_("Two consents met each other. Open the link again and accept once more."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS650056",
        owner=Owner.CUSTOMER,
        staff=_("The permissions are incomplete. Open the link again as an administrator and accept."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS54005",
        owner=Owner.CS,
        staff=_("This sign-in was used already. Begin it again."),
        source=SOURCE,
    ),
    Cause(
        code="state_mismatch",
        owner=Owner.CS,
        staff=_("The answer is too old, or belongs to another sign-in. Open the link again, or ask for a new one."),
        source=SOURCE,
    ),
    Cause(
        code="tenant_mismatch",
        owner=Owner.CS,
        staff=_("Sign-in and consent came from different tenants. Use one work account for both."),
        source=SOURCE,
    ),
    Cause(
        code="personal_account",
        owner=Owner.CUSTOMER,
        staff=_("This is a private Microsoft account. Sign in with the work account."),
        source=SOURCE,
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
        staff=_("The registration of our own application does not fit. Our engineers have to correct it."),
        source=SOURCE,
    ),
)
