"""The people behind the names that were typed, and whether they are in scope."""

from __future__ import annotations

import pytest

from onboarding.steps.pilot.naming import Named, named_in
from onboarding.steps.pilot.step import Pilot
from tests.graphclient.graph_stub import Reply
from tests.narrow import present
from tests.steps.facts import APP, SCOPE, at_step

EVA_ID = "5e0a0000-0000-4000-8000-00000000e7a1"
OFFERED = at_step(
    "pilot",
    answers={"pilot": {"person": "eva@nordwind.example"}},
    seen_before={"pilot": {"people": SCOPE["sample"]}},
)


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({}, ()),
        ({"person": " eva "}, ("eva",)),
        ({"people": ["a", "b", "a", " "]}, ("a", "b")),
        ({"people": ["a"], "person": "eva"}, ("a",)),
        ({"people": list("abcdefg")}, tuple("abcde")),
    ],
)
def test_takes_the_names_of_this_release_and_of_earlier_ones(answer, names):
    assert named_in(answer) == names


def member(identity):
    return {"id": identity, "@odata.type": "#microsoft.graph.user"}


@pytest.mark.parametrize(
    ("assigned", "members", "in_scope"),
    [
        ([{"id": "a", "principalId": EVA_ID, "principalType": "User"}], [], True),
        ([{"id": "a", "principalId": "g-1", "principalType": "Group"}], [member(EVA_ID)], True),
        ([{"id": "a", "principalId": "g-1", "principalType": "Group"}], [member("u-2")], False),
        ([], [], False),
    ],
)
def test_reads_whether_the_person_is_assigned(tenant, far, assigned, members, in_scope):
    def filtered(asked):
        wanted = asked.query.get("$filter", "").removeprefix("principalId eq ")
        return Reply(200, {"value": [row for row in assigned if wanted in ("", row["principalId"])]})

    eva = {"id": EVA_ID, "displayName": "Eva Berg", "userPrincipalName": "eva@nordwind.example"}
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(200, eva))
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", filtered)
    far.on("GET", "/v1.0/groups/g-1/members", Reply(200, {"value": members}))
    [found] = Pilot().read(tenant, OFFERED).people
    assert (present(found.person).id, found.in_scope) == (EVA_ID, in_scope)


def test_reads_one_assignment_of_a_person_who_is_assigned_directly(tenant, far):
    eva = {"id": EVA_ID, "displayName": "Eva Berg", "userPrincipalName": "eva@nordwind.example"}
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(200, eva))
    row = {"id": "a", "principalId": EVA_ID, "principalType": "User"}
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", Reply(200, {"value": [row]}))
    assert Pilot().read(tenant, OFFERED).people[0].in_scope
    assert [asked.query.get("$filter") for asked in far.asked[1:]] == [f"principalId eq {EVA_ID}"]


def test_reads_nobody_where_the_tenant_knows_nobody_of_that_name(tenant, far):
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(404, {"error": {"code": "Request_ResourceNotFound"}}))
    far.on("GET", "/v1.0/users", Reply(200, {"value": []}))
    assert Pilot().read(tenant, OFFERED).people == (Named("eva@nordwind.example"),)


def test_finds_a_person_by_mail_where_it_is_nobodys_user_name(tenant, far):
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(404, {"error": {"code": "Request_ResourceNotFound"}}))
    rows = [{"id": EVA_ID, "mail": "Eva@Nordwind.example"}, {"id": "u-2", "mail": "eva@nordwind.example.org"}]
    far.on("GET", "/v1.0/users", Reply(200, {"value": rows}))
    row = {"id": "a", "principalId": EVA_ID, "principalType": "User"}
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", Reply(200, {"value": [row]}))
    [found] = Pilot().read(tenant, OFFERED).people
    assert present(found.person).id == EVA_ID
