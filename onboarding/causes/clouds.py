"""A tenant in another of Microsoft's clouds, where no application of ours is registered."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from graphclient import CHINA, US_GOV_L4, US_GOV_L5
from onboarding.causes.base import Cause, Owner
from onboarding.domain.sentences import Sentence, say

NATIONAL_CLOUDS = "https://learn.microsoft.com/graph/deployments"

OTHER_CLOUD = Cause(
    code="other_cloud",
    owner=Owner.CS,
    staff=_(
        "This tenant is in %(cloud)s. We cannot set it up there yet, so no link can be made. Tell our engineers, or "
        "correct the domains if the customer has another tenant."
    ),
    customer=_(
        "Your Microsoft tenant is in %(cloud)s, where we cannot set up accounts yet. We have to clear that first and "
        "get in touch; you have nothing to do."
    ),
    source=NATIONAL_CLOUDS,
)
_NAMES = {
    US_GOV_L4.name: say(_("Microsoft's US Government cloud")),
    US_GOV_L5.name: say(_("Microsoft's US Government cloud for the Department of Defense")),
    CHINA.name: say(_("Microsoft's cloud in China (21Vianet)")),
}
_UNNAMED = say(_("another Microsoft cloud"))


def named(cloud: str) -> Sentence:
    """How people call the cloud of this name."""
    return _NAMES.get(cloud, _UNNAMED)
