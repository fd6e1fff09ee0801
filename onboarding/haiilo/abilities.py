"""What the endpoint lets us ask, found out by asking. Each outcome is a value, and none of them means "nobody"."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from .errors import AddressRefused, Forbidden, HaiiloError, TokenRefused, TryLater, Unreadable
from .filters import equals
from .reading import Page, folded


class Ability(Enum):
    """What may be asked. By `LISTS` everybody is seen, by `FINDS` one account at a time; the others see nobody."""

    LISTS = "lists"
    FINDS = "finds"
    NEITHER = "neither"
    UNPROVED = "unproved"
    """It answers, with nobody: that may be the truth, or what it answers to everything."""
    SILENT = "silent"
    TOKEN_REFUSED = "token refused"  # noqa: S105 - a word for an outcome, no secret
    FORBIDDEN = "forbidden"
    NOT_SCIM = "not SCIM"


@dataclass(frozen=True)
class Abilities:
    """`lists`, `finds`: whether a list, and a search for one user name, can be believed; None where that is unknown.

    `total`: how many accounts the list says there are. `reason`: the first error's words. `retry_after`: seconds,
    where Haiilo named a wait.
    """

    ability: Ability
    lists: bool | None = None
    finds: bool | None = None
    total: int | None = None
    reason: str = ""
    retry_after: float | None = None


class Ask(Protocol):
    """Asks for a page of users; raises a `HaiiloError`."""

    def __call__(self, params: Mapping[str, str], hidden: tuple[str, ...] = ()) -> Page: ...


def probe(ask: Ask, known: str = "") -> Abilities:
    """Ask for two pages of two accounts each, for somebody who cannot be there, and for somebody who is."""
    first = _tried(lambda: ask({"startIndex": "1", "count": "2"}))
    if isinstance(first, TokenRefused) or _is_silent(first):
        return _abilities(first, None, None, None)
    lists = _lists(ask, first)
    listed = first.users[0].user_name if isinstance(first, Page) and first.users else ""
    absent = _find(ask, f"nobody-{uuid.uuid4().hex}@nowhere.example")
    finds = _finds(ask, absent, listed or known, is_there=bool(listed))
    return _abilities(first, absent, lists, finds)


def _tried(ask: Callable[[], Page]) -> Page | HaiiloError:
    try:
        return ask()
    except HaiiloError as error:
        return error


def _find(ask: Ask, name: str) -> Page | HaiiloError:
    return _tried(lambda: ask({"filter": equals("userName", name)}, (name,)))


def _is_silent(answer: Page | HaiiloError | None) -> bool:
    return isinstance(answer, TryLater) and not isinstance(answer, Unreadable)


def _lists(ask: Ask, first: Page | HaiiloError) -> bool | None:
    if isinstance(first, HaiiloError):
        return False
    if not first.users:  # whoever the token belongs to has an account, so an empty list is no proof of a list
        return None
    if first.total is not None and first.total <= len(first.users):
        return True
    second = _tried(lambda: ask({"startIndex": str(len(first.users) + 1), "count": "2"}))
    if isinstance(second, HaiiloError):
        return None if _is_silent(second) else False
    if not second.users:
        return first.total is None
    return not {user.id for user in second.users} <= {user.id for user in first.users}


def _finds(ask: Ask, absent: Page | HaiiloError, name: str, *, is_there: bool) -> bool | None:
    if isinstance(absent, HaiiloError):
        return None if _is_silent(absent) else False
    if absent.users:
        return False
    if not name:
        return None
    present = _find(ask, name)
    if isinstance(present, HaiiloError):
        return None if _is_silent(present) else False
    if not present.users:
        return False if is_there else None
    return all(folded(user.user_name) == folded(name) for user in present.users)


def _abilities(
    first: Page | HaiiloError, absent: Page | HaiiloError | None, lists: bool | None, finds: bool | None
) -> Abilities:
    errors = [answer for answer in (first, absent) if isinstance(answer, HaiiloError)]
    waits = [error.retry_after for error in errors if isinstance(error, TryLater) and error.retry_after is not None]
    return Abilities(
        _ability(errors, lists, finds),
        lists,
        finds,
        first.total if isinstance(first, Page) else None,
        str(errors[0]) if errors else "",
        max(waits, default=None),
    )


def _ability(errors: list[HaiiloError], lists: bool | None, finds: bool | None) -> Ability:
    if lists or finds:
        return Ability.LISTS if lists else Ability.FINDS
    if any(isinstance(error, TokenRefused) for error in errors):
        return Ability.TOKEN_REFUSED
    if any(_is_silent(error) for error in errors):
        return Ability.SILENT
    if len(errors) == 2 and all(isinstance(error, Unreadable | AddressRefused) for error in errors):
        return Ability.NOT_SCIM
    if len(errors) == 2 and all(isinstance(error, Forbidden) for error in errors):
        return Ability.FORBIDDEN
    return Ability.UNPROVED if lists is None or finds is None else Ability.NEITHER
