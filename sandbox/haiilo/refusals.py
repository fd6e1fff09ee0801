"""What the SCIM service says no with (RFC 7644 3.12)."""

from __future__ import annotations

from typing import Any

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class WebPage(Exception):
    """A page for people comes in place of SCIM."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ScimRefused(Exception):
    """A SCIM error answer. `code` is Haiilo's own number, such as 400.76, when it has one."""

    def __init__(self, status: int, detail: str, scim_type: str = "", code: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type, self.code = status, detail, scim_type, code
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """What the answer carries besides: how to sign in, or when to come again."""
        return {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": str(self.retry_after)}}.get(self.status, {})

    def json(self) -> dict[str, Any]:
        """The body of the error answer."""
        body = {"schemas": [ERROR], "status": str(self.status), "detail": self.detail}
        if self.scim_type:
            body["scimType"] = self.scim_type
        if self.code:
            body["code"] = self.code
        return body
