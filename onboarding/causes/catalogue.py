"""The catalogue of explanations: what Microsoft's codes mean for an onboarding, who acts, and what to do. Data only.

Codes and causes: Entra documentation ("Microsoft Entra error codes", "Analyze provisioning logs", "Application
provisioning in quarantine status") and Graph's ("Error responses"); some are known from public issue threads only.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Court

CS, CUSTOMER, MICROSOFT, HAIILO = Court.CS, Court.CUSTOMER, Court.MICROSOFT, Court.HAIILO

Row = tuple[str, Court, str]  # codes, separated by blanks; who acts; the sentence

SCIM = "SystemForCrossDomainIdentityManagement"

SIGN_IN: tuple[Row, ...] = (
    (
        "permission_denied consent_required AADSTS65004",
        CUSTOMER,
        _("The consent was declined. Open the link again and press Accept."),
    ),
    (
        "AADSTS65001",
        CUSTOMER,
        _("Nobody has consented in this tenant yet. A Global or Privileged Role Administrator has to open the link."),
    ),
    (
        "AADSTS90094 AADSTS90093",
        CUSTOMER,
        _("This account may not grant the permissions. Sign in as a Global or Privileged Role Administrator."),
    ),
    (
        "AADSTS90095",
        CUSTOMER,
        _("This account may only ask for approval. A Global or Privileged Role Administrator has to open the link."),
    ),
    (
        "AADSTS50105",
        CUSTOMER,
        _("The account is not assigned to our application. Assign it under Enterprise applications, then try again."),
    ),
    (
        "AADSTS50020 AADSTS90072 AADSTS16000",
        CUSTOMER,
        _(
            "The account belongs to another tenant. Open the link in a private window and use the work "
            "account of this one."
        ),
    ),
    ("AADSTS50034", CUSTOMER, _("There is no such account in this tenant. Check the user name.")),
    ("AADSTS50053", CUSTOMER, _("The account is locked. Wait, or have another administrator unlock it.")),
    ("AADSTS50055", CUSTOMER, _("The password has expired. Change it, then sign in again.")),
    ("AADSTS50057", CUSTOMER, _("The account is disabled. Use an administrator account that is enabled.")),
    ("AADSTS50126", CUSTOMER, _("User name or password is wrong. Enter them again, or reset the password.")),
    (
        "AADSTS50074 AADSTS50076 AADSTS50079",
        CUSTOMER,
        _("The second factor is missing. Finish that prompt, then open the link again."),
    ),
    (
        "AADSTS53000 AADSTS53001",
        CUSTOMER,
        _("The tenant lets only managed devices sign in. Use such a device, or adapt the policy."),
    ),
    (
        "AADSTS53003",
        CUSTOMER,
        _("A Conditional Access policy blocks the access. Allow it there, or sign in from an allowed place."),
    ),
    (
        "AADSTS530032 AADSTS530035",
        CUSTOMER,
        _("A security policy of the tenant blocks the sign-in. Use an account and a device that it allows."),
    ),
    (
        "AADSTS500212 AADSTS500213",
        CUSTOMER,
        _("The cross-tenant access settings forbid the access. Allow our application there."),
    ),
    (
        "AADSTS500021 AADSTS500022",
        CUSTOMER,
        _("The network lets nobody sign in to this tenant. Use another network, or have the tenant allowed."),
    ),
    (
        "AADSTS650052",
        CUSTOMER,
        _("The tenant lacks a service that our application uses. Check its subscriptions, then consent again."),
    ),
    ("AADSTS650051", CUSTOMER, _("Two consents met each other. Open the link again and accept once more.")),
    (
        "AADSTS650056",
        CUSTOMER,
        _("The permissions are incomplete. Open the link again as an administrator and accept."),
    ),
    ("AADSTS54005", CS, _("This sign-in was used already. Begin it again.")),
    (
        "state_mismatch",
        CS,
        _("The answer is too old, or belongs to another sign-in. Open the link again, or ask for a new one."),
    ),
    ("tenant_mismatch", CS, _("Sign-in and consent came from different tenants. Use one work account for both.")),
    ("personal_account", CUSTOMER, _("This is a private Microsoft account. Sign in with the work account.")),
    (
        "AADSTS50011 AADSTS900971 AADSTS50194 AADSTS650054 AADSTS650057 AADSTS70011 AADSTS900144 AADSTS90130",
        HAIILO,
        _("The registration of our own application does not fit. Our engineers have to correct it."),
    ),
)

TOKEN: tuple[Row, ...] = (
    (
        "AADSTS7000229 AADSTS700016 AADSTS700011",
        CUSTOMER,
        _("Our application is not in this tenant, or was removed. Open a new link and consent again."),
    ),
    (
        "AADSTS7000112 AADSTS70001 AADSTS1000031",
        CUSTOMER,
        _("Our application is switched off in this tenant. Enable it under Enterprise applications."),
    ),
    ("AADSTS90002", CS, _("Microsoft knows no such tenant. Correct the tenant ID in the customer's record.")),
    ("AADSTS90038 AADSTS900382", CS, _("The tenant lives in another Microsoft cloud. Tell our engineers which one.")),
    (
        "AADSTS7000215 AADSTS7000222 AADSTS7000218 AADSTS700027 AADSTS50012 AADSTS700025 AADSTS700030",
        HAIILO,
        _("Microsoft refuses our own credential. Our engineers have to replace it at once."),
    ),
    (
        "AADSTS50059 AADSTS90019 AADSTS9001023 AADSTS500011",
        HAIILO,
        _("We asked Microsoft at the wrong address. Our engineers have to look at it."),
    ),
    (
        "AADSTS90033 AADSTS90055 AADSTS50196",
        MICROSOFT,
        _("Microsoft's sign-in service is busy. Nothing to do; we try again."),
    ),
    ("AADSTS90036", CUSTOMER, _("Microsoft's directory has a lasting fault. Open a support case with the request ID.")),
)

GRAPH: tuple[Row, ...] = (
    (
        "InvalidAuthenticationToken",
        HAIILO,
        _("Microsoft did not take our token. If it stays, our engineers have to look."),
    ),
    (
        "Authorization_RequestDenied Authentication_MSGraphPermissionMissing",
        CUSTOMER,
        _("A permission is missing in the tenant. Open a new link and accept all of them."),
    ),
    (
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        CUSTOMER,
        _(
            "The tenant has no Entra ID P1, so Microsoft shows us no log. Read it in the Entra portal, or "
            "add a licence."
        ),
    ),
    (
        "Request_ResourceNotFound Directory_ObjectNotFound",
        MICROSOFT,
        _("Microsoft does not find the object, perhaps not yet. We try again in a minute."),
    ),
    ("Request_MultipleObjectsWithSameKeyValue", CS, _("There is such an object already. Use the existing one.")),
    (
        "Request_BadRequest Request_UnsupportedQuery RequestMissingRequiredParameter RequestParameterInvalid",
        HAIILO,
        _("Our request does not fit what Microsoft expects. Our engineers have to look at it."),
    ),
)

CREDENTIALS: tuple[Row, ...] = (
    (
        f"{SCIM}InvalidCredentials",
        CS,
        _("The SCIM address is no valid address. Correct the Haiilo address in the customer's record."),
    ),
    (
        f"{SCIM}CredentialValidationUnavailable",
        CS,
        _(
            "Microsoft could not reach Haiilo at this address, or got no SCIM answer. Check the Haiilo "
            "address letter by "
            "letter, and that SCIM is switched on for this customer."
        ),
    ),
    (
        f"{SCIM}CredentialValidationFailure",
        CS,
        _(
            "Microsoft reached Haiilo, but Haiilo refused the token. Create a new access token in Haiilo "
            "and enter it here."
        ),
    ),
    (
        f"{SCIM}ServiceIncompatible",
        HAIILO,
        _("Haiilo's answer is not valid SCIM. Our engineers have to compare it with the standard."),
    ),
    (
        "CredentialValidationUnavailable",
        CS,
        _("Microsoft could not finish the test of address and token. Check both, then try again."),
    ),
    (
        "EncounteredQuarantineException",
        CS,
        _("Microsoft has put the job aside: address or token no longer work. Enter a new token, then start again."),
    ),
    (
        "EncounteredBaseEscrowThreshold EncounteredTotalEscrowThreshold EncounteredEscrowProportionThreshold",
        CS,
        _(
            "Microsoft has put the job aside because too many people failed. Remove the most frequent "
            "cause, then restart."
        ),
    ),
    (
        "TooManyDeletes",
        CUSTOMER,
        _(
            "More people would be removed than the deletion guard allows. Check whether that is meant: "
            "allow it, or assign "
            "them again."
        ),
    ),
    (
        "QuarantinedOnDemand",
        CUSTOMER,
        _("Microsoft has put the job aside by hand. Open a support case with Microsoft."),
    ),
    (
        "IngestionInterrupted",
        MICROSOFT,
        _("Microsoft was interrupted while reading the directory. It tries again; restart if it lasts a day."),
    ),
    (
        "Unknown",
        CS,
        _("Microsoft has put the job aside and gives no reason. Test address and token, then start again."),
    ),
)

PEOPLE: tuple[Row, ...] = (
    (
        "Conflict EntryConflict",
        CS,
        _(
            "Haiilo has another account with the same user name or e-mail. Correct that account, then run "
            "the person again."
        ),
    ),
    (
        "DuplicateTargetEntries",
        CS,
        _("More than one Haiilo account matches this person. Merge or rename the doubles in Haiilo."),
    ),
    (
        f"{SCIM}MultipleEntriesInResponse",
        HAIILO,
        _("Haiilo answered with several accounts where one was expected. Our engineers have to look at the search."),
    ),
    ("DuplicateSourceEntries", CUSTOMER, _("Two people in Entra have the same matching value. Make it unique there.")),
    (
        "MandatoryFieldsMissing MissingValues",
        CUSTOMER,
        _("A value that Haiilo needs is empty in Entra. Fill it in there, often the country, first or last name."),
    ),
    (
        "InvalidDomain",
        CS,
        _("Haiilo does not allow the domain of this address. Add it in Haiilo, or have the address corrected."),
    ),
    (
        "SchemaAttributeNotFound SchemaPropertyCanOnlyAcceptValue",
        CS,
        _("The mapping writes something that Haiilo does not take. Look at the mapping again and write ours."),
    ),
    (
        "InvalidAnchor",
        CS,
        _("The Haiilo account that Microsoft knew is gone. Restore it, or restart with everybody read anew."),
    ),
    (
        "UnprocessableEntity WebExceptionProtocolError",
        HAIILO,
        _("Haiilo could not process the request. Our engineers have to look at the answer in the log."),
    ),
    ("InternalServerError", HAIILO, _("Haiilo failed at that moment. Our engineers have to look at Haiilo's log.")),
    ("InternalError", MICROSOFT, _("Microsoft's service failed at that moment. The next run tries again.")),
    (
        "Timeout",
        HAIILO,
        _("Haiilo answered too late. The next run tries again; if it repeats, our engineers have to look."),
    ),
    ("TooManyRequests", MICROSOFT, _("Haiilo asked to slow down. Microsoft does so by itself; nothing to do.")),
    (
        "InsufficientRights NotPermitted Unauthorized MethodNotAllowed",
        CS,
        _("The token may not do this in Haiilo. Create one with all rights and enter it."),
    ),
    ("NotImplemented", HAIILO, _("Haiilo cannot do what was asked. Our engineers have to look at the mapping.")),
    (
        "LicenseLimitExceeded",
        CS,
        _("Haiilo has no free seat left. Raise the number of seats, or make the scope smaller."),
    ),
    (
        "ImportSkipped",
        CUSTOMER,
        _("The person has no value in the matching attribute. Fill in the user principal name in Entra."),
    ),
    ("RedundantExport", MICROSOFT, _("Haiilo has the same data already. Nothing to do.")),
    (
        "EntrySynchronizationSkipped",
        MICROSOFT,
        _("The person was looked at and nothing had to be done. If they should be in Haiilo, assign them."),
    ),
    (
        "NotEffectivelyEntitled",
        CUSTOMER,
        _(
            "The person is not assigned, or only through a nested group, or is disabled. Assign the person "
            "or their group "
            "directly, and enable the account."
        ),
    ),
)

# Haiilo's own errors, which Microsoft hands through inside its reason (Haiilo: "Group does not exist").
BY_REASON: tuple[Row, ...] = (
    (
        "400.76",
        CUSTOMER,
        _(
            "The person's country is not the name of a Haiilo group. Create the group in Haiilo exactly so, or correct "
            "the country in Entra."
        ),
    ),
)

_BY_CODE: dict[str, tuple[Court, str]] = {
    code.lower(): (court, text)
    for rows in (SIGN_IN, TOKEN, GRAPH, CREDENTIALS, PEOPLE)
    for codes, court, text in rows
    for code in codes.split()
}


def explain_code(code: str, reason: str = "") -> tuple[Sentence, Court]:
    """What a code means, in one sentence, and whose court it is in.

    Compared without regard to case and by its end, because an application's name may stand before it. An unknown
    code gives Microsoft's own `reason` and Haiilo's court.
    """
    for mark, court, text in BY_REASON:
        if mark in reason:
            return say(text), court
    found = _entry(code)
    if found is not None:
        court, text = found
        return say(text), court
    if reason.strip():
        return say(_("Microsoft says: %(reason)s"), reason=reason.strip()), HAIILO
    if code:
        return say(_("Microsoft gives the code %(code)s and no reason. Our engineers have to look."), code=code), HAIILO
    return say(_("Microsoft gives no reason. Our engineers have to look.")), HAIILO


def is_known(code: str) -> bool:
    """Whether the catalogue has an explanation of its own for this code."""
    return _entry(code) is not None


def _entry(code: str) -> tuple[Court, str] | None:
    wanted = code.strip().lower()
    matching = [known for known in _BY_CODE if wanted.endswith(known)]
    return _BY_CODE[max(matching, key=len)] if matching else None
