"""Assignments, members and people page by page, with as few requests as Graph's limits allow."""

from __future__ import annotations

from typing import Any

import pytest

from graphclient import GraphClient, LinkRefused, NotThere, Unreadable

from .graph_stub import GraphStub, Reply

LINK = "https://graph.microsoft.com/v1.0/servicePrincipals/app/appRoleAssignedTo?$skiptoken=2"
EVA = {"id": "a-1", "appRoleId": "r-1", "principalId": "eva", "principalType": "User", "principalDisplayName": "Eva"}
APP: dict[str, Any] = {"id": "app", "appId": "client", "appRoles": [{"id": "r-1", "value": "User", "isEnabled": True}]}


def answers(*bodies: tuple[int, Any]) -> Reply:
    return Reply(200, {"responses": [{"id": str(n), "status": s, "body": body} for n, (s, body) in enumerate(bodies)]})


def test_asks_for_assignments_roles_and_size_of_the_directory_at_once(far: GraphStub, graph: GraphClient) -> None:
    page = {"value": [EVA], "@odata.nextLink": LINK}
    far.on("POST", "/v1.0/$batch", answers((200, page), (200, APP), (200, {"value": [], "@odata.count": 2005})))
    first = graph.service_principals.assigned_first("app")
    assert ([each.principal_id for each in first.page.rows], first.page.next_link) == (["eva"], LINK)
    assert ([role.value for role in first.roles], first.in_directory) == (["User"], 2005)
    [asked] = far.asked
    urls = [each["url"] for each in asked.json["requests"]]
    assert urls[0] == "/servicePrincipals/app/appRoleAssignedTo?$top=999"
    assert [each.get("headers") for each in asked.json["requests"]][2] == {"ConsistencyLevel": "eventual"}


@pytest.mark.parametrize("users", [(403, {"error": {"code": "Authorization_RequestDenied"}}), (200, {"value": []})])
def test_does_without_the_size_of_the_directory(far: GraphStub, graph: GraphClient, users: Any) -> None:
    far.on("POST", "/v1.0/$batch", answers((200, {"value": []}), (200, APP), users))
    assert graph.service_principals.assigned_first("app").in_directory is None


@pytest.mark.parametrize("page", [{}, {"value": None}, {"value": ["eva"]}, {"value": [{"id": "a-1"}]}, "<html>"])
def test_concludes_nothing_from_assignments_that_cannot_be_read(far: GraphStub, graph: GraphClient, page: Any) -> None:
    far.on("POST", "/v1.0/$batch", answers((200, page), (200, APP), (200, {"@odata.count": 1})))
    with pytest.raises(Unreadable):
        graph.service_principals.assigned_first("app")


def test_tells_an_application_that_is_gone_from_one_without_people(far: GraphStub, graph: GraphClient) -> None:
    missing = (404, {"error": {"code": "Request_ResourceNotFound"}})
    far.on("POST", "/v1.0/$batch", answers(missing, missing, (200, {"@odata.count": 1})))
    with pytest.raises(NotThere):
        graph.service_principals.assigned_first("app")


def test_says_which_group_is_gone(far: GraphStub, graph: GraphClient) -> None:
    member = {"@odata.type": "#microsoft.graph.user", "id": "eva"}
    far.on("POST", "/v1.0/$batch", answers((200, {"value": [member]}), (404, {"error": {"code": "NotFound"}})))
    there, gone = graph.groups.first_pages(["g-1", "g-2"])
    assert there is not None
    assert [each.id for each in there.rows] == ["eva"]
    assert gone is None


def test_refuses_more_than_twenty_groups_before_anything_is_sent(far: GraphStub, graph: GraphClient) -> None:
    with pytest.raises(ValueError, match="twenty"):
        graph.groups.first_pages([str(number) for number in range(21)])
    assert far.asked == []


def test_says_that_a_link_is_not_taken_any_more(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", "/v1.0/servicePrincipals/app/appRoleAssignedTo", Reply(400, {"error": {"code": "Expired"}}))
    with pytest.raises(LinkRefused):
        graph.service_principals.assigned_next(LINK)
