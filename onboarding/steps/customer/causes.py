"""Why the customer's tenant is not known."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner
from onboarding.causes.clouds import OTHER_CLOUD


class Code(enum.StrEnum):
    """What the step can ask for."""

    ADDRESS_MISSING = "address_missing"
    DOMAINS_UNKNOWN = "domains_unknown"
    SEVERAL_TENANTS = "several_tenants"
    TENANT_SHARED = "tenant_shared"
    NO_SUCH_TENANT = "no_such_tenant"


ADDRESS_MISSING = Cause(
    code=Code.ADDRESS_MISSING,
    owner=Owner.CS,
    staff=_("No Haiilo address is confirmed yet. Propose one; a colleague in your team has to approve it."),
    elsewhere=True,
)
DOMAINS_UNKNOWN = Cause(
    code=Code.DOMAINS_UNKNOWN,
    owner=Owner.CS,
    staff=_("Microsoft knows none of the domains %(domains)s. Check the spelling, or enter the tenant ID."),
    source="https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc",
)
SEVERAL_TENANTS = Cause(
    code=Code.SEVERAL_TENANTS,
    owner=Owner.CS,
    staff=_("The domains belong to %(count)s different Microsoft tenants. Enter the ID of the right one."),
    source="https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc",
)
TENANT_SHARED = Cause(
    code=Code.TENANT_SHARED,
    owner=Owner.CS,
    staff=_(
        "Another record has the Microsoft tenant of %(domain)s already. If both belong there, propose that they share "
        "it; else correct the domains."
    ),
    elsewhere=True,
)
NO_SUCH_TENANT = Cause(
    code=Code.NO_SUCH_TENANT,
    owner=Owner.CS,
    staff=_("Microsoft knows no tenant with the ID %(tenant)s. Enter the right one."),
    source="https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc",
)
TENANT_UNKNOWN = (DOMAINS_UNKNOWN, SEVERAL_TENANTS, NO_SUCH_TENANT, OTHER_CLOUD)
CAUSES = (ADDRESS_MISSING, *TENANT_UNKNOWN, TENANT_SHARED)
