"""What an outcome means, a value or an error. Pure.

Statuses and codes: Microsoft Graph, "Microsoft Graph error responses and resource types". Deviations that people have
reported (a 401 ``UnknownError`` with an empty message for a missing permission, an error under status 200):
docs/graph-facts.md, "Quarantine and errors" and "Permissions and ownership".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .. import errors
from ..errors import GraphError, OutcomeUnknown, clean, storable
from .document import Document, Origin
from .envelope import ErrorEnvelope, described, is_error, parsed, read_envelope
from .exchange import Answer, LossReason, Lost
from .retry import Effect, retry_after

_SCIM = "systemforcrossdomainidentitymanagement"
_NO_PRINCIPAL = "authorization_identitynotfound"  # our service principal was deleted while its token still runs
_NO_LICENCE = "authentication_requestfromnonpremiumtenantorb2ctenant"
_NOT_REPLICATED = "does not exist or one of its queried reference-property objects"
_EXISTS = ("already exist", "conflicting object")


@dataclass(frozen=True)
class Call:
    """One call of ours. `hidden`: values that no error message may contain.

    `tells_error`: an object under ``error`` is a part of what was asked for, and no fault.
    """

    method: str
    path: str
    effect: Effect
    hidden: tuple[str, ...] = field(default=(), repr=False)
    request_id: str = ""
    tells_error: bool = False


def value_of(call: Call, outcome: Answer | Lost, now: float, *, required: bool = False) -> Document | None:
    """The JSON object of a 2xx answer; None for an empty one, unless `required`. Raises the outcome's `GraphError`."""
    if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
        if not outcome.body.strip() and not required:
            return None
        value = parsed(outcome.body)
        if isinstance(value, dict) and (call.tells_error or not is_error(value)):
            number = storable(outcome.headers.get("request-id") or call.request_id)
            return Document(value, Origin(call.method, call.path, outcome.status, number))
    raise error_of(call, outcome, now)


def error_of(call: Call, outcome: Answer | Lost, now: float) -> GraphError:
    """The error that stands for an outcome. A 2xx given to this function is one that could not be read."""
    if isinstance(outcome, Lost):
        return _lost(call, outcome)
    envelope = read_envelope(outcome.body)
    about: dict[str, Any] = {
        "method": call.method,
        "path": call.path,
        "status": outcome.status,
        "code": envelope.code,
        "inner_code": envelope.inner_code,
        "request_id": outcome.headers.get("request-id") or envelope.request_id or call.request_id,
    }
    fallback = "" if envelope.there or _says_enough(outcome) else described(outcome.body)
    message = clean(envelope.message or fallback, call.hidden)
    later = _later(call, outcome, envelope)
    if later is not None:
        wait = retry_after(outcome, now)
        return later(message, retry_after=wait, scope=outcome.headers.get("x-ms-throttle-scope", ""), **about)
    kind = _kind(call, outcome, envelope)
    if kind is errors.CredentialsRefused and not envelope.inner_code:
        about["inner_code"] = envelope.code
    return kind(message, **about)


def _lost(call: Call, lost: Lost) -> GraphError:
    about: dict[str, Any] = {"method": call.method, "path": call.path, "request_id": call.request_id}
    if call.effect is Effect.ONCE and lost.reason is not LossReason.NOT_SENT:
        return OutcomeUnknown(lost.reason.value, **about)
    if lost.reason is LossReason.TOO_LARGE:
        return errors.TooLarge(lost.reason.value, **about)
    return errors.Unavailable(lost.reason.value, **about)


def _later(call: Call, answer: Answer, envelope: ErrorEnvelope) -> type[errors.TryLater] | None:
    status = answer.status
    once = call.effect is Effect.ONCE
    if status == 500 and "requested value" in envelope.message.lower() and "was not found" in envelope.message.lower():
        return None  # a wrong key name in PUT secrets: docs/graph-facts.md, "Connection test and secrets"
    if status < 300 or _is_no_word_of_graph(answer, envelope):
        return OutcomeUnknown if once else errors.Unreadable
    if status >= 500 or status == 408:
        return OutcomeUnknown if once else errors.Unavailable
    if status == 429:
        return OutcomeUnknown if once else errors.Throttled
    if status == 404 and once and not _no_such_route(envelope):
        return OutcomeUnknown  # clients have reported that the object was created all the same
    return None


def _says_enough(answer: Answer) -> bool:
    """Whether the status alone tells what happened."""
    return answer.status >= 500 or answer.status in (408, 429) or 300 <= answer.status < 400


def _is_no_word_of_graph(answer: Answer, envelope: ErrorEnvelope) -> bool:
    """Whether somebody between us and Graph has refused (a proxy, a firewall): Graph gives its reason in an envelope.

    A bare status is believed, but for those that accuse the tenant.
    """
    if envelope.there or _says_enough(answer):
        return False
    return bool(answer.body.strip()) or answer.status in (401, 403)


def _kind(call: Call, answer: Answer, envelope: ErrorEnvelope) -> type[GraphError]:
    status, code, message = answer.status, envelope.code.lower(), envelope.message.lower()
    if status < 400:
        return errors.HostRefused
    if status == 401:
        return _unauthorized(call, envelope)
    if status == 403:
        return _forbidden(call, code)
    if status in (404, 410):
        return errors.Rejected if _no_such_route(envelope) else errors.NotThere
    if status == 409:
        return errors.AlreadyThere
    if status == 400:
        return _bad_request(call, envelope, code, message)
    return errors.Rejected


def _unauthorized(call: Call, envelope: ErrorEnvelope) -> type[GraphError]:
    if envelope.code.lower() == _NO_PRINCIPAL:
        return errors.ConsentMissing
    return errors.RoleMissing if envelope.silent and "/synchronization" in call.path else errors.NotAllowed


def _forbidden(call: Call, code: str) -> type[GraphError]:
    if code == _NO_LICENCE:
        return errors.LicenceMissing
    if code == "authorization_requestdenied" or code.endswith("permissionmissing") or "/synchronization" in call.path:
        return errors.RoleMissing
    return errors.NotAllowed


def _bad_request(call: Call, envelope: ErrorEnvelope, code: str, message: str) -> type[GraphError]:
    inner = envelope.inner_code.lower()
    if code == "credentialvalidationunavailable" or code.startswith(_SCIM) or inner.startswith(_SCIM):
        return errors.CredentialsRefused
    if call.path.endswith("/validateCredentials") and not code.startswith("request"):
        return errors.CredentialsRefused
    if code == "request_multipleobjectswithsamekeyvalue" or any(words in message for words in _EXISTS):
        return errors.AlreadyThere
    if _NOT_REPLICATED in message:
        return errors.NotThere
    return errors.Rejected


def _no_such_route(envelope: ErrorEnvelope) -> bool:
    return "no http resource was found" in envelope.message.lower()
