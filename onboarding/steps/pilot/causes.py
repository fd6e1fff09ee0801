"""Why there is no test user yet, or why the account of the test user could not be created.

Why Microsoft skipped or failed a person has entries of its own (`onboarding.causes.people`); an entry here says whose
account it was, and holds that explanation in `why` for us and in `advice` for the customer's admin.
"""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

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


PILOT_NEEDED = Cause(code=Code.PILOT_NEEDED, owner=Owner.CS, staff=_("Choose one test user"))
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
FAILED = {cause.owner: cause for cause in (PILOT_FAILED, FAILED_BY_CUSTOMER, FAILED_BY_MICROSOFT, FAILED_FOR_ENGINEERS)}
CAUSES = (PILOT_NEEDED, PERSON_UNKNOWN, PERSON_DISABLED, PERSON_OUT_OF_SCOPE, *FAILED.values(), NOT_KEPT)
