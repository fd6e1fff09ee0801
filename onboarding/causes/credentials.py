"""What Microsoft says of the SCIM address and token, and of a job that it quarantined."""

from __future__ import annotations

import re

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS

SOURCE = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"
DELETIONS = "https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions"

TESTED = (
    "InvalidCredentials",
    "CredentialValidationUnavailable",
    "CredentialValidationFailure",
    "ServiceIncompatible",
    "EncounteredQuarantineException",
)
"""Endings of the codes by which Microsoft says that address and token do not work."""
_NOT_FOUND = ("http/404", "status code: notfound", "404 not found", "404 (not found)")
_WEB_PAGE = ("<html", "<!doctype", "text/html", "<head", "<body", "<title")
_FORBIDDEN = re.compile(r"forbidden|(?<![\w.,-])403(?![\w-])", re.IGNORECASE)  # a tracking id can hold "403" too

START_AGAIN, TRY_ALL_AGAIN, ONLY_ASSIGNED = "start_again", "try_all_again", "send_only_assigned"  # keys of remedies

TOO_MANY_FAILED = Cause(
    code="EncounteredBaseEscrowThreshold",
    also=(
        "EncounteredTotalEscrowThreshold",
        "EncounteredEscrowProportionThreshold",
    ),
    owner=Owner.CS,
    remedies=(TRY_ALL_AGAIN,),
    staff=_(
        "Microsoft has quarantined the job because too many people failed. Remove the most frequent cause first; then "
        "have them tried again."
    ),
    source=SOURCE,
)
GROUPS_UNANSWERED = Cause(
    code="GroupsUnanswered",
    owner=Owner.ENGINEERS,
    staff=_(
        "Address and token are not the reason: Microsoft's connection test also asks Haiilo for groups (/Groups), and "
        "Haiilo does not answer that with an empty list. Our engineers have to make Haiilo answer it."
    ),
    source="https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups",
)
FIREWALL_REFUSES = Cause(
    code="FirewallRefuses",
    owner=Owner.ENGINEERS,
    staff=_(
        "Address and token are not the reason: a firewall before Haiilo answers Microsoft with a web page (403 "
        "Forbidden). Microsoft names no program (User-Agent) in its requests. Our engineers have to let them through."
    ),
    source="https://github.com/kortix-ai/suna/issues/7297",
)


def says_forbidden(told: str) -> bool:
    """Whether Haiilo's answer, as Microsoft quotes it in `told`, is 403 (Forbidden)."""
    return _FORBIDDEN.search(told) is not None


def by_answer(code: str, message: str) -> Cause | None:
    """What Haiilo's answer, as Microsoft quotes it, says of a failed connection test; it is more exact than the code.

    Users and groups are asked for. Our address is made from the customer's host, so a 404 that names no users is that
    of the groups (docs/graph-facts.md, "Connection test and secrets").
    """
    said = message.lower().replace("%2f", "/")
    if not code.lower().endswith(tuple(ending.lower() for ending in TESTED)):
        return None
    if any(mark in said for mark in _WEB_PAGE) and says_forbidden(said):
        return FIREWALL_REFUSES
    if "/groups" in said:
        return GROUPS_UNANSWERED
    incompatible = code.lower().endswith("serviceincompatible") and "/users" not in said
    return GROUPS_UNANSWERED if incompatible and any(mark in said for mark in _NOT_FOUND) else None


CREDENTIALS: tuple[Cause, ...] = (
    GROUPS_UNANSWERED,
    FIREWALL_REFUSES,
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
            "Access tokens) and enter it in the step “Connection”."
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
            "Microsoft has quarantined the job: the address or the token no longer works. Enter a new token in the "
            "step “Connection”; then start provisioning again."
        ),
        remedies=(START_AGAIN,),
        source=SOURCE,
    ),
    TOO_MANY_FAILED,
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
        remedies=(START_AGAIN,),
        staff=_(
            "Microsoft was interrupted while reading the directory. It tries again by itself; if that lasts a day, "
            "start provisioning again."
        ),
        source=SOURCE,
    ),
    Cause(
        code="Unknown",
        owner=Owner.CS,
        staff=_(
            "Microsoft has quarantined the job and gives no reason. Where its own test says that address and token "
            "work, start provisioning again."
        ),
        remedies=(START_AGAIN,),
        source=SOURCE,
    ),
)
