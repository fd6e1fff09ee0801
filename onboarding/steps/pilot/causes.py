"""Why there is no test user yet, or why the account of the test user could not be created.

Why Microsoft skipped or failed a person has entries of its own (`onboarding.causes.people`); an entry here says whose
account it was, and holds that explanation in `why` for us and in `advice` for the customer's admin.
"""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner

ON_DEMAND = "https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand"


class Code(enum.StrEnum):
    """What the step can ask for."""

    PILOT_NEEDED = "pilot_needed"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_DISABLED = "person_disabled"
    PERSON_OUT_OF_SCOPE = "person_out_of_scope"
    PILOT_FAILED = "pilot_failed"
    FAILED_BY_CUSTOMER = "pilot_failed_customer"
    FAILED_BY_MICROSOFT = "pilot_failed_microsoft"
    FAILED_FOR_ENGINEERS = "pilot_failed_engineers"
    NOT_KEPT = "pilot_not_kept"
    FILTERED = "pilot_filtered"
    ONLY_READ = "pilot_only_read"
    NOT_TOLD = "pilot_not_told"


PILOT_NEEDED = Cause(code=Code.PILOT_NEEDED, owner=Owner.CS, staff=_("Choose the test users"))
PERSON_UNKNOWN = Cause(
    code=Code.PERSON_UNKNOWN,
    owner=Owner.CS,
    staff=_("The tenant has nobody called “%(name)s”. Choose another test user."),
)
PERSON_DISABLED = Cause(
    code=Code.PERSON_DISABLED,
    owner=Owner.CS,
    staff=_("The account of %(name)s is disabled in the tenant. Choose another test user."),
)
PERSON_OUT_OF_SCOPE = Cause(
    code=Code.PERSON_OUT_OF_SCOPE,
    owner=Owner.CS,
    staff=_("%(name)s is not in scope. Choose somebody who is assigned, or have this person assigned."),
    source=ON_DEMAND,
)
_FAILED = _("%(name)s could not be created in Haiilo. %(why)s")
PILOT_FAILED = Cause(code=Code.PILOT_FAILED, owner=Owner.CS, staff=_FAILED, source=ON_DEMAND)
FAILED_BY_CUSTOMER = Cause(
    code=Code.FAILED_BY_CUSTOMER,
    owner=Owner.CUSTOMER,
    staff=_FAILED,
    customer=_("The account of %(name)s could not be created in Haiilo. %(advice)s"),
    source=ON_DEMAND,
)
FAILED_BY_MICROSOFT = Cause(code=Code.FAILED_BY_MICROSOFT, owner=Owner.MICROSOFT, staff=_FAILED, source=ON_DEMAND)
FAILED_FOR_ENGINEERS = Cause(code=Code.FAILED_FOR_ENGINEERS, owner=Owner.ENGINEERS, staff=_FAILED, source=ON_DEMAND)
NOT_KEPT = Cause(
    code=Code.NOT_KEPT,
    owner=Owner.ENGINEERS,
    staff=_(
        "Haiilo accepted the account of %(name)s but returns other data than it was sent. Our engineers have to look "
        "into it."
    ),
)
FILTERED = Cause(
    code=Code.FILTERED,
    owner=Owner.CUSTOMER,
    staff=_("A scoping filter of the provisioning leaves out %(name)s. The customer has to change the filter."),
    customer=_("A scoping filter of the provisioning leaves out %(name)s. Change the filter, or name somebody else."),
    needs=portal_paths.EDIT_SCOPE,
    source="https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts",
)
ONLY_READ = Cause(
    code=Code.ONLY_READ,
    owner=Owner.CS,
    staff=_(
        "Microsoft read the account of %(name)s, but sent nothing to Haiilo and gives no reason. Try again in some "
        "minutes, or choose another test user."
    ),
    source=ON_DEMAND,
)
NOT_TOLD = Cause(
    code=Code.NOT_TOLD,
    owner=Owner.CS,
    staff=_(
        "Microsoft's answer does not say whether the account of %(name)s was created. Look for it in Haiilo, then try "
        "again; a second try makes no second account."
    ),
    source=ON_DEMAND,
)
FAILED = {cause.owner: cause for cause in (PILOT_FAILED, FAILED_BY_CUSTOMER, FAILED_BY_MICROSOFT, FAILED_FOR_ENGINEERS)}
CAUSES = (
    PILOT_NEEDED,
    PERSON_UNKNOWN,
    PERSON_DISABLED,
    PERSON_OUT_OF_SCOPE,
    *FAILED.values(),
    NOT_KEPT,
    FILTERED,
    ONLY_READ,
    NOT_TOLD,
)
