"""All errors, as a tree by what the caller can do.

    HaiiloError
    ├── TryLater          ask again after `retry_after` seconds: 408, 429, 5xx, no connection
    │   ├── Unreadable    an answer that does not say what it has to, a web page for instance
    │   │   └── TooLarge  an answer, or a list, beyond its cap
    │   └── Moving        the list became shorter while it was read, so that somebody may have been passed over
    ├── TokenRefused      401: Haiilo does not take the token
    ├── Forbidden         403: Haiilo takes the token, and does not allow the question
    ├── NotOffered        any other 4xx, and 501: Haiilo does not take this kind of question
    └── AddressRefused    an address other than the record's, or an answer that leads to another one

Nothing may be concluded about a person from any of them. No error carries a body, a token or the query of an address.
"""

from __future__ import annotations

from graphclient.errors import clean


class HaiiloError(Exception):
    """The root of the tree. `status` is 0 where no answer came; `scim_type` is the word of RFC 7644, 3.12."""

    def __init__(self, message: str = "", *, status: int = 0, scim_type: str = "") -> None:
        self.message, self.status, self.scim_type = clean(message), status, clean(scim_type)[:100]
        super().__init__(self.message)

    def __str__(self) -> str:
        parts = [str(self.status) if self.status else "", self.scim_type, self.message]
        return " ".join(part for part in parts if part) or type(self).__name__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class TryLater(HaiiloError):
    """Ask again later. `retry_after`: seconds, or None where Haiilo named none."""

    def __init__(
        self, message: str = "", *, status: int = 0, scim_type: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status, scim_type=scim_type)
        self.retry_after = retry_after


class Unreadable(TryLater):
    """An answer came that says nothing. It never means that nobody is there, or that something is forbidden."""


class TooLarge(Unreadable):
    """The answer or the list is larger than its cap; it was not read to its end."""


class Moving(TryLater):
    """Accounts left the list while it was read page by page; who moved up a page was perhaps not seen."""


class TokenRefused(HaiiloError):
    """Haiilo does not take the token: it is wrong, or its owner's account is gone."""


class Forbidden(HaiiloError):
    """Haiilo takes the token and forbids the question."""


class NotOffered(HaiiloError):
    """Haiilo does not take this kind of question."""


class AddressRefused(HaiiloError):
    """The token would go to another address than the one that the record names. It was not sent there."""
