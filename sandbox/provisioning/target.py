"""Entra's SCIM client for one job: what it sends to the target, and what it makes of the answers.

Facts: https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .exchange import Answer, Send, TooSlow, Unreachable
from .slots import Slot
from .values import Value, as_text

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
STRICT_FLAG = "aadoptscim062020"
_SCIM = "application/scim+json"
_PREFIX = "SystemForCrossDomainIdentityManagement"


class EntryFailed(Exception):
    """One object could not be written; `code` as in the provisioning log."""

    def __init__(self, code: str, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.code, self.reason, self.status = code, reason, status


class TargetLost(Exception):
    """The whole job cannot go on: credentials refused, nobody there, or no SCIM."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Target:
    """A SCIM endpoint; `strict` is the dialect of the flag aadOptscim062020."""

    base: str
    token: str
    send: Send
    strict: bool = False
    timeout: float = 30.0
    pause: Callable[[float], None] = field(default=time.sleep)
    """Waits as long as Retry-After says."""
    writes: int = 0
    recorded: bool = False
    """Whether a refusal is told as it was recorded."""
    bare_references: bool = True
    """Whether a manager is the id alone in the strict dialect too."""

    # Calls

    def find(self, endpoint: str, slot: Slot, value: Value, *, without: str = "") -> list[dict[str, Any]]:
        """Everything whose attribute equals the value; `without` is left out. Raises EntryFailed, TargetLost."""
        text = as_text(value).replace("\\", "\\\\").replace('"', '\\"')
        query = urlencode(_excluding(without) | {"filter": f'{slot.name} eq "{text}"'})
        status, body = self._call("GET", f"{endpoint}?{query}", None)
        if status == 404:
            return []
        resources = body.get("Resources", []) if isinstance(body, dict) else None
        if not isinstance(resources, list) or "totalResults" not in (body or {}):
            raise TargetLost(f"{_PREFIX}ServiceIncompatible", "The answer to a search is not a SCIM ListResponse.")
        return resources

    def get(self, endpoint: str, identity: str, *, without: str = "") -> dict[str, Any] | None:
        """The resource, or None when it is not there. Raises EntryFailed, TargetLost."""
        query = f"?{urlencode(_excluding(without))}" if without else ""
        status, body = self._call("GET", f"{endpoint}/{quote(identity, safe='')}{query}", None)
        return None if status == 404 else self._resource(body)

    def create(self, endpoint: str, resource: Mapping[str, Any]) -> dict[str, Any]:
        """The created resource. Raises EntryFailed (EntryConflict for 409), TargetLost."""
        self.writes += 1
        status, body = self._call("POST", endpoint, resource)
        if status == 404:
            raise EntryFailed("WebExceptionProtocolError", self._reason(404, body), 404)
        return self._resource(body)

    def patch(self, endpoint: str, identity: str, operations: list[dict[str, Any]]) -> None:
        """Raises EntryFailed (InvalidAnchor for 404), TargetLost."""
        self.writes += 1
        body = {"schemas": [PATCH_OP], "Operations": operations}
        status, answer = self._call("PATCH", f"{endpoint}/{quote(identity, safe='')}", body)
        if status == 404:
            raise EntryFailed("InvalidAnchor", self._reason(404, answer), 404)

    def delete(self, endpoint: str, identity: str) -> bool:
        """Whether it was there. Raises EntryFailed, TargetLost."""
        self.writes += 1
        status, _body = self._call("DELETE", f"{endpoint}/{quote(identity, safe='')}", None)
        return status != 404

    def _resource(self, body: Any) -> dict[str, Any]:
        if not isinstance(body, dict) or not isinstance(body.get("id"), str | int):
            raise TargetLost(f"{_PREFIX}ServiceIncompatible", "The answer is not a SCIM resource with an id.")
        return body

    # One request

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, Any]:
        """Status and JSON of an answer that is 2xx or 404. Raises EntryFailed, TargetLost."""
        answer = self._with_retries(method, path, body)
        parsed = _json(answer)
        if answer.status == 404 and parsed is not None:
            return 404, parsed
        if 200 <= answer.status < 300:
            if parsed is None and answer.body.strip():
                raise TargetLost(f"{_PREFIX}ServiceIncompatible", "The answer is not JSON.")
            return answer.status, parsed
        raise self._refusal(answer, parsed)

    def _with_retries(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        """Twice more after a 429, as long as Retry-After says."""
        for attempt in range(3):
            answer = self._once(method, path, body)
            if answer.status != 429 or attempt == 2:
                break
            text = answer.headers.get("Retry-After", "1")
            self.pause(float(text) if text.isdigit() else 1.0)
        return answer

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": _SCIM}
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = f"{_SCIM}; charset=utf-8"
        try:
            return self.send(method, f"{self.base}{path}", headers, data, timeout=self.timeout)
        except TooSlow as problem:
            raise EntryFailed("Timeout", str(problem)) from None
        except Unreachable as problem:
            raise TargetLost(f"{_PREFIX}CredentialValidationUnavailable", str(problem)) from None

    def _refusal(self, answer: Answer, parsed: Any) -> Exception:
        reason = self._reason(answer.status, parsed, answer.body)
        if answer.status == 401:
            return TargetLost(f"{_PREFIX}CredentialValidationFailure", reason)
        if answer.status == 404 or 300 <= answer.status < 400:
            return TargetLost(f"{_PREFIX}ServiceIncompatible", reason)
        return EntryFailed(self._code(answer.status, parsed), reason, answer.status)

    def _code(self, status: int, parsed: Any) -> str:
        code = _code(status, parsed)
        return f"{_PREFIX}BadRequest" if self.recorded and status == 400 and code == _UNKNOWN else code

    def _reason(self, status: int, parsed: Any, raw: bytes = b"") -> str:
        shown = json.dumps(parsed, ensure_ascii=False) if parsed is not None else raw.decode("utf-8", "replace")[:2000]
        if self.recorded:
            return RECORDED_REASON.format(name=STATUS_NAMES.get(status, str(status)), shown=shown)
        return (
            f"Received response from Web resource. Host: {urlsplit(self.base).netloc} "
            f"Response Status Code: {STATUS_NAMES.get(status, str(status))} ({status}). Response content: {shown}"
        )

    # Dialects

    def operations(self, changes: list[tuple[Slot, Value, Value]]) -> list[dict[str, Any]]:
        """PATCH operations for (place, old value, new value)."""
        if self.strict:
            return _strict_operations(changes, bare_references=self.bare_references)
        return [
            {"op": "Add" if old is None else "Replace", "path": slot.name, "value": _loose(new)}
            for slot, old, new in changes
        ]

    def removal(self, members: list[str]) -> list[dict[str, Any]]:
        """PATCH operations that take members out of a group."""
        if self.strict:
            return [{"op": "remove", "path": f'members[value eq "{member}"]'} for member in members]
        return [{"op": "Remove", "path": "members", "value": [{"value": member} for member in members]}]

    def addition(self, members: list[str]) -> list[dict[str, Any]]:
        """PATCH operations that put members into a group."""
        op = "add" if self.strict else "Add"
        return [{"op": op, "path": "members", "value": [{"$ref": None, "value": member} for member in members]}]


def _excluding(attribute: str) -> dict[str, str]:
    return {"excludedAttributes": attribute} if attribute else {}


def _loose(value: Value) -> Value:
    """The default dialect writes Booleans as strings."""
    return str(value) if isinstance(value, bool) else value


def _strict_operations(changes: list[tuple[Slot, Value, Value]], *, bare_references: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    merged: dict[str, dict[str, Any]] = {}
    for slot, old, new in changes:
        op = "add" if old is None else "replace"
        if slot.pairs or slot.type == "Reference" or len(changes) == 1:
            value = {"value": new} if slot.type == "Reference" and not bare_references else new
            found.append({"op": op, "path": slot.name, "value": value})
        else:
            merged.setdefault(op, {})[slot.name] = new
    return [*found, *({"op": op, "value": value} for op, value in merged.items())]


RECORDED_REASON = (
    "StatusCode: {name}\r\nMessage: Processing of the HTTP request resulted in an exception. Please see the HTTP"
    " response returned by the 'Response' property of this exception for details.\r\nWeb Response: {shown}."
    " This operation was retried 0 times. It will be retried again after this date: 2019-10-30T15:13:17.6715300Z UTC"
)
STATUS_NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    422: "UnprocessableEntity",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}
_UNKNOWN = "WebExceptionProtocolError"
_CODES = {
    403: "InsufficientRights",
    405: "MethodNotAllowed",
    409: "EntryConflict",
    422: "UnprocessableEntity",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
    504: "Timeout",
}


def _code(status: int, parsed: Any) -> str:
    detail = str(parsed.get("detail", "")) if isinstance(parsed, dict) else ""
    if status == 400 and detail.lower().startswith("required property missing"):
        return "MandatoryFieldsMissing"
    return _CODES.get(status, _UNKNOWN)


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body) if answer.body.strip() else None
    except ValueError:
        return None


def endpoint_of(base_address: str) -> tuple[str, bool]:
    """Base URL without flags and slash, and whether the strict dialect is asked for. Raises ValueError."""
    parts = urlsplit(base_address.strip())
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise ValueError("The Tenant URL is not a valid absolute https URL.")
    strict = any(name.partition("=")[0].lower() == STRICT_FLAG for name in parts.query.split("&"))
    return f"https://{parts.netloc}{parts.path.rstrip('/')}", strict
