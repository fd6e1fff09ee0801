"""Why we do not only watch yet, or may not set up again yet: as for consent, and the application that has to go."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, ClickPath, ContactRole, Needs, Owner, Portal
from onboarding.causes.roles import MAY_CREATE
from onboarding.steps.consent.causes import CAUSES as CONSENT_CAUSES


class Code(enum.StrEnum):
    """What the step can ask for, besides what consent can."""

    SETUP_STILL_THERE = "setup_still_there"


SETUP_STILL_THERE = Cause(
    code=Code.SETUP_STILL_THERE,
    owner=Owner.CUSTOMER,
    staff=_("Read-only mode is on, but we still could write. Ask the admin to delete “%(name)s” in the tenant."),
    customer=_(
        "Your approval has arrived, and we only read from now on. We still could write until you delete our other "
        "application, “%(name)s”."
    ),
    letter=_(
        "We only read from now on, but still could write until you delete our other application, “%(name)s”. Please "
        "delete it; should something have to be changed one day, we ask you first."
    ),
    needs=Needs(
        MAY_CREATE,
        ClickPath(Portal.ENTRA, (_("Entra ID"), _("Enterprise apps"), "%(name)s", _("Properties"), _("Delete"))),
    ),
    elsewhere=True,
    contacts=(ContactRole.IT_ADMIN, ContactRole.APPROVER),
    source="https://learn.microsoft.com/entra/identity/enterprise-apps/delete-application-portal",
)
CAUSES = (*CONSENT_CAUSES, SETUP_STILL_THERE)
