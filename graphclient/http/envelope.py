"""Graph's error envelopes. Pure, and the only module that reads them.

Shape and codes: Microsoft Graph, "Microsoft Graph error responses and resource types". Deviations that people have
reported (JSON text inside ``message``, the spellings ``innererror`` and ``Message``, OAuth's flat form, an envelope
under status 200): docs/graph-facts.md, "Quarantine and errors".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_ERROR = ("error", "odata.error")
_ONE_WORD = re.compile(r"[\w.:-]{1,100}")
_TITLE = re.compile(rb"<title[^>]*>(.{1,400}?)</title", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ErrorEnvelope:
    """The content of an error answer, outer and inner error together.

    `there`: whether it came in Graph's envelope, which proves that Graph itself has answered.
    """

    code: str = ""
    inner_code: str = ""
    message: str = field(default="", repr=False)
    request_id: str = ""
    there: bool = False

    @property
    def silent(self) -> bool:
        """Whether it is there and gives no reason: how Graph refuses synchronization for want of a permission."""
        return self.there and self.code.lower() in ("", "unknownerror") and not self.message.strip()


def read_envelope(body: bytes) -> ErrorEnvelope:
    """What an error answer says, in an envelope or without one; empty where it says nothing."""
    whole = _as_dict(parsed(body))
    outer = _error_in(whole)
    if isinstance(outer, dict):
        return replace(_nested(outer), there=True)
    return _flat(whole, outer) if isinstance(outer, str) else _nested(whole)


def is_error(value: Mapping[str, Any]) -> bool:
    """Whether this JSON object tells an error, whatever else it holds."""
    return _error_in(value) not in (None, "")


def parsed(body: bytes | str) -> Any:
    """The JSON in `body`, or None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def described(body: bytes) -> str:
    """What came instead of JSON, in a few words."""
    title = _TITLE.search(body)
    if title is not None:
        return f"a web page: {title[1].decode(errors='replace')}"
    if not body.strip():
        return "the answer is empty"
    return "a web page" if body.lstrip()[:1] == b"<" else "the answer is not readable"


def _nested(outer: Mapping[str, Any]) -> ErrorEnvelope:
    message = _message(outer)
    hidden_json = parsed(message)
    nested = _part(hidden_json, "error") or _as_dict(hidden_json)
    inner = _part(outer, "innererror") or _part(nested, "innererror")
    deepest = _text(inner, "code") or _text(_part(inner, "innererror"), "code")
    code, nested_code = _text(outer, "code"), _text(nested, "code")
    if nested_code and code.lower() in ("", "unknownerror"):
        code, nested_code = nested_code, ""
    return ErrorEnvelope(
        code=code,
        inner_code=deepest or nested_code,
        message=_text(nested, "message") or message,
        request_id=_text(inner, "request-id"),
    )


def _flat(whole: Mapping[str, Any], error: str) -> ErrorEnvelope:
    """OAuth's form (RFC 6749, 5.2); some services put a sentence where the code belongs."""
    told = _text(whole, "error_description") or _text(whole, "message")
    is_code = bool(_ONE_WORD.fullmatch(error.strip()))
    return ErrorEnvelope(
        code=error.strip() if is_code else "",
        message=told if is_code else told or error,
        request_id=_text(whole, "correlation_id") or _text(whole, "trace_id"),
    )


def _error_in(whole: Mapping[str, Any]) -> Any:
    return next((value for key, value in whole.items() if key.lower() in _ERROR), None)


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _part(value: Any, name: str) -> dict[str, Any]:
    """The object under `name`, the name compared without regard to case."""
    return next((_as_dict(part) for key, part in _as_dict(value).items() if key.lower() == name), {})


def _text(value: Mapping[str, Any], name: str) -> str:
    """The text under `name`, compared as in `_part`; of an object its ``value`` (OData 3 wrote messages so)."""
    found = next((part for key, part in value.items() if key.lower() == name), None)
    if isinstance(found, dict):
        found = found.get("value")
    return found if isinstance(found, str) else ""


def _message(outer: Mapping[str, Any]) -> str:
    """The message, whatever it is: one that is no text is no silence."""
    found = next((part for key, part in outer.items() if key.lower() == "message"), None)
    return _text(outer, "message") or (json.dumps(found) if found else "")
