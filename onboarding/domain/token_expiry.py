"""When a token expires, as far as anybody has said: the token itself, where it is a JSON Web Token (RFC 7519), or the
person who entered it. Only a reason to warn: nothing else is ever read from a token, and nothing is decided by it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any


@dataclass(frozen=True)
class Expiry:
    """The moment, and whether a person told it; else the token says so itself."""

    at: datetime
    told: bool = False

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept, in clear: it is no secret."""
        return {"at": self.at.isoformat(), "told": self.told}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Expiry | None:
        """What `to_json` made; None where nothing was kept."""
        return cls(datetime.fromisoformat(stored["at"]), bool(stored.get("told"))) if stored else None


def of_token(token: str, told: date | None = None) -> Expiry | None:
    """The earlier of what the token says of itself and what a person `told`; None where neither says anything."""
    said = claimed(token)
    given = datetime.combine(told, time(), UTC) if told else None
    if given is not None and (said is None or given < said):
        return Expiry(given, told=True)
    return Expiry(said) if said is not None else None


def claimed(token: str) -> datetime | None:
    """`exp` of a JSON Web Token; None of any other text. The signature is not looked at. Never raises."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        seconds = claims.get("exp") if isinstance(claims, dict) else None
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not seconds > 0:
            return None  # RFC 7519, NumericDate: seconds since 1970, which may have a fraction
        return datetime.fromtimestamp(seconds, UTC)
    except (binascii.Error, ValueError, OverflowError, OSError, RecursionError):
        return None
