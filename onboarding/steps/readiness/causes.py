"""Why the tenant is not ready: what we may do there, and what our application owns there."""

from __future__ import annotations

from onboarding.steps.shared.owner_causes import NOT_OWNED, OWNS_TOO_MUCH
from onboarding.steps.shared.permission_causes import PERMISSIONS_MISSING, PERMISSIONS_REFUSED

CAUSES = (PERMISSIONS_MISSING, PERMISSIONS_REFUSED, *NOT_OWNED, OWNS_TOO_MUCH)
