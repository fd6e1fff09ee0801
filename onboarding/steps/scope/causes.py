"""Why nobody is in scope: what is assigned to the application leaves nobody whom Microsoft would create."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, ClickPath, Needs, Owner, Portal
from onboarding.causes.portal_paths import EDIT_PEOPLE
from onboarding.causes.roles import APPLICATION_OWNERS, MAY_ASSIGN
from onboarding.domain.sentences import say

ASSIGNING = "https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal"
SCOPING = "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"


class Code(enum.StrEnum):
    """What the step can ask for."""

    NOBODY_IN_SCOPE = "nobody_in_scope"
    NOBODY_WITHOUT_P1 = "nobody_without_p1"
    ONLY_DISABLED = "only_disabled"
    ONLY_DEFAULT_ACCESS = "only_default_access"
    ONLY_NESTED = "only_nested"
    EMPTY_GROUPS = "empty_groups"
    EVERYBODY_FAILS = "everybody_fails"


# The portal's menus “Users” and “Groups” are left out: these words name things of ours too, and are translated there.
ASSIGN = Needs(
    MAY_ASSIGN,
    ClickPath(
        Portal.ENTRA,
        (
            _("Entra ID"),
            _("Enterprise apps"),
            "%(application)s",
            _("Users and groups"),
            _("Add user/group"),
            _("Assign"),
        ),
    ),
)
REASSIGN = Needs(
    MAY_ASSIGN,
    ClickPath(
        Portal.ENTRA,
        (
            _("Entra ID"),
            _("Enterprise apps"),
            "%(application)s",
            _("Users and groups"),
            _("Edit assignment"),
            _("Select a role"),
            _("Assign"),
        ),
    ),
)
ENABLE = Needs(
    say(_("User Administrator")),
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("All users"), _("Properties"), _("Account enabled"))),
)
FILL = Needs(
    say(_("Groups Administrator, or owner of the group")),
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("All groups"), "%(groups)s", _("Members"), _("Add members"))),
)
NOBODY_IN_SCOPE = Cause(
    code=Code.NOBODY_IN_SCOPE,
    owner=Owner.CUSTOMER,
    staff=_("Nobody is assigned to the application. The customer has to assign users or groups to it."),
    customer=_(
        "Nobody is assigned to your Haiilo application yet. Assign the people or groups who are to get a Haiilo "
        "account."
    ),
    needs=ASSIGN,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=ASSIGNING,
)
NOBODY_WITHOUT_P1 = Cause(
    code=Code.NOBODY_WITHOUT_P1,
    owner=Owner.CUSTOMER,
    staff=_(
        "Nobody is assigned to the application. The tenant has no Entra ID P1 licence, so groups cannot be assigned: "
        "the customer has to assign people one by one."
    ),
    customer=_(
        "Nobody is assigned to your Haiilo application yet. Your tenant has no Entra ID P1 licence, so groups cannot "
        "be assigned. Assign the people who are to get a Haiilo account one by one."
    ),
    needs=ASSIGN,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=ASSIGNING,
)
ONLY_DEFAULT_ACCESS = Cause(
    code=Code.ONLY_DEFAULT_ACCESS,
    owner=Owner.CUSTOMER,
    staff=_(
        "Whoever is assigned has the role “Default Access” only, with which provisioning jobs from before 2020 leave "
        "people out, and this job was there already. The customer has to assign another role of the application."
    ),
    customer=_(
        "Whoever is assigned to your Haiilo application has the role “Default Access” only, and Microsoft may leave "
        "them out. Edit the assignments and select another role, such as “User”."
    ),
    needs=REASSIGN,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=SCOPING,
)
ONLY_DISABLED = Cause(
    code=Code.ONLY_DISABLED,
    owner=Owner.CUSTOMER,
    staff=_("Only disabled accounts are assigned. The customer has to enable them, or to assign other people."),
    customer=_(
        "All accounts that are assigned to your Haiilo application are disabled. Enable them, or assign other people."
    ),
    needs=ENABLE,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=SCOPING,
)
ONLY_NESTED = Cause(
    code=Code.ONLY_NESTED,
    owner=Owner.CUSTOMER,
    staff=_(
        "The assigned groups contain only other groups, and Microsoft provisions direct members only. The customer "
        "has to assign the inner groups, or the people themselves."
    ),
    customer=_(
        "The groups that are assigned to your Haiilo application contain only other groups, and Microsoft provisions "
        "direct members only. Assign the inner groups, or the people themselves."
    ),
    needs=ASSIGN,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=SCOPING,
)
EMPTY_GROUPS = Cause(
    code=Code.EMPTY_GROUPS,
    owner=Owner.CUSTOMER,
    staff=_("The assigned groups are empty. The customer has to add people to them, or to assign others."),
    customer=_(
        "The groups that are assigned to your Haiilo application are empty. Add people to them, or assign other "
        "people or groups."
    ),
    needs=FILL,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=ASSIGNING,
)
EVERYBODY_FAILS = Cause(
    code=Code.EVERYBODY_FAILS,
    owner=Owner.CUSTOMER,
    staff=_(
        "Nobody in scope can get an account as their data is in Entra. %(reason)s The customer has to correct the data."
    ),
    customer=_("Nobody who is assigned can get a Haiilo account yet. %(reason)s Correct the data in Entra."),
    needs=EDIT_PEOPLE,
    source=SCOPING,
)
CAUSES = (
    *(NOBODY_IN_SCOPE, NOBODY_WITHOUT_P1, ONLY_DEFAULT_ACCESS, ONLY_DISABLED, ONLY_NESTED, EMPTY_GROUPS),
    EVERYBODY_FAILS,
)
