"""Text in an address that neither a log nor a browser's history may show: encrypted, and of use to one reader only.

Nothing is kept here; the address itself carries the encrypted text, so that going back and reloading just work.
"""

from __future__ import annotations

import base64
import binascii

from django.conf import settings

from onboarding.domain.encryption import CannotDecrypt, decrypt, encrypt
from onboarding.models import Onboarding

KIND = "address"
MAX_LENGTH = 4000


def hidden(text: str, *, onboarding: Onboarding, reader: int) -> str:
    """`text` for an address about `onboarding` that `reader` (a user's key) is given; empty for an empty one."""
    if not text:
        return ""
    sealed = encrypt(text, owner=_owner(onboarding, reader), kind=KIND, keys=settings.ENCRYPTION_KEYS)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def opened(given: str, *, onboarding: Onboarding, reader: int) -> str:
    """The text again; empty for what was not encrypted here, for this reader and this onboarding."""
    try:
        sealed = base64.b64decode(given[:MAX_LENGTH] + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        return decrypt(sealed, owner=_owner(onboarding, reader), kind=KIND, keys=settings.ENCRYPTION_KEYS)
    except (CannotDecrypt, ValueError, binascii.Error):
        return ""


def _owner(onboarding: Onboarding, reader: int) -> str:
    return f"{reader}:{onboarding.pk}"
