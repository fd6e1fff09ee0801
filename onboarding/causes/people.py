"""Why one person was skipped, or failed."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS
from onboarding.domain.sentences import plural
from onboarding.domain.standings import InHaiilo, Scope

SOURCE = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-log-analytics"
RECORDS = "https://github.com/elastic/integrations"  # rows that were recorded; Microsoft lists no reasons of skips

SAME_ALREADY = "RedundantExport"
ACCOUNT_GONE = "InvalidAnchor"
NOT_ENTITLED = "NotEffectivelyEntitled"
SCOPING = "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"
FILTERS = "https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts"

PEOPLE: tuple[Cause, ...] = (
    Cause(
        code="Conflict",
        also=("EntryConflict",),
        owner=Owner.CS,
        staff=_(
            "Haiilo has another account with the same user name or e-mail. Correct that account, then provision the "
            "person again."
        ),
        source=SOURCE,
    ),
    Cause(
        code="DuplicateTargetEntries",
        owner=Owner.CS,
        staff=_("More than one Haiilo account matches this person. Merge or rename the duplicates in Haiilo."),
        source=SOURCE,
    ),
    Cause(
        code="SystemForCrossDomainIdentityManagementMultipleEntriesInResponse",
        owner=Owner.ENGINEERS,
        staff=_("Haiilo answered with several accounts where one was expected. Our engineers have to look into it."),
        source=SOURCE,
    ),
    Cause(
        code="DuplicateSourceEntries",
        owner=Owner.CUSTOMER,
        staff=_("Two people in Entra have the same value in the matching attribute. It has to be made unique there."),
        customer=_("Two people in Entra have the same value in the matching attribute. Make it unique there."),
        needs=portal_paths.EDIT_PEOPLE,
        source=SOURCE,
    ),
    Cause(
        code="MandatoryFieldsMissing",
        also=("MissingValues",),
        owner=Owner.CUSTOMER,
        staff=_(
            "A value that Haiilo needs is empty in Entra, often the country, first or last name. It has to be filled "
            "in there."
        ),
        customer=_(
            "A value that Haiilo needs is empty in Entra, often the country, first or last name. Fill it in there."
        ),
        needs=portal_paths.EDIT_PEOPLE,
        source=SOURCE,
    ),
    Cause(
        code="InvalidDomain",
        owner=Owner.CS,
        staff=_("Haiilo does not allow the domain of this address. Add it in Haiilo, or have the address corrected."),
        source=SOURCE,
    ),
    Cause(
        code="SchemaAttributeNotFound",
        also=("SchemaPropertyCanOnlyAcceptValue",),
        owner=Owner.CS,
        staff=_("The mapping sends something that Haiilo does not accept. Check the mapping and save ours."),
        source=SOURCE,
    ),
    Cause(
        code=ACCOUNT_GONE,
        owner=Owner.CS,
        staff=_(
            "The Haiilo account that Microsoft knew is gone. Restore it, or restart provisioning from the beginning."
        ),
        source=SOURCE,
    ),
    Cause(
        code="UnprocessableEntity",
        also=("WebExceptionProtocolError",),
        owner=Owner.ENGINEERS,
        staff=_("Haiilo could not process the request. Our engineers have to look into the log."),
        source=SOURCE,
    ),
    Cause(
        code="InternalServerError",
        owner=Owner.ENGINEERS,
        staff=_("Haiilo failed at that moment. Our engineers have to look into Haiilo's log."),
        source=SOURCE,
    ),
    Cause(
        code="InternalError",
        owner=Owner.MICROSOFT,
        staff=_("Microsoft's service failed at that moment. The next sync tries again."),
        source=SOURCE,
    ),
    Cause(
        code="Timeout",
        owner=Owner.ENGINEERS,
        staff=_("Haiilo answered too late. The next sync tries again; if it is late too, our engineers have to act."),
        source=SOURCE,
    ),
    Cause(
        code="TooManyRequests",
        owner=Owner.MICROSOFT,
        staff=_("Haiilo asked to slow down. Microsoft does so by itself; nothing to do."),
        source=SOURCE,
    ),
    Cause(
        code="InsufficientRights",
        also=(
            "NotPermitted",
            "Unauthorized",
            "MethodNotAllowed",
        ),
        owner=Owner.CS,
        staff=_(
            "The token may not do this in Haiilo. Create one with all rights (Settings > Access tokens) and enter it."
        ),
        source=SOURCE,
    ),
    Cause(
        code="NotImplemented",
        owner=Owner.ENGINEERS,
        staff=_("Haiilo cannot do what was asked. Our engineers have to check the mapping."),
        source=SOURCE,
    ),
    Cause(
        code="LicenseLimitExceeded",
        owner=Owner.CS,
        staff=_("Haiilo has no free seat left. Raise the number of seats, or have fewer people assigned."),
        source=SOURCE,
    ),
    Cause(
        code="ImportSkipped",
        owner=Owner.CUSTOMER,
        staff=_("The person has no value in the matching attribute. It has to be filled in in Entra."),
        customer=_("The person has no value in the matching attribute. Fill in the user principal name in Entra."),
        needs=portal_paths.EDIT_PEOPLE,
        source=SOURCE,
    ),
    Cause(
        code="AttributeValidationFailed",
        owner=Owner.CUSTOMER,
        staff=_("A value that Haiilo needs is empty for this person in Entra. It has to be filled in there."),
        customer=_("A value that Haiilo needs is empty for this person in Entra. Fill it in there."),
        needs=portal_paths.EDIT_PEOPLE,
        source=RECORDS,
    ),
    Cause(
        code=SAME_ALREADY,
        owner=Owner.MICROSOFT,
        staff=_("Haiilo has the same data already. Nothing to do."),
        source=SOURCE,
    ),
    Cause(
        code="RedundantSoftDelete",
        owner=Owner.MICROSOFT,
        staff=_("The account in Haiilo is disabled already. Nothing to do."),
        source=RECORDS,
    ),
    Cause(
        code="EntrySynchronizationSkipped",
        owner=Owner.MICROSOFT,
        staff=_(
            "The person was checked and nothing had to be done. If they should be in Haiilo, they have to be assigned."
        ),
        source=SOURCE,
    ),
    Cause(
        code=NOT_ENTITLED,
        owner=Owner.CUSTOMER,
        staff=_(
            "The person is not assigned, or only through a nested group, or is disabled. The person or their group "
            "has to be assigned directly, and the account enabled."
        ),
        customer=_(
            "The person is not assigned, or only through a nested group, or is disabled. Assign the person or their "
            "group directly, and enable the account."
        ),
        needs=portal_paths.ASSIGN,
        contacts=APPLICATION_OWNERS,
        source=SOURCE,
    ),
)

EMPTY = plural(
    "“%(attribute)s” is empty for this person, and Haiilo needs it. It has to be entered in Entra.",
    "“%(attribute)s” are empty for this person, and Haiilo needs them. They have to be entered in Entra.",
    by="attributes",
)
EMPTY_AT_CUSTOMER = plural(
    "“%(attribute)s” is empty for this person, and Haiilo needs it. Enter it in Entra.",
    "“%(attribute)s” are empty for this person, and Haiilo needs them. Enter them in Entra.",
    by="attributes",
)

# Where it is named which attribute is empty, by Microsoft, in Haiilo's answer or by our forecast: more exact than the
# code alone. A plain BadRequest is what becomes of an answer of Haiilo's that Microsoft has no own code for.
BY_ATTRIBUTE: tuple[Cause, ...] = (
    Cause(
        code="AttributeValidationFailed",
        also=("MandatoryFieldsMissing", "MissingValues", "SystemForCrossDomainIdentityManagementBadRequest"),
        owner=Owner.CUSTOMER,
        staff=EMPTY,
        customer=EMPTY_AT_CUSTOMER,
        needs=portal_paths.EDIT_PEOPLE,
        source=RECORDS,
    ),
)

# What Haiilo itself says of somebody for whom Microsoft has reported an account.
BY_HAIILO: dict[InHaiilo, Cause] = {
    InHaiilo.ABSENT: Cause(
        code="account_lost",
        owner=Owner.ENGINEERS,
        staff=_(
            "Microsoft has reported an account, and Haiilo has none now. Our engineers have to find out who removed "
            "it; then provision the person again."
        ),
    ),
    InHaiilo.INACTIVE: Cause(
        code="account_disabled",
        owner=Owner.CS,
        staff=_(
            "The account is disabled in Haiilo, although the person is in scope. Ask who disabled it; then enable it "
            "in Haiilo or provision the person again."
        ),
    ),
}

# Why Microsoft leaves somebody out, where the assignments tell more than its word for it.
BY_SCOPE: dict[Scope, Cause] = {
    Scope.IN: Cause(
        code=NOT_ENTITLED,
        owner=Owner.MICROSOFT,
        staff=_(
            "Microsoft left the person out, although they are assigned and the account is enabled. A new assignment "
            "takes until the next sync; if it stays so, open a support case with Microsoft."
        ),
        source=SCOPING,
    ),
    Scope.NO_ACCESS: Cause(
        code=NOT_ENTITLED,
        owner=Owner.CUSTOMER,
        staff=_(
            "The person is assigned with the role “Default Access” only, and the job leaves such people out. They "
            "have to be assigned with another role."
        ),
        customer=_(
            "The person is assigned with the role “Default Access” only, and the job leaves such people out. Assign "
            "them with another role."
        ),
        needs=portal_paths.ASSIGN,
        contacts=APPLICATION_OWNERS,
        source=SCOPING,
    ),
    Scope.DISABLED: Cause(
        code=NOT_ENTITLED,
        owner=Owner.CUSTOMER,
        staff=_("The account is disabled in Entra. Nothing to do, unless the person still works there."),
        customer=_("The account is disabled in Entra. Enable it only if the person is still with you."),
        contacts=APPLICATION_OWNERS,
        source=SCOPING,
    ),
    Scope.NESTED: Cause(
        code=NOT_ENTITLED,
        owner=Owner.CUSTOMER,
        staff=_(
            "The person is only in a group within an assigned group, which Microsoft does not open. The inner group, "
            "or the person, has to be assigned directly."
        ),
        customer=_(
            "The person is only in a group within an assigned group, which Microsoft does not open. Assign the inner "
            "group, or the person, directly."
        ),
        needs=portal_paths.ASSIGN,
        contacts=APPLICATION_OWNERS,
        source=SCOPING,
    ),
    Scope.FILTERED: Cause(
        code=NOT_ENTITLED,
        owner=Owner.CUSTOMER,
        staff=_("A scoping filter of the provisioning leaves the person out. The customer has to change the filter."),
        customer=_("A scoping filter of the provisioning leaves the person out. Change the filter if it should not."),
        needs=portal_paths.EDIT_SCOPE,
        contacts=APPLICATION_OWNERS,
        source=FILTERS,
    ),
    Scope.OUT: Cause(
        code=NOT_ENTITLED,
        owner=Owner.CUSTOMER,
        staff=_("The person is not assigned to the application. Nothing to do, unless they should be in Haiilo."),
        customer=_("The person is not assigned to your Haiilo application. Assign them if they should be in Haiilo."),
        needs=portal_paths.ASSIGN,
        contacts=APPLICATION_OWNERS,
        source=SCOPING,
    ),
}

SEARCH_REFUSED = Cause(
    code="invalidFilter",
    owner=Owner.ENGINEERS,
    staff=_(
        "Haiilo refuses to search for the user name because of its characters. Our engineers have to have Haiilo take "
        "them; a user name without them in Entra works at once."
    ),
    source="https://www.rfc-editor.org/rfc/rfc7644",
)
SEARCH_REFUSED_FOR = _(
    "Haiilo refuses to search for “%(value)s” because of the characters %(signs)s. Our engineers have to have Haiilo "
    "take them; a user name without them in Entra works at once."
)
"""The same of one person."""

# Haiilo's own error numbers, and the words of SCIM (RFC 7644, 3.12), which Microsoft hands through inside its reason.
BY_REASON: tuple[Cause, ...] = (
    Cause(
        code="400.76",
        owner=Owner.CUSTOMER,
        staff=_(
            "The person's country is not the name of a Haiilo group. Create the group in Haiilo with exactly this "
            "name, or have the country corrected in Entra."
        ),
        customer=_(
            "The person's country is not the name of a Haiilo group. Correct the country in Entra, or create a group "
            "with exactly this name in Haiilo."
        ),
        needs=portal_paths.EDIT_PEOPLE,
        source="https://support.haiilo.com",
    ),
    SEARCH_REFUSED,
)
