from typing import Any
from urllib.parse import quote

import pytest

from .conftest import EVENTUAL, Entra, RunningSandbox

SPS, USERS = "/servicePrincipals", "/users"


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["displayName"] for row in rows]


def filtered(query: str, path: str = SPS) -> str:
    return f"{path}?$filter={quote(query)}"


def test_reads_a_list_page_by_page_to_its_end(entra: Entra) -> None:
    assert len(entra.get(f"{USERS}?$top=3")["value"]) == 3
    everybody = entra.rows(f"{USERS}?$top=3")
    assert len({row["id"] for row in everybody}) == len(everybody) == len(entra.get(f"{USERS}?$top=999")["value"])


def test_gives_small_pages_when_it_is_not_calm(running: RunningSandbox) -> None:
    entra = running.tenant(users=60)
    entra.chaos(calm=False)
    assert "@odata.nextLink" in next(
        page for page in (entra.ask("GET", f"{USERS}?$top=999").json() for _try in range(3)) if "value" in page
    )


def test_keeps_the_host_of_the_caller_in_its_links(running: RunningSandbox, entra: Entra) -> None:
    assert entra.get(f"{USERS}?$top=1")["@odata.nextLink"].startswith("https://graph.microsoft.com/v1.0/users?")
    here = running.session.get(
        f"{running.url}/v1.0/users?$top=1", headers={"Authorization": f"Bearer {entra.token()}"}, timeout=10
    )
    assert here.json()["@odata.nextLink"].startswith(f"{running.url}/v1.0/users?")


def test_takes_a_link_only_for_the_query_that_it_was_made_for(entra: Entra) -> None:
    link = entra.get(f"{USERS}?$top=2")["@odata.nextLink"].partition("/v1.0")[2]
    assert entra.refused("GET", link.replace("$top=2", "$top=3"))[:2] == (400, "Directory_ExpiredPageToken")
    assert entra.refused("GET", f"{USERS}?$top=2&$skiptoken=1")[0] == 400


def test_takes_the_double_slash_of_microsoft_s_own_client(entra: Entra) -> None:
    assert entra.get("//servicePrincipals")["value"]


@pytest.mark.parametrize("top", ["0", "1000", "-1", "many"])
def test_refuses_a_page_size_out_of_bounds(entra: Entra, top: str) -> None:
    assert entra.refused("GET", f"{USERS}?$top={top}")[0] == 400


@pytest.mark.parametrize("query", ["$select=id,nonsense", "$nonsense=1", "$skip=1", "$orderby=city"])
def test_refuses_what_it_does_not_know(entra: Entra, query: str) -> None:
    assert entra.refused("GET", f"{USERS}?{query}")[0] == 400


def test_shows_few_properties_of_users_unless_they_are_selected(entra: Entra) -> None:
    row = entra.get(USERS)["value"][0]
    assert "accountEnabled" not in row
    assert set(entra.get(f"{USERS}?$select=id,accountEnabled")["value"][0]) == {"id", "accountEnabled"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("startswith(displayName,'haiilo')", {"Haiilo SSO", "Haiilo (test)"}),
        ("displayName eq 'Haiilo SSO'", {"Haiilo SSO"}),
        ("displayName eq 'Haiilo SSO' or displayName eq 'Payroll'", {"Haiilo SSO", "Payroll"}),
        ("startswith(displayName,'Haiilo') and servicePrincipalType eq 'Legacy'", set()),
        ("displayName in ('Payroll','Travel')", {"Payroll", "Travel"}),
        ("tags/any(t:t eq 'WindowsAzureActiveDirectoryCustomSingleSignOnApplication')", {"Haiilo SSO"}),
        ("displayName eq 'It''s nobody'", set()),
        ("(displayName eq 'Payroll')", {"Payroll"}),
        ("accountEnabled eq true and startswith(displayName,'Pay')", {"Payroll"}),
    ],
)
def test_filters_as_documented(entra: Entra, query: str, found: Any) -> None:
    assert set(names(entra.get(f"{SPS}?$filter={quote(query)}")["value"])) == found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("preferredSingleSignOnMode eq 'saml'", "Request_UnsupportedQuery"),
        ("replyUrls/any(u:u eq 'x')", "Request_UnsupportedQuery"),
        ("contains(displayName,'aii')", "Request_UnsupportedQuery"),
        ("displayName ne 'Payroll'", "Request_UnsupportedQuery"),
        ("not startswith(displayName,'Pay')", "Request_UnsupportedQuery"),
        ("displayName eq 'Payroll", "BadRequest"),
        ("displayName eq", "BadRequest"),
        ("displayName is 'x'", "BadRequest"),
        ("displayName eq 'x' and", "BadRequest"),
    ],
)
def test_refuses_filters_that_graph_does_not_support(entra: Entra, query: str, code: str) -> None:
    assert entra.refused("GET", f"{SPS}?$filter={quote(query)}")[:2] == (400, code)


def test_filters_by_sign_on_mode_only_where_reality_is_switched_so(entra: Entra) -> None:
    entra.switch(filter_by_sign_on_mode=True)
    query = quote("preferredSingleSignOnMode eq 'saml'")
    assert "Haiilo SSO" in names(entra.get(f"{SPS}?$filter={query}")["value"])


def test_takes_fifteen_values_in_a_list_and_more_only_as_an_advanced_query(entra: Entra) -> None:
    ids = [row["id"] for row in entra.rows(f"{USERS}?$top=20&$select=id")]
    ids = [*ids, *(f"{number:08x}-0000-4000-8000-000000000000" for number in range(16))][:16]

    def asked(count: int) -> str:
        return filtered(f"id in ({','.join(repr(each) for each in ids[:count])})", USERS)

    known = [row["id"] for row in entra.rows(f"{USERS}?$top=999&$select=id")]
    assert {row["id"] for row in entra.get(asked(15))["value"]} == set(ids[:15]) & set(known)
    assert entra.refused("GET", asked(16))[:2] == (400, "Request_UnsupportedQuery")
    assert entra.get(asked(16) + "&$count=true", headers=EVENTUAL)["value"]


def test_answers_advanced_queries_with_their_header_and_count(entra: Entra) -> None:
    path = filtered("displayName ne 'Payroll'") + "&$count=true"
    found = entra.get(path, headers=EVENTUAL)
    assert "Payroll" not in names(found["value"])
    assert found["@odata.count"] == len(found["value"])
    assert entra.refused("GET", path)[1] == "Request_UnsupportedQuery"


def test_wants_the_header_for_filter_and_order_together(entra: Entra) -> None:
    path = filtered("startswith(displayName,'H')") + "&$orderby=displayName desc&$count=true"
    assert entra.refused("GET", path)[0] == 400
    found = names(entra.get(path, headers=EVENTUAL)["value"])
    assert found == sorted(found, reverse=True)


def test_searches_words_with_the_header_only(entra: Entra) -> None:
    path = f"{SPS}?$search=" + quote('"displayName:sso"')
    assert entra.refused("GET", path)[0] == 400
    assert names(entra.get(path, headers=EVENTUAL)["value"]) == ["Haiilo SSO"]


def test_finds_an_application_by_its_client_id(entra: Entra) -> None:
    sp = entra.get(entra.sp)
    assert entra.get(f"/servicePrincipals(appId='{sp['appId']}')")["id"] == sp["id"]
    assert entra.refused("GET", f"/servicePrincipals(appId='{sp['id']}')")[0] == 404


@pytest.mark.parametrize("path", [f"{USERS}/$count", f"{SPS}/$count"])
def test_counts_as_text_and_with_the_header_only(entra: Entra, path: str) -> None:
    assert entra.refused("GET", path)[0] == 400
    answer = entra.ask("GET", path, headers=EVENTUAL)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert int(answer.content.decode("utf-8-sig")) == len(entra.rows(path.removesuffix("/$count")))


def test_counts_direct_and_transitive_members_apart(entra: Entra) -> None:
    group = next(row for row in entra.rows("/groups") if row["displayName"] == "All staff")["id"]

    def count(path: str) -> int:
        return int(entra.ask("GET", f"/groups/{group}/{path}/$count", headers=EVENTUAL).content.decode("utf-8-sig"))

    scope = entra.made["scope"]
    assert count("members") == scope["by_group"] + 1
    assert count("transitiveMembers") == scope["by_group"] + 1 + scope["nested"]
    assert count("transitiveMembers/microsoft.graph.user") == scope["by_group"] + scope["nested"]
    kinds = {row["@odata.type"] for row in entra.rows(f"/groups/{group}/members")}
    assert kinds == {"#microsoft.graph.user", "#microsoft.graph.group"}


def test_finds_a_user_by_id_and_by_name_in_any_case(entra: Entra) -> None:
    pilot = entra.made["pilot"]
    assert entra.get(f"/users/{pilot['id']}")["userPrincipalName"] == pilot["user_name"]
    assert entra.get(f"/users/{pilot['user_name'].upper()}")["id"] == pilot["id"]
    query = quote(f"userPrincipalName eq '{pilot['user_name']}'")
    assert [row["id"] for row in entra.get(f"/users?$filter={query}")["value"]] == [pilot["id"]]
    assert entra.refused("GET", "/users/nobody@x.example")[:2] == (404, "Request_ResourceNotFound")


def test_tells_what_changed_since_the_last_delta(entra: Entra) -> None:
    page = entra.get("/users/delta?$select=displayName")
    while "@odata.nextLink" in page:
        page = entra.get(page["@odata.nextLink"].partition("/v1.0")[2])
    link = page["@odata.deltaLink"].partition("/v1.0")[2]
    assert entra.get(link)["value"] == []
    pilot = entra.made["pilot"]
    entra.control("PATCH", f"/users/{pilot['user_name']}", {"displayName": "New Name"})
    assert entra.get(link)["value"] == [{"displayName": "New Name", "id": pilot["id"]}]


def test_gives_every_answer_its_ids(entra: Entra) -> None:
    answer = entra.ask("GET", "/nonsense", headers={"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    inner = answer.json()["error"]["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert inner["client-request-id"] == "mine"


def test_shows_exactly_one_organization_with_its_domains_and_licence(entra: Entra) -> None:
    [found] = entra.get("/organization")["value"]
    assert found["id"] == entra.tid
    assert entra.made["domain"] in {domain["name"] for domain in found["verifiedDomains"]}
    assert found["assignedPlans"][0]["capabilityStatus"] == "Enabled"


def test_finds_by_an_index_only_whom_the_list_holds(entra: Entra) -> None:
    group = next(row for row in entra.rows("/groups") if row["displayName"] == "All staff")
    members = f"/groups/{group['id']}/transitiveMembers/microsoft.graph.user"
    outside, pilot = entra.made["unassigned"], entra.made["pilot"]
    assert entra.get(filtered(f"id eq '{pilot['id']}'", members))["value"] == []
    assert len(entra.get(filtered(f"userPrincipalName eq '{outside['user_name']}'", USERS))["value"]) == 1
    entra.control("DELETE", f"/users/{outside['user_name']}")
    assert entra.get(filtered(f"userPrincipalName eq '{outside['user_name']}'", USERS))["value"] == []
