"""What Microsoft says of the SCIM address and token, and of a job that it quarantined."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner

SOURCE = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"

CREDENTIALS: tuple[Cause, ...] = (
    Cause(
        code="SystemForCrossDomainIdentityManagementInvalidCredentials",
        owner=Owner.CS,
        staff=_("The SCIM address is no valid address. Correct the Haiilo address in the customer's record."),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementCredentialValidationUnavailable",
        owner=Owner.CS,
        staff=_(
            "Microsoft could not reach Haiilo at this address, or got no SCIM answer. Check the Haiilo "
            "address letter by letter, and that SCIM is switched on for this customer."
        ),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementCredentialValidationFailure",
        owner=Owner.CS,
        staff=_(
            "Microsoft reached Haiilo, but Haiilo refused the token. Create a new access token in Haiilo and "
            "enter it here."
        ),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementServiceIncompatible",
        owner=Owner.ENGINEERS,
        staff=_("Haiilo's answer is not valid SCIM. Our engineers have to compare it with the standard."),
        source=SOURCE,
    ),
    Cause(
        code="CredentialValidationUnavailable",
        owner=Owner.CS,
        staff=_("Microsoft could not finish the test of address and token. Check both, then try again."),
        source=SOURCE,
    ),
    Cause(
        code="EncounteredQuarantineException",
        owner=Owner.CS,
        staff=_(
            "Microsoft has put the job aside: address or token no longer work. Enter a new token, then start again."
        ),
        source=SOURCE,
    ),
    Cause(
        code="EncounteredBaseEscrowThreshold",
        also=(
            "EncounteredTotalEscrowThreshold",
            "EncounteredEscrowProportionThreshold",
        ),
        owner=Owner.CS,
        staff=_(
            "Microsoft has put the job aside because too many people failed. Remove the most frequent cause, "
            "then restart."
        ),
        source=SOURCE,
    ),
    Cause(
        code="TooManyDeletes",
        owner=Owner.CUSTOMER,
        staff=_(
            "More people would be removed than the deletion guard allows. Check whether that is meant: allow "
            "it, or assign them again."
        ),
        source=SOURCE,
    ),
    Cause(
        code="QuarantinedOnDemand",
        owner=Owner.CUSTOMER,
        staff=_("Microsoft has put the job aside by hand. Open a support case with Microsoft."),
        source=SOURCE,
    ),
    Cause(
        code="IngestionInterrupted",
        owner=Owner.MICROSOFT,
        staff=_("Microsoft was interrupted while reading the directory. It tries again; restart if it lasts a day."),
        source=SOURCE,
    ),
    Cause(
        code="Unknown",
        owner=Owner.CS,
        staff=_("Microsoft has put the job aside and gives no reason. Test address and token, then start again."),
        source=SOURCE,
    ),
)
