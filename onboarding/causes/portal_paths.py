"""Where in Microsoft's portal an act of the customer's admin is done, and which role in Entra it takes."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import ClickPath, Needs, Portal
from onboarding.causes.roles import MAY_ASSIGN, MAY_CONSENT, MAY_CREATE
from onboarding.domain.sentences import say

ASSIGN = Needs(
    MAY_ASSIGN,
    ClickPath(
        Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Users and groups"), _("Add user/group"), _("Assign"))
    ),
)
REMOVE_FROM_APPLICATION = Needs(
    MAY_ASSIGN, ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Users and groups")))
)
EDIT_PEOPLE = Needs(
    say(_("User Administrator")), ClickPath(Portal.ENTRA, (_("Entra ID"), _("Users"), _("All users"), _("Properties")))
)
SWITCH_ON = Needs(
    MAY_CREATE,
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Properties"), _("Enabled for users to sign-in?"))),
)
REQUIRE_NO_ASSIGNMENT = Needs(
    MAY_CREATE,
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Properties"), _("Assignment required?"))),
)
GRANT_CONSENT = Needs(
    MAY_CONSENT,
    ClickPath(
        Portal.ENTRA,
        (
            _("Entra ID"),
            _("Enterprise apps"),
            _("All applications"),
            _("Permissions (Security)"),
            _("Grant admin consent"),
        ),
    ),
)
REVIEW_REQUESTS = Needs(
    MAY_CONSENT,
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Admin consent requests"))),
)
CHANGE_POLICIES = Needs(
    say(_("Conditional Access Administrator")),
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("Conditional Access"), _("Policies"))),
)
CHANGE_CROSS_TENANT_ACCESS = Needs(
    say(_("Security Administrator")),
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("External Identities"), _("Cross-tenant access settings"))),
)
BUY_LICENCES = Needs(
    say(_("Billing Administrator")),
    ClickPath(Portal.ENTRA, (_("Billing"), _("Licenses"))),
)
EDIT_SCOPE = Needs(
    MAY_CREATE,
    ClickPath(
        Portal.ENTRA,
        (_("Entra ID"), _("Enterprise apps"), _("Provisioning"), _("Mappings"), _("Source Object Scope")),
    ),
)
EDIT_MAPPING = Needs(
    MAY_CREATE,
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Provisioning"), _("Mappings"))),
)
SWITCH_SCOPE = Needs(
    MAY_CREATE,
    ClickPath(
        Portal.ENTRA,
        (_("Entra ID"), _("Enterprise apps"), _("Provisioning"), _("Edit provisioning"), _("Settings"), _("Scope")),
    ),
)
ALLOW_DELETIONS = Needs(
    MAY_CREATE,
    ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), _("Provisioning"), _("Allow deletes"))),
)
ASK_MICROSOFT = Needs(
    say(_("Service Support Administrator")),
    ClickPath(Portal.ENTRA, (_("New support request"),)),
)
CREATE_APPLICATION = Needs(
    MAY_CREATE,
    ClickPath(
        Portal.ENTRA,
        (
            _("Entra ID"),
            _("Enterprise apps"),
            _("New application"),
            _("Create your own application"),
            _("Integrate any other application you don't find in the gallery (Non-gallery)"),
        ),
    ),
)
