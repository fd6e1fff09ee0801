"""Tables of names, written as one text."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The names of a text, in order."""
    return text.split()
