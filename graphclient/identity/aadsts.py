"""Which error each AADSTS number of Entra's token endpoint stands for.

Microsoft identity platform, "Microsoft Entra authentication and authorization error codes". The token endpoint's error
answer is flat, unlike Graph's; the number in ``error_codes`` decides, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import errors
from ..errors import GraphError

# no service principal or no consent in the tenant, or switched off there; 7000229: docs/graph-facts.md, "Consent"
CONSENT_MISSING = frozenset(
    {7000229, 700016, 700011, 65001, 65004, 650051, 650052, 650056, 7000112, 70001, 1000031, 90093, 90094, 90095}
)
OUR_CREDENTIAL = frozenset({7000215, 7000222, 7000218, 700027, 50012, 700025, 700030, 700024, 700023, 700021, 5002738})
CONDITIONAL_ACCESS = frozenset({53000, 53001, 53003, 530032, 530035, 500021, 500022, 500212, 500213})
OUTAGE_RETRY_SECONDS = {90033: 30.0, 90006: 10.0, 90024: 10.0, 90025: 10.0}  # our choice
THROTTLED_RETRY_SECONDS = {90055: 60.0, 50196: 300.0}
_NUMBER = re.compile(r"AADSTS(\d{4,8})")


def number_of(payload: Mapping[str, Any]) -> int:
    """The first AADSTS number of an error answer, 0 where there is none."""
    codes = payload.get("error_codes")
    if isinstance(codes, list):
        for code in codes:
            if str(code).isdigit():
                return int(code)
    found = _NUMBER.search(str(payload.get("error_description") or ""))
    return int(found[1]) if found else 0


def error_of(payload: Mapping[str, Any], *, path: str = "", status: int = 0, method: str = "POST") -> GraphError:
    """The error that stands for an error answer of the token endpoint."""
    number, word = number_of(payload), str(payload.get("error") or "")
    about: dict[str, Any] = {
        "method": method,
        "path": path,
        "status": status,
        "code": f"AADSTS{number}" if number else word,
        "inner_code": word if number else "",
        "request_id": str(payload.get("correlation_id") or payload.get("trace_id") or ""),
    }
    message = str(payload.get("error_description") or "").partition("\n")[0]
    if number in OUTAGE_RETRY_SECONDS:
        return errors.Unavailable(message, retry_after=OUTAGE_RETRY_SECONDS[number], **about)
    if number in THROTTLED_RETRY_SECONDS:
        return errors.Throttled(message, retry_after=THROTTLED_RETRY_SECONDS[number], **about)
    if word == "temporarily_unavailable":
        return errors.Unavailable(message, **about)
    return _kind(number)(message, **about)


def _kind(number: int) -> type[GraphError]:
    if number in CONSENT_MISSING:
        return errors.ConsentMissing
    if number in OUR_CREDENTIAL:
        return errors.OurCredentialRefused
    if number in CONDITIONAL_ACCESS:
        return errors.NotAllowed
    return errors.Rejected
