"""Why the tenant is not ready: what we may do there, and what our application owns there."""

from __future__ import annotations

from onboarding.steps.shared.owner_causes import NOT_OWNED, OWNS_TOO_MUCH
from onboarding.steps.shared.permission_causes import PERMISSION_VOID, PERMISSIONS_MISSING, PERMISSIONS_REFUSED

CAUSES = (PERMISSIONS_MISSING, PERMISSIONS_REFUSED, PERMISSION_VOID, *NOT_OWNED, OWNS_TOO_MUCH)
