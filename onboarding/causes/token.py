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
        staff=_("Our application is switched off in the tenant. The customer has to enable it there."),
        customer=_("Our application is switched off in your tenant. Find it among the enterprise apps and enable it."),
        needs=portal_paths.SWITCH_ON,
        source="https://learn.microsoft.com/entra/identity/enterprise-apps/disable-user-sign-in-portal",
    ),
    Cause(
        code="AADSTS90002",
        owner=Owner.CS,
        staff=_("Microsoft knows no such tenant. Correct the tenant ID in the customer's record."),
        source=SOURCE,
    ),
    Cause(
        code="AADSTS90038",
        also=("AADSTS900382",),
        owner=Owner.CS,
        staff=_("The tenant is in another Microsoft cloud. Tell our engineers which one."),
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
