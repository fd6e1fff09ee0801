"""Building and checking paths: nothing from outside may change where a request goes."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit


def part(value: str) -> str:
    """One segment of a path, encoded. Raises ValueError for what could climb or vanish."""
    if not value or value in (".", "..") or any(ord(char) < 32 for char in value):
        raise ValueError("not a path segment")
    return quote(value, safe="")


def literal(value: str) -> str:
    """A string literal of OData's $filter, quotes doubled."""
    return "'" + value.replace("'", "''") + "'"


def stays_at(base_url: str, url: str) -> bool:
    """Whether `url` has scheme, host and base path of `base_url`; dot segments and user info never do."""
    try:
        base, other = urlsplit(base_url), urlsplit(url)
    except ValueError:
        return False
    if any(char.isspace() or ord(char) < 33 or char == "\\" for char in url):
        return False
    segments = unquote(other.path).split("/")
    return (
        (other.scheme, other.netloc.lower()) == (base.scheme, base.netloc.lower())
        and other.path.startswith(base.path.rstrip("/") + "/")
        and not any(segment in (".", "..") for segment in segments)
        and "\\" not in unquote(other.path)
    )
