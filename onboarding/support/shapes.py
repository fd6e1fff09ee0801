"""What may go into a support bundle: numbers, times, our own words, and texts that have the shape of an id or a code.

Nothing is taken out here. A text goes in where its field is listed, by the shape that is listed with it; any other text
stands as `LEFT_OUT`, so that a reader sees that there is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from graphclient.http.paths import template
from graphclient.models.synchronization import QUARANTINE_REASONS, SCHEDULE_STATES, STATUS_CODES
from onboarding.causes.index import is_known
from onboarding.causes.mail import MAIL
from onboarding.domain import consent_sizes
from onboarding.domain.attribute_names import SOURCES, TARGETS, each_named
from onboarding.domain.products import PROFILES
from onboarding.domain.sentences import Sentence
from onboarding.steps import BESIDE, STEPS

LEFT_OUT = "(left out)"
MAX_DEPTH, MAX_LISTED = 4, 50
Shape = Callable[[str], str]

_GUID = r"[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}"  # of the log, some have other letters than hexadecimal ones
_ID = re.compile(_GUID, re.IGNORECASE)
_JOB = re.compile(rf"[\w-]+\.(?:[0-9a-f]{{32}}|{_GUID})\.(?:[0-9a-f]{{32}}|{_GUID})", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{8,64}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LIKE_A_CODE = re.compile(r"[0-9_]|[a-z][A-Z]")
_STATUS = re.compile(r"HTTP \d{3}")
_BETWEEN_CODES = re.compile(r" / | · ")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d UTC)?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_STATES = frozenset({*STATUS_CODES, *SCHEDULE_STATES, *QUARANTINE_REASONS, "Succeeded", "Failed", "EntryLevelErrors"})
_LICENCES = frozenset({"P1", "P2", "none"})
_PERMISSIONS = frozenset(name for size in consent_sizes.SIZES for name in size.names)
_ATTRIBUTES = frozenset({*SOURCES, *TARGETS})


def unknown(why: str) -> dict[str, str]:
    """Stands where something is not known, and says why."""
    return {"unknown": why}


def moment(at: datetime | None) -> str | None:
    """A point in time in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def stored_moment(text: str) -> str:
    """A point in time as our JSON documents have it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return LEFT_OUT
    return moment(at) or LEFT_OUT if at.tzinfo else LEFT_OUT


def _of(pattern: re.Pattern[str]) -> Shape:
    return lambda text: text if pattern.fullmatch(text) else LEFT_OUT


def _one_of(words: Iterable[str]) -> Shape:
    known = frozenset(words)
    return lambda text: text if text in known else LEFT_OUT


guid, host = _of(_ID), _of(_HOST)


def identifier(text: str) -> str:
    """An id of Microsoft's: of an object, or of a job."""
    return text if _ID.fullmatch(text) or _JOB.fullmatch(text) else LEFT_OUT


def code(text: str) -> str:
    """What Microsoft, Haiilo or we call an error: one word with a sign that no name has, or one that we know."""
    return text if all(_is_code(part) for part in _BETWEEN_CODES.split(text)) else LEFT_OUT


def _is_code(part: str) -> bool:
    if _ID.fullmatch(part) or _STATUS.fullmatch(part):
        return True
    return bool(_CODE.fullmatch(part)) and (
        bool(_LIKE_A_CODE.search(part)) or part in _STATES or part in _own_codes() or is_known(part)
    )


@cache
def _own_codes() -> frozenset[str]:
    causes = [*MAIL, *(cause for step in (*STEPS, *BESIDE) for cause in step.causes)]
    return frozenset(str(cause.code) for cause in causes)


def hosts(text: str) -> str:
    """Domains, with commas between them."""
    return text if all(_HOST.fullmatch(each) for each in text.split(", ")) else LEFT_OUT


def permissions(text: str) -> str:
    """Permissions that we ask for, with commas between them."""
    return text if set(text.split(", ")) <= _PERMISSIONS else LEFT_OUT


def attributes(text: str) -> str:
    """Attributes of people that are known by name, with commas between them."""
    named = each_named(text)
    return text if named and set(named) <= _ATTRIBUTES else LEFT_OUT


def address(text: str) -> str:
    """The host of an address alone: what follows it may be a secret."""
    try:
        return host((urlsplit(text).hostname or "") if "://" in text else text)
    except ValueError:
        return LEFT_OUT


def tenant(text: str) -> str:
    """A tenant by its id, or by a domain of it."""
    return text if _ID.fullmatch(text) else host(text)


def change(text: str) -> str:
    """The key of a change; what follows its colon may name a person."""
    return _of(_NAME)(text.partition(":")[0])


FIELDS: Mapping[str, Shape] = {
    **dict.fromkeys(("tenant_id", "service_principal_id", "app_id", "activity_id", "client_id", "request_id"), guid),
    **dict.fromkeys(("job", "job_id", "existing_job_id", "rule_id"), identifier),
    **dict.fromkeys(("code", "error_code", "inner_code", "reason", "state", "status", "detail"), code),
    **dict.fromkeys(("began", "ended", "next_attempt", "series_began", "since", "held_since", "asked"), stored_moment),
    **dict.fromkeys(("steady_state_first", "steady_state_last", "at", "until", "newest"), stored_moment),
    **dict.fromkeys(("digest", "wanted", "fingerprint"), _of(_HEX)),
    **dict.fromkeys(("verified_domain", "domain", "host"), host),
    "template_id": _of(_CODE),
    "base_url": address,
    "licence": _one_of(_LICENCES),
    "method": _one_of(_METHODS),
    "path": template,
    "change": change,
}
"""By which shape the text of a field goes in, by the field's name, wherever it is in a document of ours. Ids of people
have other names than those here.
"""

LISTS: Mapping[str, Shape] = {
    **dict.fromkeys(("mapped", "removed"), attributes),
    **dict.fromkeys(("verified_domains", "domains"), host),
    "missing": permissions,
    "replaced_job_ids": identifier,
}
"""By which shape each text of a list goes in, by the field's name. Of other lists only the length goes in."""

GAPS: Mapping[str, Shape] = {
    **dict.fromkeys(("code", "detail"), code),
    **dict.fromkeys(("host", "domain"), host),
    **dict.fromkeys(("our_id", "service_principal_id", "application_id"), guid),
    **dict.fromkeys(("permission", "permissions", "names"), permissions),
    **dict.fromkeys(("at", "day"), _of(_MOMENT)),
    **dict.fromkeys(("attribute", "target"), attributes),
    "address": address,
    "tenant": tenant,
    "domains": hosts,
    "job": identifier,
    "product": _one_of(profile.label for profile in PROFILES.values()),
}
"""By which shape the text in a gap of a sentence goes in, by the name of the gap."""


def field(name: str, value: Any, *, depth: int = 0) -> Any:
    """A value of a JSON document of ours, from the field of this name: numbers as they are, texts by `FIELDS`."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _text(name, value)
        case dict() if depth < MAX_DEPTH:
            return _document(value, depth + 1)
        case list() | tuple() if name in LISTS:
            return [LISTS[name](each) if isinstance(each, str) else LEFT_OUT for each in value[:MAX_LISTED]]
        case list() | tuple() | dict():
            return {"count": len(value)}
    return LEFT_OUT


def _document(value: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """By its keys; of those that are no names of ours only how many there are."""
    ours = [key for key in value if _NAME.fullmatch(key) or key in _PERMISSIONS]
    told = {key: field(key, value[key], depth=depth) for key in ours}
    return {**told, LEFT_OUT: len(value) - len(told)} if len(told) < len(value) else told


def _text(name: str, value: str) -> str:
    if not value:
        return ""
    shape = FIELDS.get(name) or (stored_moment if name.endswith("_at") else None)
    return shape(value) if shape else LEFT_OUT


def sentence(stored: Mapping[str, Any]) -> str:
    """A stored sentence in the active language: our own words, with such values in its gaps as have a shape."""
    try:
        told = Sentence.from_json(stored)
        return str(_masked(told)) if told else ""
    except (AttributeError, KeyError, TypeError, ValueError):  # a row that an earlier release wrote otherwise
        return LEFT_OUT


def _masked(told: Sentence) -> Sentence:
    return Sentence(told.text, {gap: _gap(gap, value) for gap, value in told.values.items()}, told.several, told.by)


def _gap(gap: str, value: Any) -> Any:
    if isinstance(value, Sentence):
        return _masked(value)
    if not isinstance(value, str):
        return value if isinstance(value, int | float) or value is None else LEFT_OUT
    return GAPS[gap](value) if value and gap in GAPS else value and LEFT_OUT
