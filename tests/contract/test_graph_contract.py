"""What we believe of Graph, asked of the sandbox and, with --live, of Microsoft: the same file, the same client."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from graphclient import (
    ClientCredentials,
    CredentialsRefused,
    Finding,
    GraphClient,
    LicenceMissing,
    NotThere,
    OurCredentialRefused,
    Rejected,
    RoleMissing,
    Secret,
    Template,
    WriteRefused,
    missing,
    probe,
    resolve_tenant,
)
from graphclient.http.paging import pages
from graphclient.resources.service_principals import GRAPH_APP_ID

from .conftest import Prepared, World, secrets_of

NOBODY = "00000000-0000-4000-8000-000000000000"
SWITCH = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'


# The tenant and its tokens


def test_is_in_the_tenant_that_was_meant(world: World, graph: GraphClient) -> None:
    organization = graph.organization.get()
    assert organization.id == world.tenant_id
    assert organization.display_name
    assert [domain.name for domain in organization.verified_domains if domain.is_default]


def test_resolves_the_tenant_by_its_domain(world: World, graph: GraphClient) -> None:
    domain = next(each.name for each in graph.organization.get().verified_domains if each.is_default)
    with requests.Session() as http:
        world.reroutes.mount(http)
        assert resolve_tenant(http, world.cloud, domain) == world.tenant_id
        assert resolve_tenant(http, world.cloud, "no-such-domain-of-anybody.example") is None


def test_is_refused_with_a_secret_that_is_wrong(world: World) -> None:
    with requests.Session() as http:
        world.reroutes.mount(http)
        with pytest.raises(OurCredentialRefused) as caught:
            ClientCredentials(world.tenant_id, world.client_id, Secret("wrong"), http, world.cloud).token()
    assert caught.value.code.startswith("AADSTS7000")


def test_knows_its_own_permissions_by_name(world: World, graph: GraphClient) -> None:
    granted = graph.service_principals.granted_permissions(world.client_id)
    assert {"Application.Read.All", "Synchronization.ReadWrite.All"} <= granted


# Enterprise applications


def test_finds_the_application_by_id_client_id_and_name(world: World, graph: GraphClient) -> None:
    application = graph.service_principals.get(world.service_principal_id)
    assert graph.service_principals.by_app_id(application.app_id) == application
    assert application in list(graph.service_principals.named(application.display_name[:6]))


def test_knows_microsoft_graph_in_every_tenant(graph: GraphClient) -> None:
    values = {role.value for role in graph.service_principals.by_app_id(GRAPH_APP_ID).app_roles}
    assert {"User.Read.All", "ProvisioningLog.Read.All", "Synchronization.ReadWrite.All"} <= values


def test_says_that_an_application_is_not_there(graph: GraphClient) -> None:
    with pytest.raises(NotThere):
        graph.service_principals.get(NOBODY)


def test_refuses_a_filter_that_it_does_not_know(graph: GraphClient) -> None:
    with pytest.raises(Rejected):
        graph.transport.get("/servicePrincipals", {"$filter": "noSuchProperty eq 'x'"})


def test_pages_through_a_list_without_losing_or_doubling(graph: GraphClient) -> None:
    params = {"$select": "id,displayName"}
    small = [row["id"] for row in pages(graph.transport, "/servicePrincipals", params | {"$top": "2"})]
    large = [row["id"] for row in pages(graph.transport, "/servicePrincipals", params | {"$top": "999"})]
    assert len(small) > 2
    assert len(small) == len(set(small))
    assert sorted(small) == sorted(large)


def test_lists_and_counts_who_is_assigned(world: World, graph: GraphClient) -> None:
    rows = list(graph.service_principals.assigned_to(world.service_principal_id))
    user = graph.users.get(world.user)
    assert {row.principal_type for row in rows} <= {"User", "Group", "ServicePrincipal"}
    assert user.id in {row.principal_id for row in rows}
    one = list(graph.service_principals.assigned_to(world.service_principal_id, principal_id=user.id))
    assert [row.principal_id for row in one] == [user.id]
    assert graph.service_principals.count_assigned(world.service_principal_id) == len(rows)


def test_shows_what_it_owns_and_who_owns_a_registration(world: World, graph: GraphClient) -> None:
    """Read with Application.Read.All alone; that each thing has its kind is what the daily look depends on."""
    ours = graph.service_principals.by_app_id(world.client_id)
    owned = list(graph.service_principals.owned_by(ours.id))
    assert all(thing.kind for thing in owned)
    application = graph.service_principals.get(world.service_principal_id)
    registration = graph.applications.by_app_id(application.app_id)
    owners = {owner.id for owner in graph.applications.owners(registration.id)}
    owned_too = {thing.app_id for thing in owned if thing.kind == "application"}
    assert (ours.id in owners) == (application.app_id in owned_too)
    assert (ours.id in {owner.id for owner in graph.service_principals.owners(application.id)}) == (
        application.id in {thing.id for thing in owned}
    )
    with pytest.raises(NotThere):
        list(graph.service_principals.owned_by(NOBODY))


def test_counts_the_members_of_an_assigned_group(world: World, graph: GraphClient) -> None:
    rows = graph.service_principals.assigned_to(world.service_principal_id)
    group = next((row for row in rows if row.principal_type == "Group"), None)
    if group is None:
        assert world.live, "the sandbox assigns a group"
        return
    members = list(graph.groups.members(group.principal_id))
    assert graph.groups.count_members(group.principal_id) == len(members)
    assert graph.groups.count_transitive_members(group.principal_id) >= len(members)


def test_finds_a_person_by_the_beginning_of_the_name(world: World, graph: GraphClient) -> None:
    user = graph.users.get(world.user)
    assert user.user_principal_name.lower() == world.user.lower()
    assert user.id in {found.id for found in graph.users.find(world.user[:10], top=100)}
    assert graph.users.many([user.id, NOBODY]) == {user.id: user}
    assert graph.users.count() >= 1


# Provisioning


def test_offers_a_template_for_scim(world: World, graph: GraphClient) -> None:
    templates = graph.synchronization.templates(world.service_principal_id)
    assert {"scim", "customappsso"} & {template.id for template in templates}
    assert all(isinstance(template, Template) for template in templates)


def test_takes_the_credentials_of_the_receiver_and_no_others(world: World, graph: GraphClient) -> None:
    template = graph.synchronization.templates(world.service_principal_id)[0].id

    def validate(token: str) -> None:
        graph.synchronization.validate_credentials(
            world.service_principal_id, template_id=template, base_url=world.base_url, secret_token=token
        )

    validate(world.scim_token)
    with pytest.raises(CredentialsRefused) as caught:
        validate("not-the-token-of-anybody")
    assert "CredentialValidation" in caught.value.inner_code or "CredentialValidation" in caught.value.code
    assert "not-the-token" not in str(caught.value)


def test_makes_a_job_that_does_not_run(world: World, graph: GraphClient, prepared: Prepared) -> None:
    job = graph.synchronization.job(world.service_principal_id, prepared.id)
    assert (job.id, job.template_id) == (prepared.id, prepared.template_id)
    assert (job.never_ran, job.running, job.quarantined) == (True, False, False)
    assert [each.id for each in graph.synchronization.jobs(world.service_principal_id)] == [prepared.id]


def test_keeps_the_secrets_and_does_not_show_the_token(world: World, graph: GraphClient, prepared: Prepared) -> None:
    sp = world.service_principal_id
    saved = world.eventually(lambda: graph.synchronization.secrets(sp), lambda found: "BaseAddress" in found)
    assert saved["BaseAddress"] == world.base_url
    assert set(saved) >= set(secrets_of(world)) - {"SecretToken"}
    assert saved.get("SecretToken") != world.scim_token
    graph.synchronization.validate_credentials(sp, template_id=prepared.template_id, saved=True, job_id=prepared.id)


def test_takes_a_secret_key_in_the_wrong_case_for_a_mistake(
    world: World, graph: GraphClient, prepared: Prepared
) -> None:
    with pytest.raises(Rejected):
        graph.synchronization.put_secrets(world.service_principal_id, {"baseAddress": world.base_url})


def test_writes_the_schema_back_unchanged(world: World, graph: GraphClient, prepared: Prepared) -> None:
    sp = world.service_principal_id
    before = graph.synchronization.schema(sp, prepared.id)
    graph.synchronization.put_schema(sp, prepared.id, before)
    after = graph.synchronization.schema(sp, prepared.id)
    assert _content(after) == _content(before)


def test_changes_one_thing_of_the_schema_and_takes_it_back(
    world: World, graph: GraphClient, prepared: Prepared
) -> None:
    sp = world.service_principal_id
    before = graph.synchronization.schema(sp, prepared.id)
    changed = copy.deepcopy(before)
    (groups,) = [row for row in _mappings(changed) if row["sourceObjectName"] == "Group"]
    groups["enabled"] = False
    graph.synchronization.put_schema(sp, prepared.id, changed)
    assert _content(graph.synchronization.schema(sp, prepared.id)) == _content(changed)
    graph.synchronization.put_schema(sp, prepared.id, before)
    assert _content(graph.synchronization.schema(sp, prepared.id)) == _content(before)


def test_has_one_mapping_for_users_with_a_matching_attribute(
    world: World, graph: GraphClient, prepared: Prepared
) -> None:
    (users,) = [
        row
        for row in _mappings(graph.synchronization.schema(world.service_principal_id, prepared.id))
        if row["sourceObjectName"] == "User"
    ]
    matching = [row["targetAttributeName"] for row in users["attributeMappings"] if row.get("matchingPriority") == 1]
    assert matching == ["userName"]


def test_knows_no_patch_of_the_schema(world: World, graph: GraphClient, prepared: Prepared) -> None:
    path = f"/servicePrincipals/{world.service_principal_id}/synchronization/jobs/{prepared.id}/schema"
    with pytest.raises(Rejected):
        graph.transport.send("PATCH", path, json={"version": "x"})


def test_parses_and_evaluates_an_expression(world: World, graph: GraphClient, prepared: Prepared) -> None:
    parsed = graph.synchronization.parse_expression(
        world.service_principal_id, prepared.id, SWITCH, subject={"IsSoftDeleted": "False"}
    )
    assert (parsed.ok, parsed.evaluated, parsed.result) == (True, True, ("True",))
    assert parsed.parsed is not None
    assert parsed.parsed["name"] == "Switch"


def test_says_why_an_expression_is_wrong(world: World, graph: GraphClient, prepared: Prepared) -> None:
    parsed = graph.synchronization.parse_expression(world.service_principal_id, prepared.id, "NoSuchFunction(")
    assert not parsed.ok
    assert parsed.error


def test_lists_functions_and_operators(world: World, graph: GraphClient, prepared: Prepared) -> None:
    sp = world.service_principal_id
    functions = {row.get("id") or row.get("name") for row in graph.synchronization.functions(sp, prepared.id)}
    assert {"Switch", "Join", "Coalesce"} <= functions
    assert graph.synchronization.filter_operators(sp, prepared.id)


def test_provisions_one_person_and_finds_nothing_to_do_then(
    world: World, graph: GraphClient, prepared: Prepared
) -> None:
    sp, user = world.service_principal_id, graph.users.get(world.user)
    rule = graph.synchronization.schema(sp, prepared.id)["synchronizationRules"][0]["id"]
    first = graph.synchronization.provision_on_demand(sp, prepared.id, rule, user.id)
    assert first.result == "Success" or first.error_code == "RedundantExport", first
    assert {step.type for step in first.steps} >= {"Import"}
    again = graph.synchronization.provision_on_demand(sp, prepared.id, rule, user.id)
    assert again.result in ("Success", "Skipped")


def test_takes_a_wrong_rule_for_a_mistake(world: World, graph: GraphClient, prepared: Prepared) -> None:
    with pytest.raises(Rejected) as caught:
        graph.synchronization.provision_on_demand(world.service_principal_id, prepared.id, NOBODY, NOBODY)
    assert caught.value.status == 400


def test_starts_pauses_and_restarts(world: World, graph: GraphClient, prepared: Prepared) -> None:
    sp = world.service_principal_id

    def look() -> Any:
        return graph.synchronization.job(sp, prepared.id)

    graph.synchronization.start(sp, prepared.id)
    world.eventually(look, lambda job: job.schedule.state == "Active")
    graph.synchronization.pause(sp, prepared.id)
    world.eventually(look, lambda job: job.paused)
    graph.synchronization.restart(sp, prepared.id, "Watermark, Escrows, QuarantineState")
    graph.synchronization.pause(sp, prepared.id)
    world.eventually(look, lambda job: job.paused)


def test_reads_the_log_of_the_job(world: World, graph: GraphClient, prepared: Prepared) -> None:
    """The rows may come later than anybody waits here; those that are there must be ours."""
    now = datetime.now(UTC)
    try:
        events = list(graph.provisioning_logs.between(prepared.id, now - timedelta(days=2), now + timedelta(days=400)))
    except LicenceMissing:
        assert not world.live or not graph.organization.get().has_p1
        return
    assert {event.job_id for event in events} <= {prepared.id}
    assert {event.tenant_id for event in events} <= {world.tenant_id}
    assert len({event.id for event in events}) == len(events)


# What it must not be able to do


def test_finds_out_by_trying_what_it_may_do(world: World, graph: GraphClient, prepared: Prepared) -> None:
    tried = probe(graph, world.service_principal_id, prepared.id, audits=True)
    found = {each.operation: each.finding for each in tried}
    for operation in ("read the organization", "find applications", "read provisioning", "change provisioning"):
        assert found[operation] is Finding.WORKS
    assert found["read the audit log"] in (Finding.WORKS, Finding.ROLE_MISSING, Finding.LICENCE_MISSING)
    assert set(missing(tried)) <= {"AuditLog.Read.All"}
    assert missing(probe(graph, world.service_principal_id, prepared.id)) == []


def test_may_not_assign_anybody(world: World, graph: GraphClient) -> None:
    """AppRoleAssignment.ReadWrite.All would make us as good as a Global Administrator."""
    body = {"principalId": NOBODY, "resourceId": world.service_principal_id, "appRoleId": NOBODY}
    path = f"/servicePrincipals/{world.service_principal_id}/appRoleAssignedTo"
    with pytest.raises(RoleMissing):
        graph.transport.send("POST", path, json=body)


def test_sends_no_write_beside_the_one_application(world: World, graph: GraphClient) -> None:
    before = graph.transport.calls
    with pytest.raises(WriteRefused):
        graph.synchronization.create_job(NOBODY, "scim")
    assert graph.transport.calls == before


def _mappings(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [mapping for rule in schema["synchronizationRules"] for mapping in rule["objectMappings"]]


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    """All but the version, which a write may raise."""
    return {key: value for key, value in schema.items() if key != "version"}
