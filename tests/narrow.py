"""What a test is sure of and the types leave open: looked at, and from then on known."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def present(found: T | None) -> T:
    """What was found, which is not None."""
    assert found is not None
    return found


def instance(kind: type[T], found: object) -> T:
    """What was found, which is of that kind."""
    assert isinstance(found, kind), found
    return found
