"""Building and checking paths, so that no value from outside changes where a request goes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

_NO_PART_OF_A_URL = re.compile(r"[\x00-\x20\\\s]")
_CONTROL = re.compile(r"[\x00-\x1f]")
_VERSION = re.compile(r"v\d+\.\d+|beta")
_WORDS = frozenset(
    {
        *("$batch", "$count", "$ref", ".well-known", "appRoleAssignedTo", "appRoleAssignments", "applicationTemplates"),
        *("applications", "auditLogs", "deletedItems", "directories", "directory", "directoryAudits"),
        *("directoryObjects", "discover", "domains", "filterOperators", "functions", "groups", "instantiate", "jobs"),
        *("members", "microsoft.graph.servicePrincipal", "microsoft.graph.user", "oauth2", "openid-configuration"),
        *("organization", "ownedObjects", "owners", "parseExpression", "pause", "provisionOnDemand", "provisioning"),
        *("restart", "schema", "secrets", "servicePrincipals", "start", "subscribedSkus", "synchronization"),
        *("templates", "token", "transitiveMembers", "users", "validateCredentials"),
    }
)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def part(value: str) -> str:
    """One segment of a path, encoded. Raises ValueError for an empty one, for dot segments and control characters."""
    if not value or value in (".", "..") or _CONTROL.search(value):
        raise ValueError("not a path segment")
    return quote(value, safe="")


def template(path: str) -> str:
    """`path` with nothing in it but Graph's own words; each id, or name, in it is `{id}`."""
    return "/".join(_word(segment) for segment in path.partition("?")[0].split("/"))


def _word(segment: str) -> str:
    return segment if not segment or segment in _WORDS or _VERSION.fullmatch(segment) else "{id}"


def literal(value: str) -> str:
    """A string literal of OData's $filter, quotes doubled."""
    return "'" + value.replace("'", "''") + "'"


def guid(value: str) -> str:
    """A GUID literal of OData's $filter, which has no quotes. Raises ValueError for what is no GUID."""
    if not _GUID.fullmatch(value):
        raise ValueError("not a GUID")
    return value


def moment_literal(value: datetime) -> str:
    """A point in time in OData's $filter, in UTC and whole seconds. Raises ValueError for a time without a zone."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stays_at(base_url: str, url: str) -> bool:
    """Whether `url` has scheme, host and base path of `base_url`; never with dot segments or user info."""
    try:
        base, other = urlsplit(base_url), urlsplit(url)
    except ValueError:
        return False
    if _NO_PART_OF_A_URL.search(url):
        return False
    segments = unquote(other.path).split("/")
    return (
        (other.scheme, other.netloc.lower()) == (base.scheme, base.netloc.lower())
        and other.path.startswith(base.path.rstrip("/") + "/")
        and not any(segment in (".", "..") for segment in segments)
        and "\\" not in unquote(other.path)
    )
