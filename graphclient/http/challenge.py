"""Whether an answer refuses the token itself, and what a fresh one must satisfy: pure.

Entra documentation, "Claims challenges": 401 with ``WWW-Authenticate: Bearer … claims="<base64 of JSON>"``.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from .decide import parsed, read_envelope
from .wire import Answer, Lost

_CLAIMS = re.compile(r'\bclaims="?([A-Za-z0-9+/=_-]+)"?')


@dataclass(frozen=True)
class Challenge:
    """The token is refused. `claims`: JSON that goes into the next token request, None where none was asked for."""

    claims: str | None = None


def challenge_of(outcome: Answer | Lost) -> Challenge | None:
    """An expired or malformed token, or a claims challenge; never the silent 401 of a missing permission."""
    if not isinstance(outcome, Answer) or outcome.status != 401:
        return None
    found = _CLAIMS.search(outcome.headers.get("www-authenticate", ""))
    if found is not None:
        return Challenge(_decoded(found[1]))
    said = read_envelope(outcome.body)
    return Challenge() if said.code.lower() == "invalidauthenticationtoken" else None


def _decoded(text: str) -> str | None:
    """The JSON object in base64 of either alphabet, with or without padding."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        claims = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return claims if isinstance(parsed(claims), dict) else None
