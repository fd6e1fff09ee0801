"""Whether an answer refuses the token itself, and which claims a fresh token must satisfy. Pure.

Microsoft identity platform, "Claims challenges, claims requests, and client capabilities": a claims challenge is a 401
with ``WWW-Authenticate: Bearer … claims="<base64 of JSON>"``.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from .envelope import parsed, read_envelope
from .exchange import Answer, Lost

_CLAIMS = re.compile(r'\bclaims="?([A-Za-z0-9+/=_-]+)"?')


@dataclass(frozen=True)
class Challenge:
    """The token is refused. `claims`: JSON for the next token request, None where Graph asked for none."""

    claims: str | None = None


def challenge_of(outcome: Answer | Lost) -> Challenge | None:
    """The challenge of a 401 for an expired or malformed token, or for claims; None for any other outcome.

    A 401 without a message is a missing permission (docs/graph-facts.md, "Permissions and ownership"), no challenge.
    """
    if not isinstance(outcome, Answer) or outcome.status != 401:
        return None
    found = _CLAIMS.search(outcome.headers.get("www-authenticate", ""))
    if found is not None:
        return Challenge(_decoded(found[1]))
    envelope = read_envelope(outcome.body)
    return Challenge() if envelope.code.lower() == "invalidauthenticationtoken" else None


def _decoded(text: str) -> str | None:
    """The JSON object in base64 of either alphabet, with or without padding."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        claims = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return claims if isinstance(parsed(claims), dict) else None
