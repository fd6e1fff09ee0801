"""All errors, as a tree by what the caller can do.

    GraphError
    ├── TryLater              ask again after `retry_after` seconds
    │   ├── Throttled         429
    │   ├── Unavailable       5xx, no connection: nothing was changed
    │   │   └── Unreadable    an answer that does not say what it has to, a web page for instance
    │   │       └── TooLarge  an answer beyond the size cap
    │   └── OutcomeUnknown    a call that must not be repeated blindly: look first whether it happened
    ├── NotAllowed            the customer's tenant does not allow the call
    │   ├── ConsentMissing    no principal of ours in that tenant, or none yet
    │   ├── TokenRefused      Entra gives no token, by a circumstance of that tenant alone: `code` says which
    │   ├── OtherCloud        the tenant is in another of Microsoft's clouds: `cloud` says which
    │   ├── RoleMissing       a permission is missing in the token
    │   └── LicenceMissing    the tenant needs Entra ID P1 or P2 for this
    ├── NotThere              404, or not replicated yet
    ├── AlreadyThere          409, or 400 "already exists"
    ├── Rejected              any other 4xx: our mistake
    │   ├── CredentialsRefused    validateCredentials said no; `inner_code` tells why
    │   └── LinkRefused           a nextLink is not taken any more: begin the list again
    ├── OurCredentialRefused  Entra refuses our own key or secret: it concerns every tenant
    ├── HostRefused           a redirect or a nextLink leads to another host: not followed
    └── WriteRefused          the guard of the transport forbade the request: nothing was sent
        └── ReadOnly          the same, by the guard that allows only reads

    SignInFailed              a person's sign-in proved no identity
    ├── SignInRefused         Microsoft said no
    └── IdTokenRejected       the answer of the sign-in is not valid

No error ever carries a body, a token, a credential or the query of an address.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

MAX_MESSAGE_LENGTH = 600
MIN_SECRET_LENGTH = 4  # shorter values ("500", "on") are no secrets, and hiding them would spoil every sentence
_JWT = re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*){1,4}")
_BEARER = re.compile(r"(?i)\bbearer\s+\S+")


def storable(text: str) -> str:
    """`text` without null characters and lone surrogates, which break logs and databases."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode(errors="replace").decode()


def clean(message: str, hidden: tuple[str, ...] = ()) -> str:
    """`message` on one line, shortened, without token-like text and without the values in `hidden`."""
    for value in hidden:
        if len(value) >= MIN_SECRET_LENGTH:
            for form in (value, json.dumps(value)[1:-1], quote(value, safe="")):
                message = message.replace(form, "***")
    message = storable(message)
    message = _BEARER.sub("Bearer ***", _JWT.sub("***", message))
    return " ".join(message.split())[:MAX_MESSAGE_LENGTH]


class GraphError(Exception):
    """The root of the tree. `path` has no host and no query; Microsoft's support asks for `request_id`."""

    def __init__(
        self,
        message: str = "",
        *,
        method: str = "",
        path: str = "",
        status: int = 0,
        code: str = "",
        inner_code: str = "",
        request_id: str = "",
    ) -> None:
        self.message = clean(message)
        self.method, self.path, self.status = method, path.partition("?")[0], status
        self.code, self.inner_code, self.request_id = (clean(word)[:200] for word in (code, inner_code, request_id))
        super().__init__(self.message)

    def __str__(self) -> str:
        where = f"{self.method} {self.path}".strip()
        codes = " / ".join(code for code in (self.code, self.inner_code) if code)
        parts = [
            f"[{self.request_id}]" if self.request_id else "",
            where,
            str(self.status) if self.status else "",
            codes,
            self.message,
        ]
        return " ".join(part for part in parts if part) or type(self).__name__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class TryLater(GraphError):
    """Ask again later. `retry_after`: seconds, or None where none were named; `scope`: x-ms-throttle-scope or empty."""

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float | None = None,
        scope: str = "",
        method: str = "",
        path: str = "",
        status: int = 0,
        code: str = "",
        inner_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(
            message, method=method, path=path, status=status, code=code, inner_code=inner_code, request_id=request_id
        )
        self.retry_after, self.scope = retry_after, scope

    @property
    def asks_to_wait(self) -> bool:
        """Whether the service itself named a time before which it wants no call (RFC 9110, 10.2.3)."""
        return self.status in (429, 503) and self.retry_after is not None


class Throttled(TryLater):
    """429: too many calls."""

    @property
    def everywhere(self) -> bool:
        """Whether the limit is one of our application over all tenants, so that every tenant has to wait."""
        return self.scope.partition("/")[0].strip().lower() == "application"


class Unavailable(TryLater):
    """Microsoft gave no usable answer. Nothing was changed, or repeating the call changes nothing more."""


class Unreadable(Unavailable):
    """An answer came that says nothing: a web page, an error under status 200, a part that it lacks, an unknown word.

    Nothing may be concluded from it, neither that something is missing or forbidden nor that there is none.
    """


class TooLarge(Unreadable):
    """The answer is larger than the cap; it was not read to its end."""


class OutcomeUnknown(TryLater):
    """The call may have taken effect. Look first whether it did, before sending it again."""


class NotAllowed(GraphError):
    """The tenant does not allow the call."""


class ConsentMissing(NotAllowed):
    """The tenant has no service principal of our application. Just after a consent it may be on its way."""


class TokenRefused(NotAllowed):
    """Entra gives no token for this tenant, and waiting does not help: our application is switched off there, a policy
    keeps it out, the tenant is in another cloud. `code` is the AADSTS number.
    """


class OtherCloud(NotAllowed):
    """The tenant lives in another of Microsoft's clouds, by its own metadata; `cloud` is its name in `clouds`."""

    def __init__(
        self, message: str = "", *, cloud: str = "", method: str = "", path: str = "", status: int = 0
    ) -> None:
        super().__init__(message, method=method, path=path, status=status)
        self.cloud = cloud


class RoleMissing(NotAllowed):
    """The token is valid, but lacks a permission for this call."""


class LicenceMissing(NotAllowed):
    """The tenant has no Entra ID P1 or P2, which this call needs."""


class NotThere(GraphError):
    """The object does not exist, was deleted, or is not replicated yet."""


class AlreadyThere(GraphError):
    """The object exists already."""


class Rejected(GraphError):
    """The request is wrong, by a fault of ours."""


class CredentialsRefused(Rejected):
    """Entra could not use the SCIM address and token that it was given; `inner_code` says why."""


class LinkRefused(Rejected):
    """The service does not take its own link to the next page any more. The list has to be begun again."""


class OurCredentialRefused(GraphError):
    """Entra refuses the key or secret of our own application. Waiting does not help, and no tenant is spared."""


class HostRefused(GraphError):
    """An answer pointed to another host. The token was not sent there."""


class WriteRefused(GraphError):
    """The guard forbade the request before anything was sent."""


class ReadOnly(WriteRefused):
    """The guard allows only reads."""


class SignInFailed(Exception):
    """A sign-in proved no identity."""


class SignInRefused(SignInFailed):
    """Microsoft answered with an error, in the callback or at the token endpoint.

    `code` is OAuth's word (``access_denied``), `description` usually begins with the AADSTS number.
    """

    def __init__(self, code: str, description: str = "", correlation_id: str = "") -> None:
        self.code = clean(code)[:100]
        self.description, self.correlation_id = clean(description), clean(correlation_id)[:100]
        super().__init__(f"{self.code}: {self.description}" if self.description else self.code)


class IdTokenRejected(SignInFailed):
    """The answer of the sign-in is not valid. `reason` is a short phrase for the log."""

    def __init__(self, reason: str) -> None:
        self.reason = clean(reason)
        super().__init__(self.reason)
