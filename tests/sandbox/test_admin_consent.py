from collections.abc import Callable
from typing import Any

import pytest

from .conftest import BACK, SCOPE, Browser, Entra, RunningSandbox


@pytest.fixture
def untouched(running: RunningSandbox) -> Entra:
    """A tenant where nobody has consented."""
    made = running.tenant()
    made.control("POST", "/revoke", {"client_id": made.client_id})
    return made


def granted(entra: Entra) -> Any:
    return entra.control("GET", "")["consents"].get(entra.client_id)


def test_asks_for_everything_that_the_registration_lists(person: Browser, untouched: Entra) -> None:
    page = person.consent_page(untouched, untouched.made["admin"])
    for name in ("Synchronization.ReadWrite.All", "ProvisioningLog.Read.All"):
        assert name in page.html
    assert granted(untouched) is None


@pytest.mark.parametrize("role", ["admin", "privileged_admin"])
def test_answers_a_consent_of_the_second_version(person: Browser, untouched: Entra, role: str) -> None:
    page = person.send(person.consent_page(untouched, untouched.made[role]), decision="accept")
    assert page.location.startswith(BACK)
    assert page.query == {"admin_consent": "True", "tenant": untouched.tid, "scope": SCOPE, "state": "s-1"}
    assert "Synchronization.ReadWrite.All" in granted(untouched)["roles"]


def test_answers_a_consent_of_the_first_version(person: Browser, untouched: Entra) -> None:
    page = person.send(person.consent_page(untouched, untouched.made["admin"], ""), decision="accept")
    assert page.query == {"admin_consent": "True", "tenant": untouched.tid, "state": "s-1"}


def test_says_admin_consent_even_when_it_was_denied(person: Browser, untouched: Entra) -> None:
    page = person.send(person.consent_page(untouched, untouched.made["admin"]), decision="decline")
    assert page.query["error"] == "consent_required"
    assert page.query["error_description"].startswith("AADSTS65004")
    assert (page.query["admin_consent"], page.query["tenant"], page.query["state"]) == ("True", untouched.tid, "s-1")
    assert granted(untouched) is None


def test_denies_without_state_in_the_first_version(person: Browser, untouched: Entra) -> None:
    page = person.send(person.consent_page(untouched, untouched.made["admin"], ""), decision="decline")
    assert page.query == {"error": "permission_denied", "error_description": "The admin canceled the request"}


@pytest.mark.parametrize("role", ["app_admin", "plain_user"])
def test_keeps_whoever_may_not_consent_on_microsoft_s_page(person: Browser, untouched: Entra, role: str) -> None:
    page = person.consent_page(untouched, untouched.made[role])
    assert (page.status, page.location) == (200, "")
    assert "AADSTS90094" in page.html
    assert "value='accept'" not in page.html
    back = person.send(page, decision="return")
    assert back.query["error"] == "consent_required"
    assert "AADSTS90094" in back.query["error_description"]


def test_takes_no_yes_from_whoever_may_not_consent(person: Browser, untouched: Entra) -> None:
    page = person.consent_page(untouched, untouched.made["app_admin"])
    assert "AADSTS65004" in person.send(page, decision="accept").query["error_description"]
    assert granted(untouched) is None


def test_takes_a_decision_once_and_in_the_same_browser(browser_of: Callable[[], Browser], untouched: Entra) -> None:
    mine, stranger = browser_of(), browser_of()
    page = mine.consent_page(untouched, untouched.made["admin"])
    assert stranger.send(page, decision="accept").status == 400
    assert granted(untouched) is None
    assert mine.send(page, decision="accept").status == 302
    assert mine.send(page, decision="accept").status == 400


def test_takes_no_account_of_another_tenant(person: Browser, running: RunningSandbox, untouched: Entra) -> None:
    page = person.consent_page(untouched, running.tenant().made["admin"])
    assert "AADSTS50020" in page.html


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, "70011"),
        ({"redirect_uri": "https://evil.example/"}, "50011"),
        ({"redirect_uri": BACK + "?x=1"}, "50011"),
    ],
)
def test_shows_nothing_to_a_request_that_is_not_right(
    person: Browser, untouched: Entra, query: dict[str, str], number: str
) -> None:
    asked = {"client_id": untouched.client_id, "scope": SCOPE, "redirect_uri": BACK, **query}
    page = person.open(f"/{untouched.tid}/v2.0/adminconsent", **asked)
    assert (page.status, page.location) == (400, "")
    assert f"AADSTS{number}" in page.html


def test_puts_our_application_into_the_tenant(person: Browser, entra: Entra) -> None:
    found = entra.get(f"/servicePrincipals(appId='{entra.client_id}')")
    roles = entra.rows(f"/servicePrincipals/{found['id']}/appRoleAssignments")
    graph = entra.get("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
    names = {role["id"]: role["value"] for role in graph["appRoles"]}
    assert {names[row["appRoleId"]] for row in roles} == set(granted(entra)["roles"])
