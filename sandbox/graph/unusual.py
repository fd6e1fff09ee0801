"""Answers that come in another form than the one that is documented, or in place of it.

What there is: `sandbox.reality.wire`.
"""

from __future__ import annotations

import json
from pathlib import Path

from .exchange import Answer, Call, Refused
from .jobs import JOB, SP

CALLS = {
    "jobs": SP + "/jobs",
    "job": JOB,
    "schema": JOB + "/schema",
    "secrets": SP + "/secrets",
    "log": "/auditLogs/provisioning",
    "templates": SP + "/templates",
    "organization": "/organization",
}
"""Reality.unreadable_calls → path template."""
_PAGES = Path(__file__).with_name("pages")
BUSY = (_PAGES / "throttled.html").read_text()
PAGE = (_PAGES / "unavailable.html").read_text()


def throttled(call: Call, answer: Answer) -> Answer:
    """A 429 in the form in which the tenant's service gives it."""
    form = call.tenant.reality.throttled
    if form == "with_header":
        return answer
    headers = {name: value for name, value in answer.headers.items() if name != "Retry-After"}
    if form == "html":
        return Answer(429, BUSY, headers, deviates=True, html=True)
    code, message = (
        ("UnknownError", "Too Many Requests") if form == "without_header" else ("TooManyRequests", _nested())
    )
    return Answer(429, {"error": {**answer.body["error"], "code": code, "message": message}}, headers, code=code)


def _nested() -> str:
    return json.dumps(
        {"_version": 3, "Message": "An error has occurred", "CustomApiErrorPhrase": "", "RetryAfter": None}
    )


def unreadable(call: Call, template: str, answer: Answer) -> Answer:
    """What comes in place of a good answer to a read, where it cannot be read."""
    reality = call.tenant.reality
    if reality.unreadable == "none" or call.method != "GET" or template != CALLS[reality.unreadable_calls]:
        return answer
    if reality.unreadable == "error_inside":
        inside = Refused(400, "BadRequest", "Resource not found for the segment.").answer(call).body
        return Answer(200, inside, deviates=True)
    if reality.unreadable == "html":
        return Answer(200, PAGE, deviates=True, html=True)
    if reality.unreadable == "empty":
        return Answer(200, deviates=True)
    return Answer(200, {"@odata.context": answer.body.get("@odata.context", "")}, deviates=True)


def refuse_large(call: Call) -> None:
    """Raises Refused (413) for a body that is larger than the service takes."""
    largest = call.tenant.reality.largest_body
    if largest and len(call.body) > largest:
        raise Refused(413, "RequestEntityTooLarge", "The request body is too large.")
