"""What SCIM answers say, read tolerantly (RFC 7643, RFC 7644 3.4.2). Pure.

Names of attributes count in any case, unknown ones are passed over, `schemas` is not looked at, truth values may be
texts. What an account does not tell is None or empty; what is no list, or no account, is `Unreadable`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .errors import Unreadable

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True)
class HaiiloUser:
    """One account as Haiilo tells it; what it does not tell is empty or None. Names of people are not in its repr."""

    id: str
    external_id: str = field(default="", repr=False)
    user_name: str = field(default="", repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    active: bool | None = None
    given: str | None = field(default=None, repr=False)
    family: str | None = field(default=None, repr=False)
    changed_at: datetime | None = None
    country: str | None = field(default=None, repr=False)
    department: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Page:
    """Rows of a list, and how many the whole list has: None where that is not told."""

    users: tuple[HaiiloUser, ...]
    total: int | None = None


def folded(text: str) -> str:
    """The form in which user names and addresses are compared: without regard to case (RFC 7643, 4.1.1).

    Not `casefold`, to which ß is ss: these are two people.
    """
    return unicodedata.normalize("NFC", text.strip()).lower()


def read_page(document: Mapping[str, Any]) -> Page:
    """The page that a document is. Raises `Unreadable` where it is no list, or one with a row that is no account."""
    rows, total = _get(document, "Resources"), _whole(_get(document, "totalResults"))
    if rows is None and (total is not None or _says_it_is_a_list(document)):
        rows = []
    if not isinstance(rows, list):
        raise Unreadable("the answer is no list of accounts", status=200)
    return Page(tuple(read_user(row) for row in rows), total)


def read_user(row: Any) -> HaiiloUser:
    """The account that a row tells of. Raises `Unreadable` where nothing in it says which one it is."""
    identity, user_name = _text(_get(row, "id")), _text(_get(row, "userName"))
    if not identity and not user_name:
        raise Unreadable("a row of the list says of no account", status=200)
    name, meta = _get(row, "name"), _get(row, "meta")
    return HaiiloUser(
        id=identity,
        external_id=_text(_get(row, "externalId")),
        user_name=user_name,
        emails=tuple(dict.fromkeys(_addresses(_get(row, "emails")))),
        active=_truth(_get(row, "active")),
        given=_told(_get(name, "givenName")),
        family=_told(_get(name, "familyName")),
        country=_told(_get(_work(_get(row, "addresses")), "country")),
        department=_told(_get(_get(row, ENTERPRISE), "department")),
        changed_at=_moment(_get(meta, "lastModified")),
    )


def error_of(document: Any) -> tuple[str, str] | None:
    """(detail, scimType) of an error that a service tells itself, or None where it is none.

    In SCIM's form (RFC 7644, 3.12), or in any other that repeats the status, as web frameworks do.
    """
    named = any(_text(urn).lower() == ERROR.lower() for urn in _list(document, "schemas"))
    if not named and (_whole(_get(document, "status")) or 0) < 400:
        return None
    return _text(_get(document, "detail")) or _text(_get(document, "message")), _text(_get(document, "scimType"))


def _says_it_is_a_list(document: Mapping[str, Any]) -> bool:
    return any(_text(urn).lower() == LIST.lower() for urn in _list(document, "schemas"))


def _get(value: Any, name: str) -> Any:
    """The attribute of that name in any case; None of what is no object."""
    if not isinstance(value, Mapping):
        return None
    lower = name.lower()
    return value[name] if name in value else next((part for key, part in value.items() if key.lower() == lower), None)


def _list(document: Any, name: str) -> list[Any]:
    found = _get(document, name)
    return found if isinstance(found, list) else [found]


def _text(value: Any) -> str:
    """A text, or a number as one; empty for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def _told(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else _TRUTH.get(_text(value).lower())


def _addresses(value: Any) -> Iterator[str]:
    """Of a list of complex values, as RFC 7643 has it, or of texts, or of one of either."""
    for each in value if isinstance(value, list) else [value]:
        address = _text(_get(each, "value") if isinstance(each, Mapping) else each)
        if address:
            yield address


def _work(addresses: Any) -> Any:
    """The address at work; an only one counts as that where it says of no type. None where there is none."""
    told = [each for each in (addresses if isinstance(addresses, list) else [addresses]) if isinstance(each, Mapping)]
    of_work = [each for each in told if _text(_get(each, "type")).lower() == "work"]
    untyped = [each for each in told if not _text(_get(each, "type"))] if len(told) == 1 else []
    return next(iter(of_work or untyped), None)


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
