"""What is said before the saved token expires, where it is known when. Pure."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_noop as _

from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.token_expiry import Expiry
from onboarding.steps.connection.evidence import saved_token

EXPIRES = _("The saved token expires on %(day)s.")
EXPIRED = _("The saved token was to expire on %(day)s.")
NOTED = _("%(why)s It stays in use until a new one has been tested and saved.")


def saved_expiry(desired: Desired) -> Expiry | None:
    """When the token expires that we saved last; None where nobody has said, or somebody else saved it."""
    stored = saved_token(desired).get("expires")
    return Expiry.from_json(stored if isinstance(stored, dict) else None)


def note(desired: Desired) -> Sentence | None:
    """What is noted beside a connection that works."""
    why = due(desired, desired.token_noted_within)
    return say(NOTED, why=why) if why else None


def due(desired: Desired, within: timedelta) -> Sentence | None:
    """That the saved token expires `within` that time, or should have; None while there is more, or none is known."""
    found = saved_expiry(desired)
    if found is None or found.at - desired.now > within:
        return None
    return say(EXPIRES if found.at > desired.now else EXPIRED, day=f"{found.at:%Y-%m-%d}")
