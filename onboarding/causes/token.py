"""What Microsoft says when our own application asks for a token."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Needs, Owner
from onboarding.causes.roles import APPROVERS, MAY_CONSENT

SOURCE = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"

TOKEN: tuple[Cause, ...] = (
    Cause(
        code="AADSTS7000229",
        also=(
            "AADSTS700016",
            "AADSTS700011",
        ),
        owner=Owner.CUSTOMER,
        staff=_("Our application is not in the tenant, or was removed. Send a new link, so that it is approved again."),
        customer=_(
            "Our application is not in your tenant, or was removed there. If that was not meant, open your link and "
            "approve it once more."
        ),
        needs=Needs(MAY_CONSENT),
        by_link=True,
        contacts=APPROVERS,
        source=SOURCE,
    ),
    Cause(
        code="AADSTS7000112",
        also=(
            "AADSTS70001",
            "AADSTS1000031",
        ),
        owner=Owner.CUSTOMER,
        staff=_(
            "Our application is switched off in the tenant. The customer has to enable it: among the Enterprise apps, "
            "in its Properties, “Enabled for users to sign-in?”. No new link is needed."
        ),
        customer=_(
            "Our application is switched off in your tenant. Find it among the Enterprise apps and set “Enabled for "
            "users to sign-in?” in its Properties to Yes. You need not approve anything again."
        ),
        needs=portal_paths.SWITCH_ON,
        source="https://learn.microsoft.com/entra/identity/enterprise-apps/disable-user-sign-in-portal",
    ),
    Cause(
        code="AADSTS501051",
        owner=Owner.CUSTOMER,
        staff=_(
            "Our application is only let in where it is assigned. The customer has to set “Assignment required?” of "
            "our application to No. No new link is needed."
        ),
        customer=_(
            "Our application is only let in where it is assigned. Find it among the Enterprise apps and set "
            "“Assignment required?” in its Properties to No. You need not approve anything again."
        ),
        needs=portal_paths.REQUIRE_NO_ASSIGNMENT,
        source=SOURCE,
    ),
    Cause(
        code="AADSTS500014",
        owner=Owner.CUSTOMER,
        staff=_("Microsoft Graph is switched off in the tenant. The customer has to enable it under Enterprise apps."),
        customer=_(
            "Microsoft Graph is switched off in your tenant. Find it under Enterprise apps (application type: "
            "Microsoft applications) and enable it."
        ),
        needs=portal_paths.SWITCH_ON,
        source=SOURCE,
    ),
    Cause(
        code="AADSTS5000225",
        also=("AADSTS5000224",),
        owner=Owner.CUSTOMER,
        staff=_("Microsoft has blocked the tenant. The customer has to open a support request at Microsoft."),
        customer=_("Microsoft has blocked your tenant. Open a support request at Microsoft."),
        needs=portal_paths.ASK_MICROSOFT,
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90002",
        also=(
            "AADSTS900021",
            "AADSTS900023",
        ),
        owner=Owner.CS,
        staff=_("Microsoft knows no such tenant. Correct the tenant ID in the customer's record."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90038",
        also=(
            "AADSTS900382",
            "AADSTS700023",
            "AADSTS90043",
            "AADSTS90051",
        ),
        owner=Owner.CS,
        staff=_(
            "The tenant is in another Microsoft cloud, where our application is not registered. We cannot set it up "
            "there yet. Other customers are not affected; tell our engineers which cloud it is."
        ),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS7000215",
        also=(
            "AADSTS7000222",
            "AADSTS7000218",
            "AADSTS700027",
            "AADSTS50012",
            "AADSTS700025",
            "AADSTS700030",
            "AADSTS7000216",
            "AADSTS7000213",
            "AADSTS7000214",
            "AADSTS700024",
            "AADSTS700021",
            "AADSTS5002738",
        ),
        owner=Owner.ENGINEERS,
        staff=_("Microsoft refuses our own credential. Our engineers have to replace it at once."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS50059",
        also=(
            "AADSTS90019",
            "AADSTS9001023",
            "AADSTS500011",
            "AADSTS1002012",
            "AADSTS90014",
        ),
        owner=Owner.ENGINEERS,
        staff=_("We asked Microsoft at the wrong address. Our engineers have to correct it."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90033",
        also=(
            "AADSTS90055",
            "AADSTS50196",
            "AADSTS90006",
            "AADSTS90024",
            "AADSTS90025",
            "AADSTS90012",
            "AADSTS90090",
            "AADSTS90091",
        ),
        owner=Owner.MICROSOFT,
        staff=_("Microsoft's sign-in service is busy. Nothing to do; we try again."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90036",
        owner=Owner.CUSTOMER,
        staff=_(
            "Microsoft's directory has a lasting fault. The customer has to open a support request with the request ID."
        ),
        customer=_(
            "Microsoft reports a lasting fault in your directory. Open a support request at Microsoft and give the "
            "request ID; your contact at Haiilo can name it."
        ),
        needs=portal_paths.ASK_MICROSOFT,
        source=SOURCE,
    ),
)
