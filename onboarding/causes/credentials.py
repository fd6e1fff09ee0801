"""What Microsoft says of the SCIM address and token, and of a job that it quarantined."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS

SOURCE = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"
DELETIONS = "https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions"

CREDENTIALS: tuple[Cause, ...] = (
    Cause(
        code="SystemForCrossDomainIdentityManagementInvalidCredentials",
        owner=Owner.CS,
        staff=_("The SCIM address is not valid. Open “Edit” and propose the right Haiilo address."),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementCredentialValidationUnavailable",
        owner=Owner.CS,
        staff=_(
            "Microsoft could not reach Haiilo at this address, or got no SCIM answer. Check the address letter by "
            "letter, and whether SCIM is switched on for this customer."
        ),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementCredentialValidationFailure",
        owner=Owner.CS,
        staff=_(
            "Microsoft reached Haiilo, but Haiilo refused the token. Create a new access token in Haiilo (Settings > "
            "Access tokens) and paste it here."
        ),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementServiceIncompatible",
        owner=Owner.ENGINEERS,
        staff=_("Haiilo's answer is not valid SCIM. Our engineers have to look into it."),
        source=SOURCE,
    ),
    Cause(
        code="CredentialValidationUnavailable",
        owner=Owner.CS,
        staff=_("Microsoft could not finish the connection test. Check the address and the token, then test again."),
        source=SOURCE,
    ),
    Cause(
        code="EncounteredQuarantineException",
        owner=Owner.CS,
        staff=_(
            "Microsoft has quarantined the job: the address or the token no longer works. Enter a new token, then "
            "restart provisioning."
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
            "Microsoft has quarantined the job because too many people failed. Remove the most frequent cause, then "
            "restart provisioning."
        ),
        source=SOURCE,
    ),
    Cause(
        code="TooManyDeletes",
        owner=Owner.CUSTOMER,
        staff=_(
            "Microsoft has held back the deletions: more people would be removed than the threshold allows. The "
            "customer has to choose “Allow deletes”, or assign the people again."
        ),
        customer=_(
            "Microsoft has held back the deletions: more people would be removed from Haiilo than the threshold "
            "allows. If that is intended, choose “Allow deletes”; if not, assign the people again."
        ),
        needs=portal_paths.ALLOW_DELETIONS,
        contacts=APPLICATION_OWNERS,
        source=DELETIONS,
    ),
    Cause(
        code="QuarantinedOnDemand",
        owner=Owner.CUSTOMER,
        staff=_("Microsoft has quarantined the job by hand. The customer has to open a support request at Microsoft."),
        customer=_("Microsoft has quarantined the provisioning job by hand. Open a support request at Microsoft."),
        needs=portal_paths.ASK_MICROSOFT,
        source=SOURCE,
    ),
    Cause(
        code="IngestionInterrupted",
        owner=Owner.MICROSOFT,
        staff=_("Microsoft was interrupted while reading the directory. It tries again; restart if that lasts a day."),
        source=SOURCE,
    ),
    Cause(
        code="Unknown",
        owner=Owner.CS,
        staff=_(
            "Microsoft has quarantined the job and gives no reason. Test address and token, then restart provisioning."
        ),
        source=SOURCE,
    ),
)
