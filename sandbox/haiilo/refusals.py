"""What the SCIM service says no with (RFC 7644 3.12)."""

from __future__ import annotations

from typing import Any

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimRefused(Exception):
    """A SCIM error answer. `code` is Haiilo's own number, such as 400.76, when it has one."""

    def __init__(self, status: int, detail: str, scim_type: str = "", code: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type, self.code = status, detail, scim_type, code

    def json(self) -> dict[str, Any]:
        """The body of the error answer."""
        body = {"schemas": [ERROR], "status": str(self.status), "detail": self.detail}
        if self.scim_type:
            body["scimType"] = self.scim_type
        if self.code:
            body["code"] = self.code
        return body
