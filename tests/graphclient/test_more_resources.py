"""The calls beside the main way: owners, new applications, counts, expressions with a test object, groups on demand."""

from __future__ import annotations

from typing import Any

import pytest

from graphclient import (
    Application,
    Domain,
    GraphClient,
    Instantiated,
    NotThere,
    OutcomeUnknown,
    ParsedExpression,
    RoleMissing,
    SubscribedSku,
    Transport,
    Unreadable,
    WriteRefused,
    guards,
)
from graphclient.models.organization import P1, P2
from graphclient.resources.applications import NON_GALLERY_TEMPLATE_ID, marked_name
from graphclient.resources.service_principals import GRAPH_APP_ID

from .graph_stub import DROP, GraphStub, Reply
from .samples import ASSIGNMENT, JOB_ID, SERVICE_PRINCIPAL, SP, on_demand_a

V = "/v1.0"
SPS = f"{V}/servicePrincipals"
JOB = f"{SPS}/{SP}/synchronization/jobs/{JOB_ID}"
OURS = "11111111-7c7a-4f0b-9a36-5c1a3f7c1c10"
MARKER = "hx-abcdefghij"
EXISTS = {"code": "Request_BadRequest", "message": "One or more added object references already exist for …"}
APPLICATION = {"id": "4d5e", "appId": "c3", "displayName": f"Haiilo SCIM ({MARKER})", "appRoles": []}


def listed(*rows: dict[str, Any]) -> Reply:
    return Reply(200, {"value": list(rows)})


# Owners


@pytest.mark.parametrize(("resource", "path"), [("service_principals", SPS), ("applications", f"{V}/applications")])
def test_adds_an_owner_and_is_content_when_it_was_one(
    far: GraphStub, graph: GraphClient, resource: str, path: str
) -> None:
    far.on("POST", f"{path}/x/owners/$ref", Reply(503), Reply(204), Reply(400, {"error": EXISTS}))
    far.on("GET", f"{path}/x/owners", listed({"id": OURS, "@odata.type": "#microsoft.graph.servicePrincipal"}))
    owned = getattr(graph, resource)
    assert (owned.add_owner("x", OURS), owned.add_owner("x", OURS)) == (True, False)
    assert far.asked[1].json == {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{OURS}"}
    assert [(owner.id, owner.kind) for owner in owned.owners("x")] == [(OURS, "servicePrincipal")]


def test_says_when_it_may_not_add_an_owner(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{SPS}/x/owners/$ref", Reply(403, {"error": {"code": "Authorization_RequestDenied"}}))
    with pytest.raises(RoleMissing):
        graph.service_principals.add_owner("x", OURS)


def test_lists_what_a_principal_owns(far: GraphStub, graph: GraphClient) -> None:
    kind = "#microsoft.graph."
    app = {"id": SP, "@odata.type": f"{kind}servicePrincipal", "appId": "b2d1", "displayName": "Haiilo SSO"}
    unreadable = {"id": "g", "@odata.type": f"{kind}group", "appId": None, "displayName": None}
    far.on("GET", f"{SPS}/{OURS}/ownedObjects", listed(app, unreadable))
    owned = list(graph.service_principals.owned_by(OURS))
    assert [(thing.id, thing.kind, thing.app_id, thing.display_name) for thing in owned] == [
        (SP, "servicePrincipal", "b2d1", "Haiilo SSO"),
        ("g", "group", None, ""),
    ]
    assert far.asked[0].query["$select"] == "id,appId,displayName"


def test_lists_what_a_principal_owns_page_by_page(far: GraphStub, graph: GraphClient) -> None:
    def thing(identity: str) -> dict[str, str]:
        return {"id": identity, "@odata.type": "#microsoft.graph.group"}

    path = f"{SPS}/{OURS}/ownedObjects"
    link = f"https://graph.microsoft.com{path}?$skiptoken=x"
    far.on("GET", path, Reply(200, {"value": [thing("a")], "@odata.nextLink": link}), listed(thing("b")))
    assert [thing.id for thing in graph.service_principals.owned_by(OURS)] == ["a", "b"]


# New applications


def test_makes_an_application_that_carries_its_marker(far: GraphStub, graph: GraphClient) -> None:
    path = f"{V}/applicationTemplates/{NON_GALLERY_TEMPLATE_ID}/instantiate"
    far.on("POST", path, Reply(201, {"application": APPLICATION, "servicePrincipal": SERVICE_PRINCIPAL, "new": 1}))
    made = graph.applications.instantiate("Haiilo SCIM", MARKER)
    assert far.asked[0].json == {"displayName": f"Haiilo SCIM ({MARKER})"}
    assert (made.application.id, made.application.app_id, made.service_principal.id) == ("4d5e", "c3", SP)


@pytest.mark.parametrize(
    "reply", [DROP, Reply(504), Reply(404), Reply(429), Reply(201), Reply(201, {"application": APPLICATION})]
)
def test_makes_an_application_at_most_once(far: GraphStub, graph: GraphClient, reply: Reply) -> None:
    far.on("POST", f"{V}/applicationTemplates/{NON_GALLERY_TEMPLATE_ID}/instantiate", reply)
    with pytest.raises(OutcomeUnknown):
        graph.applications.instantiate("Haiilo SCIM", MARKER)
    assert len(far.asked) == 1


def test_finds_what_it_made_by_name_and_marker(far: GraphStub, graph: GraphClient) -> None:
    names = [f"Haiilo SCIM ({MARKER})", f"HAIILO SCIM ({MARKER.upper()})", "Haiilo SCIM", f"Haiilo SCIM ({MARKER}) old"]
    far.on("GET", SPS, listed(*[SERVICE_PRINCIPAL | {"id": str(n), "displayName": d} for n, d in enumerate(names)]))
    assert [sp.id for sp in graph.applications.marked("Haiilo SCIM", MARKER)] == ["0", "1"]
    assert far.asked[0].query["$filter"] == "startswith(displayName,'Haiilo SCIM')"


@pytest.mark.parametrize(
    ("name", "marker"),
    [("", MARKER), ("x", ""), ("x", "short"), ("x", "Upper-case-1"), ("x", "a b c d e f"), ("x", "a)b(cdef")],
)
def test_makes_nothing_without_a_marker(far: GraphStub, graph: GraphClient, name: str, marker: str) -> None:
    with pytest.raises(ValueError, match="marker"):
        graph.applications.instantiate(name, marker)
    assert far.asked == []
    assert marked_name(" x ", MARKER) == f"x ({MARKER})"


def test_gets_a_registration_by_both_ids(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/applications/4d5e", Reply(200, APPLICATION))
    far.on("GET", f"{V}/applications", listed(APPLICATION), listed())
    assert graph.applications.get("4d5e") == graph.applications.by_app_id("c3'")
    assert far.asked[1].query["$filter"] == "appId eq 'c3'''"
    with pytest.raises(NotThere):
        graph.applications.by_app_id("c4")


@pytest.mark.parametrize(
    ("model", "complete", "required"),
    [
        (Application, APPLICATION, "id"),
        (Application, APPLICATION, "appId"),
        (Domain, {"id": "a.example"}, "id"),
        (SubscribedSku, {"id": "x", "servicePlans": []}, "id"),
    ],
)
def test_refuses_an_object_without_what_it_needs(model: Any, complete: dict[str, Any], required: str) -> None:
    assert model.from_json(complete | {"somethingNew": {}})
    odd: Any
    for odd in (complete | {required: None}, None, []):
        with pytest.raises(Unreadable):
            model.from_json(odd)
    with pytest.raises(Unreadable):
        Instantiated.from_json({"application": complete})


def test_lets_a_guard_allow_exactly_these_calls_beside_its_own(far: GraphStub, transport: Transport) -> None:
    path = f"/applicationTemplates/{NON_GALLERY_TEMPLATE_ID}/instantiate"
    guard = guards.allowing(guards.only_service_principal(SP), ("post", path))
    guard("POST", path)
    guard("POST", path.upper())
    guard("GET", "/anything")
    guard("DELETE", f"/servicePrincipals/{SP}/synchronization/jobs/1")
    for method, other in (("DELETE", path), ("POST", f"{path}/x"), ("POST", "/applicationTemplates/1/instantiate")):
        with pytest.raises(WriteRefused):
            guard(method, other)
    for wrong in (("", path), ("POST", ""), ("POST", "/a/../b"), ("POST", "/a?b")):
        with pytest.raises(ValueError, match="path"):
            guards.allowing(guard, wrong)


# The tenant


def test_reads_domains_and_products(far: GraphStub, graph: GraphClient) -> None:
    domain = {"id": "a.example", "isVerified": True, "isDefault": False, "authenticationType": "federated"}
    sku = {
        "id": "1",
        "skuPartNumber": "AAD_PREMIUM",
        "capabilityStatus": "enabled",
        "consumedUnits": 7,
        "prepaidUnits": {"enabled": 10},
        "servicePlans": [{"servicePlanId": P1.upper()}],
    }
    far.on("GET", f"{V}/domains", listed(domain))
    far.on("GET", f"{V}/subscribedSkus", listed(sku))
    assert graph.organization.domains() == [Domain("a.example", is_verified=True, authentication_type="Federated")]
    (found,) = graph.organization.subscribed_skus()
    assert (found.part_number, found.enabled, found.consumed, found.has_p1) == ("AAD_PREMIUM", 10, 7, True)


@pytest.mark.parametrize(
    ("status", "plans", "has_p1"),
    [("Warning", [P2], True), ("Suspended", [P1], False), ("Enabled", ["x"], False), ("Enabled", [], False)],
)
def test_knows_p1_by_what_a_product_contains(status: str, plans: list[str], has_p1: bool) -> None:
    rows = [{"servicePlanId": plan} for plan in plans]
    assert SubscribedSku.from_json({"id": "x", "capabilityStatus": status, "servicePlans": rows}).has_p1 is has_p1


def test_names_the_permissions_that_were_granted(far: GraphStub, graph: GraphClient) -> None:
    roles = [{"id": "r1", "value": "User.Read.All"}, {"id": "r2", "value": "Group.Read.All"}, {"id": "r3"}]
    far.on("GET", f"{SPS}(appId='c1')", Reply(200, SERVICE_PRINCIPAL | {"id": OURS}))
    far.on("GET", f"{SPS}(appId='{GRAPH_APP_ID}')", Reply(200, SERVICE_PRINCIPAL | {"id": "graph", "appRoles": roles}))
    granted = [
        ASSIGNMENT | {"appRoleId": "r1", "resourceId": "graph"},
        ASSIGNMENT | {"appRoleId": "r2", "resourceId": "another"},
        ASSIGNMENT | {"appRoleId": "r3", "resourceId": "graph"},
        ASSIGNMENT | {"appRoleId": "gone", "resourceId": "graph"},
    ]
    far.on("GET", f"{SPS}/{OURS}/appRoleAssignments", listed(*granted))
    assert graph.service_principals.granted_permissions("c1") == {"User.Read.All", "r3", "gone"}


# People, groups, assignments


def test_filters_assignments_by_principal_or_name(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SPS}/{SP}/appRoleAssignedTo", listed(ASSIGNMENT))
    assert [row.id for row in graph.service_principals.assigned_to(SP, principal_id=OURS)] == [ASSIGNMENT["id"]]
    assert [row.id for row in graph.service_principals.assigned_to(SP, named="O'N")] == [ASSIGNMENT["id"]]
    filters = [asked.query["$filter"] for asked in far.asked]
    assert filters == [f"principalId eq {OURS}", "startswith(principalDisplayName,'O''N')"]
    with pytest.raises(ValueError, match="GUID"):
        graph.service_principals.assigned_to(SP, principal_id="x or true")


def test_counts_with_the_header_that_counting_needs(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SPS}/{SP}/appRoleAssignedTo/$count", Reply(200, body=b"3"))
    far.on("GET", f"{V}/users/$count", Reply(200, body=b"\xef\xbb\xbf5"))
    far.on("GET", f"{V}/groups/g/transitiveMembers/microsoft.graph.user/$count", Reply(200, body=b"7"))
    assert graph.service_principals.count_assigned(SP) == 3
    assert graph.groups.count_transitive_users("g") == 7
    assert graph.users.count() == graph.users.count(enabled=False, kind="Guest") == 5
    assert all(asked.headers["consistencylevel"] == "eventual" for asked in far.asked)
    assert "$filter" not in far.asked[2].query
    assert far.asked[3].query["$filter"] == "accountEnabled eq false and userType eq 'Guest'"


def test_finds_groups_and_walks_into_nested_ones(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/groups", listed({"id": "1"}, {"id": "2"}))
    far.on("GET", f"{V}/groups/g/transitiveMembers", listed({"id": "u", "@odata.type": "#microsoft.graph.user"}))
    assert [group.id for group in graph.groups.find(" A'b ", top=1)] == ["1"]
    assert far.asked[0].query["$filter"] == "startswith(displayName,'A''b')"
    assert graph.groups.find(" ") == []
    assert [member.kind for member in graph.groups.transitive_members("g")] == ["user"]


# Provisioning


def test_evaluates_an_expression_for_a_test_object(far: GraphStub, graph: GraphClient) -> None:
    answer = {
        "parsingSucceeded": True,
        "evaluationSucceeded": True,
        "evaluationResult": ["True"],
        "parsedExpression": {},
    }
    far.on("POST", f"{JOB}/schema/parseExpression", Reply(200, answer))
    target = {"name": "active", "type": "Boolean"}
    parsed = graph.synchronization.parse_expression(
        SP, JOB_ID, "Not([IsSoftDeleted])", subject={"IsSoftDeleted": "False"}, target=target
    )
    assert parsed == ParsedExpression(True, None, "", ("True",), evaluated=True)
    assert far.asked[0].json == {
        "expression": "Not([IsSoftDeleted])",
        "targetAttributeDefinition": target,
        "testInputObject": {
            "definition": {"name": "User", "attributes": [{"name": "IsSoftDeleted", "type": "String"}]},
            "properties": [{"key": "IsSoftDeleted", "value": "False"}],
        },
    }


def test_keeps_a_test_object_out_of_what_is_shown(far: GraphStub, graph: GraphClient) -> None:
    echo = {"code": "Bad", "message": "cannot read eva@nordwind.example"}
    far.on("POST", f"{JOB}/schema/parseExpression", Reply(400, {"error": echo}))
    with pytest.raises(Exception, match=r"cannot read \*\*\*"):
        graph.synchronization.parse_expression(SP, JOB_ID, "[mail]", subject={"mail": "eva@nordwind.example"})
    assert "Eva" not in repr(ParsedExpression(True, None, "", ("Eva",)))


def test_says_whether_the_tenant_can_mend_an_expression(far: GraphStub, graph: GraphClient) -> None:
    error = {"code": "C", "message": "no such function", "tenantActionable": True}
    far.on("POST", f"{JOB}/schema/parseExpression", Reply(200, {"parsingSucceeded": False, "error": error}))
    parsed = graph.synchronization.parse_expression(SP, JOB_ID, "Jion()")
    assert (parsed.ok, parsed.error, parsed.tenant_can_act) == (False, "no such function", True)
    assert far.asked[0].json["testInputObject"] is None


def test_provisions_a_group_with_some_of_its_members(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOB}/provisionOnDemand", Reply(200, on_demand_a()))
    assert graph.synchronization.provision_group_on_demand(SP, JOB_ID, "rule", "g", ["u1"]).result == "Success"
    (subject,) = far.asked[0].json["parameters"][0]["subjects"]
    assert subject == {
        "objectId": "g",
        "objectTypeName": "Group",
        "links": {"members": [{"objectId": "u1", "objectTypeName": "User"}]},
    }
    with pytest.raises(ValueError, match="five"):
        graph.synchronization.provision_group_on_demand(SP, JOB_ID, "rule", "g", ["u"] * 6)
    assert len(far.asked) == 1


@pytest.mark.parametrize("scope", ["None", "ConnectorDataStore", "Watermarks", "full", "Watermark; Escrows"])
def test_restarts_with_no_word_that_could_do_harm(far: GraphStub, graph: GraphClient, scope: str) -> None:
    with pytest.raises(ValueError, match="reset scope"):
        graph.synchronization.restart(SP, JOB_ID, scope)
    assert far.asked == []


@pytest.mark.parametrize("scope", ["", "Full", "ForceDeletes", "Watermark,Escrows, QuarantineState"])
def test_restarts_with_the_words_that_it_was_given(far: GraphStub, graph: GraphClient, scope: str) -> None:
    far.on("POST", f"{JOB}/restart", Reply(204))
    graph.synchronization.restart(SP, JOB_ID, scope)
    assert far.asked[0].json == {"criteria": {"resetScope": scope}}
