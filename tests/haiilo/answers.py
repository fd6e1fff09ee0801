"""What a platform of Haiilo says: accounts, pages of a list, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.graphclient.graph_stub import Asked, Reply

HOST = "contoso.smarpshare.com"
BASE = f"https://{HOST}/api/scim/v2"
USERS = "/api/scim/v2/Users"
TOKEN = "hat_canary-scim-token-2222"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def account(number: int, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "id": str(number), "userName": f"user{number}@contoso.example", "active": True, **more}


def page(*rows: Any, total: int | None = None, **more: Any) -> Reply:
    told = {"totalResults": len(rows) if total is None else total, "startIndex": 1, "itemsPerPage": len(rows)}
    return Reply(200, {"schemas": [LIST], **told, "Resources": list(rows), **more})


def refusal(status: int, detail: str = "no", **more: Any) -> Reply:
    headers = more.pop("headers", {})
    return Reply(status, {"schemas": [ERROR], "status": str(status), "detail": detail, **more}, headers=headers)


def platform(accounts: list[dict[str, Any]], cap: int = 1000) -> Callable[[Asked], Reply]:
    """A platform as RFC 7644 has it, which gives `cap` accounts a page at most."""

    def answer(asked: Asked) -> Reply:
        text = asked.query.get("filter", "")
        found = [each for each in accounts if not text or text == f'userName eq "{each["userName"]}"']
        start, count = int(asked.query.get("startIndex", 1)), int(asked.query.get("count", cap))
        return page(*found[start - 1 : start - 1 + min(count, cap)], total=len(found), startIndex=start)

    return answer
