"""Who is assigned and left out all the same, in words."""

from __future__ import annotations

from onboarding.domain.sentences import plural

NESTED = plural(
    "%(count)s person is only in a group within an assigned group and is left out, because Microsoft provisions direct "
    "members only. Assign the inner group directly.",
    "%(count)s people are only in groups within assigned groups and are left out, because Microsoft provisions direct "
    "members only. Assign the inner groups directly.",
)
DISABLED = plural(
    "%(count)s assigned account is disabled and will not be created.",
    "%(count)s assigned accounts are disabled and will not be created.",
)
