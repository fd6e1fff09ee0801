"""F15: a search breaks on the characters of a name."""

from __future__ import annotations

from typing import Any

from ..haiilo.refusals import ScimRefused
from ..world import User
from .fault import FIRST_USER, Fault

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@_-")


class SpecialCharacters(Fault):
    """Entra allows an apostrophe and an exclamation mark in a user principal name; a mail address may hold more."""

    key = "F15"
    seen = "Haiilo's filter refuses special characters, and the first user's name has some: the search fails."
    in_graph = "the user's userPrincipalName and mail, with what Entra allows there"
    affects = FIRST_USER

    def attributes(self, user: User) -> dict[str, Any]:
        """Give the user names with special characters."""
        local, _at, domain = user.userPrincipalName.partition("@")
        return {"userPrincipalName": f"{local}.o'hara!@{domain}", "mail": f"{local}.o'hara+ø@{domain}"}

    def check_filter(self, text: str) -> None:
        """Raises ScimRefused (400) for any but plain characters between the quotation marks."""
        value = text.partition('"')[2].rpartition('"')[0]
        if not set(value) <= PLAIN:
            raise ScimRefused(400, "The filter contains characters that are not allowed.", "invalidFilter")
