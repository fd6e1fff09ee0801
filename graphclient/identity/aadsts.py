"""Which error each AADSTS number of Entra's token endpoint stands for.

Microsoft identity platform, "Microsoft Entra authentication and authorization error codes". The token endpoint's error
answer is flat, unlike Graph's; the number in ``error_codes`` decides, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import errors
from ..errors import GraphError, clean

# No service principal of ours, or none yet: the only refusals that a consent which spreads may look like. 7000229:
# docs/graph-facts.md, "Consent"
NO_PRINCIPAL = frozenset({7000229, 700016, 700011, 65001})
SWITCHED_OFF = frozenset({7000112, 70001, 1000031, 50105, 501051})
POLICIES = frozenset(
    {53000, 53001, 53002, 53003, 53004, 53009, 53010, 53011, 530031, 530032, 530033, 530034, 530035}
    | {50005, 50072, 50074, 50076, 50079, 50131, 50158}
)
RESTRICTIONS = frozenset({500021, 500022, 5000211, 500212, 500213, 90072})
OTHER_CLOUD = frozenset({90038, 900382, 700023, 90043, 90051})  # 700023: docs/graph-facts.md, "Tenants and clouds"
NO_SUCH_TENANT = frozenset({90002, 900021, 900023})
BLOCKED_BY_MICROSOFT = frozenset({5000224, 5000225})
CONSENT_INCOMPLETE = frozenset({65004, 65005, 650051, 650052, 650056, 90093, 90094, 90095, 500014})
TENANTS_OWN = (
    SWITCHED_OFF
    | POLICIES
    | RESTRICTIONS
    | OTHER_CLOUD
    | NO_SUCH_TENANT
    | CONSENT_INCOMPLETE
    | BLOCKED_BY_MICROSOFT
    | {90036}
)
# What can be nothing but our own key, secret or assertion, so that it concerns every tenant alike
OUR_CREDENTIAL = frozenset(
    {7000215, 7000222, 7000218, 7000216, 7000213, 7000214, 700027, 50012, 700025, 700030, 700024, 700021, 5002738}
)
OUTAGE_RETRY_SECONDS = {  # our choice
    90033: 30.0,
    90006: 10.0,
    90024: 10.0,
    90025: 10.0,
    90012: 10.0,
    90090: 30.0,
    90091: 30.0,
}
THROTTLED_RETRY_SECONDS = {90055: 60.0, 50196: 300.0}
OUTAGE_WORDS = frozenset({"temporarily_unavailable", "server_error"})  # RFC 6749, 4.1.2.1
MAX_REASON = 300
_NUMBER = re.compile(r"AADSTS(\d{4,8})")
_NUMBERED = re.compile(r"^\s*AADSTS\d{4,8}:?\s*")
_MARKUP = re.compile(r"<[^<>]*>")
_BEFORE_STOP = re.compile(r"\s+(?=[.,;:!?])")
_TRACE = re.compile(r"\s*[\r\n]|\s*Trace ID:|\s*Correlation ID:|\s*Timestamp:", re.IGNORECASE)


def number_of(payload: Mapping[str, Any]) -> int:
    """The first AADSTS number of an error answer, 0 where there is none."""
    codes = payload.get("error_codes")
    if isinstance(codes, list):
        for code in codes:
            if str(code).isdigit():
                return int(code)
    found = _NUMBER.search(str(payload.get("error_description") or ""))
    return int(found[1]) if found else 0


def tells_no_tenant(payload: Mapping[str, Any]) -> bool:
    """Whether an error answer says that there is no such tenant; another refusal says nothing of it."""
    number = number_of(payload)
    return number in NO_SUCH_TENANT if number else payload.get("error") == "invalid_tenant"


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
    message, kind = str(payload.get("error_description") or "").partition("\n")[0], _kind(number)
    if number in OUTAGE_RETRY_SECONDS:
        return errors.Unavailable(message, retry_after=OUTAGE_RETRY_SECONDS[number], **about)
    if number in THROTTLED_RETRY_SECONDS:
        return errors.Throttled(message, retry_after=THROTTLED_RETRY_SECONDS[number], **about)
    if word in OUTAGE_WORDS and kind is errors.Rejected:
        return errors.Unavailable(message, **about)
    return kind(message, **about)


def plain_reason(description: str) -> str:
    """What Microsoft says in an ``error_description``, as one plain sentence to show: without number, trace, time,
    markup and characters that cannot be printed, at most `MAX_REASON` letters. Whoever sent the browser may have
    written it.
    """
    said = "".join(each if each.isprintable() else " " for each in _TRACE.split(description, maxsplit=1)[0])
    bare = _MARKUP.sub(" ", _NUMBERED.sub("", said)).replace("<", " ").replace(">", " ")
    return _BEFORE_STOP.sub("", clean(bare))[:MAX_REASON].strip()


def _kind(number: int) -> type[GraphError]:
    if number in NO_PRINCIPAL:
        return errors.ConsentMissing
    if number in OUR_CREDENTIAL:
        return errors.OurCredentialRefused
    if number in TENANTS_OWN:
        return errors.TokenRefused
    return errors.Rejected
