"""People whom the roster offers as test users: of each way to be assigned, and each rare shape of data, somebody."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Suggested:
    """A person in scope: `by` is "direct" or "group", with the name of the `group`; empty where nobody knows."""

    id: str
    name: str = ""
    user_name: str = ""
    by: str = ""
    group: str = ""
    is_guest: bool = False


class Shape(enum.StrEnum):
    """What is rare about somebody's data, and fails where plain data does not.

    That somebody has no manager is none: no page of the scope tells it (docs/graph-facts.md, "Paging and batch").
    """

    NO_SURNAME = "no_surname"
    NO_COUNTRY = "no_country"
    OTHER_LETTERS = "other_letters"
    """Letters in the name beyond those of English."""
    APOSTROPHE = "apostrophe"
    LONG = "long"


NAMES = ("displayName", "givenName", "surname")
APOSTROPHES = ("'", "\u2019", "`", "\u00b4")
LONG = 64  # letters of one value; many targets cut there, or refuse


def shapes_of(told: Mapping[str, Any]) -> Iterator[Shape]:
    """The shapes of a user as Graph gives one; what was not read has none."""
    names = [str(told.get(name) or "") for name in NAMES]
    user_name = str(told.get("userPrincipalName") or "")
    if "surname" in told and not str(told["surname"] or "").strip():
        yield Shape.NO_SURNAME
    if "country" in told and not str(told["country"] or "").strip():
        yield Shape.NO_COUNTRY
    if not all(name.isascii() for name in names):
        yield Shape.OTHER_LETTERS
    if any(sign in text for text in (*names, user_name) for sign in APOSTROPHES):
        yield Shape.APOSTROPHE
    if any(len(text) > LONG for text in (*names, user_name)):
        yield Shape.LONG
