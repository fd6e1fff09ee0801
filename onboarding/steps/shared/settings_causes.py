"""Why what is stored for the connection cannot be written; each step that writes it can give these causes."""

from __future__ import annotations

import enum

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner

SECRETS = "https://learn.microsoft.com/graph/api/synchronization-synchronization-secrets"


class SettingsCode(enum.StrEnum):
    """What is wrong with the settings."""

    SETTINGS_UNSEEN = "settings_unseen"
    SETTINGS_REFUSED = "settings_refused"


SETTINGS_UNSEEN = Cause(
    code=SettingsCode.SETTINGS_UNSEEN,
    owner=Owner.CS,
    staff=_(
        "Microsoft does not show us some settings of the job (%(names)s). Saving the token replaces all settings, so "
        "nothing is saved yet. Ask the customer what stands in Entra under Provisioning > Settings, and enter it here."
    ),
    source=SECRETS,
)
SETTINGS_REFUSED = Cause(
    code=SettingsCode.SETTINGS_REFUSED,
    owner=Owner.ENGINEERS,
    staff=_(
        "Microsoft does not take the notification settings that carry “Prevent accidental deletions” (%(code)s). "
        "Nothing was changed. Our engineers have to set an address for them in NOTIFICATION_RECIPIENTS."
    ),
    source="https://github.com/microsoftgraph/msgraph-metadata/issues/347",
)
SETTINGS_CAUSES = (SETTINGS_UNSEEN, SETTINGS_REFUSED)
