"""The application that was chosen is no longer in the tenant; each step that needs it can meet that.

The portal does not list deleted enterprise applications ("Deletion and recovery of applications FAQ"), so they are
restored by the command that Microsoft documents, which takes the object id.
"""

from __future__ import annotations

import enum
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from onboarding.causes import portal_paths
from onboarding.causes.base import Cause, Owner
from onboarding.causes.roles import APPLICATION_OWNERS

LOOKED_FOR_AGAIN = timedelta(minutes=10)  # it may be restored without our hearing of it
RESTORE = "https://learn.microsoft.com/entra/identity/enterprise-apps/restore-application"


class GoneCode(enum.StrEnum):
    """Who has to act: the customer, where no other application could take its place, else whoever chooses one."""

    APPLICATION_DELETED = "application_deleted"
    CHOSEN_GONE = "chosen_gone"


APPLICATION_DELETED = Cause(
    code=GoneCode.APPLICATION_DELETED,
    owner=Owner.CUSTOMER,
    staff=_(
        "“%(name)s” was deleted in the customer's tenant, and provisioning with it. Their admin can restore it within "
        "30 days, or create an application whose name begins with “Haiilo”."
    ),
    customer=_(
        "Your application “%(name)s” was deleted, so accounts in Haiilo are not kept up to date. Within 30 days you "
        "can restore it (Microsoft Entra PowerShell: Restore-EntraDeletedDirectoryObject -Id %(id)s), or create an "
        "enterprise application called “Haiilo Provisioning”; we find it by its name."
    ),
    needs=portal_paths.CREATE_APPLICATION,
    elsewhere=True,
    contacts=APPLICATION_OWNERS,
    source=RESTORE,
)
CHOSEN_GONE = Cause(
    code=GoneCode.CHOSEN_GONE,
    owner=Owner.CS,
    staff=_(
        "“%(name)s” was deleted in the customer's tenant, and provisioning with it. Their admin can restore it within "
        "30 days; or choose another application."
    ),
    source=RESTORE,
)
GONE = (APPLICATION_DELETED, CHOSEN_GONE)


def restoring(object_id: str) -> dict[str, str]:
    """How the application is restored, in Microsoft Entra PowerShell: an offer to stand beside the sentence."""
    return {"detail": f"Restore-EntraDeletedDirectoryObject -Id {object_id}"}
