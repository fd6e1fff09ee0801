"""What public reports of SCIM receivers tell of countries, spellings and addresses, played from consent to live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.causes.index import explain_code
from onboarding.causes.people import BY_REASON
from onboarding.models import Onboarding, Person
from tests import builders
from tests.conftest import Sandbox

from .conftest import answer_all, customer_of, look

pytestmark = pytest.mark.django_db

GROUPS = ["Germany", "Finland", "Netherlands"]
NO_GROUP = next(cause for cause in BY_REASON if cause.code == "400.76")
"""What is said of a country that is no group's name."""
SPELLINGS = ("DE", "germany", "Germany ", None, "Deutschland")


@pytest.fixture
def countries(tenant_at: Callable[..., SandboxTenant]) -> SandboxTenant:
    """Six people whose countries are the names of Haiilo's groups."""
    return tenant_at(haiilo_groups=GROUPS, users=6)


def in_order(far: SandboxTenant) -> list[dict[str, Any]]:
    """Those who are assigned themselves, without the pilot, the guest and whoever is disabled."""
    directory = far.directory()
    people = {user["id"]: user for user in directory["users"] if user["accountEnabled"]}
    direct = (people.get(each["principalId"]) for each in directory["assignments"])
    return [each for each in direct if each and each["userType"] != "Guest" and each["id"] != far["pilot"]["id"]]


def with_consent(far: SandboxTenant) -> Onboarding:
    far.consent()
    made = look(customer_of(far))
    builders.granted(made, far.id)
    return made


def at_haiilo(sandbox: Sandbox, far: SandboxTenant, method: str, path: str, body: Any = None) -> Any:
    """As somebody with the customer's token asks Haiilo."""
    headers = {"Host": far["haiilo_host"], "Authorization": f"Bearer {far['scim_token']}"}
    answer = requests.request(method, f"{sandbox.url}/api/scim/v2{path}", json=body, headers=headers, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


def account(far: SandboxTenant, name: str) -> dict[str, Any]:
    """The one account of that name, in whatever spelling."""
    [found] = [row for row in far.arrived() if row["userName"].lower() == name.lower()]
    return found


def standing(made: Onboarding, user_id: str) -> Person:
    return Person.objects.get(onboarding=made, source_id=user_id)


def group_of(sandbox: Sandbox, far: SandboxTenant, name: str) -> str:
    """The group in which Haiilo's own page shows that person."""
    found = requests.get(f"{sandbox.url}/haiilo/{far['haiilo_host']}/", {"search": name}, timeout=10)
    assert found.ok
    [row] = BeautifulSoup(found.text, "html.parser").select("tbody tr")
    return row("td")[2].text


def run_a_cycle(far: SandboxTenant) -> None:
    """The next one, forty minutes later."""
    far.control.advance_clock(hours=1)
    far.run_cycles()


def test_counts_each_spelling_of_a_country_before_enable_and_names_who_failed_for_it(countries):
    """Public case 01: a code, another case, a blank behind it, none at all, another language."""
    people = dict(zip(SPELLINGS, in_order(countries), strict=True))
    for value, person in people.items():
        countries.change_user(person["userPrincipalName"], country=value)
    made = answer_all(with_consent(countries), countries, until="enable")
    counted = {row["value"]: row["people"] for row in builders.state(made, "scope").evidence["countries"]}
    assert {value: counted.pop(value or "") for value in SPELLINGS} == dict.fromkeys(SPELLINGS, 1)
    assert set(counted) <= set(GROUPS)
    answer_all(made, countries)
    failed = Person.objects.filter(onboarding=made, result="failed")
    assert {row.source_id for row in failed} == {person["id"] for value, person in people.items() if value}
    assert all(explain_code(row.code, row.reason)[0] == NO_GROUP.for_staff({}) for row in failed)
    assert standing(made, people[None]["id"]).result == "created"


def test_takes_an_account_in_another_case_for_the_same_person(sandbox, countries):
    """Public case 03: Haiilo has the account already, in other letters; there must not be a second one."""
    person = in_order(countries)[1]
    name = person["userPrincipalName"]
    local, _at, domain = name.partition("@")
    old = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": f"{local.title()}@{domain.upper()}",
        "active": True,
        "name": {"givenName": "Old", "familyName": "Account"},
        "addresses": [{"type": "work", "country": "Finland"}],
    }
    countries.change_user(name, country="Germany")
    there = at_haiilo(sandbox, countries, "POST", "/Users", old)
    made = answer_all(with_consent(countries), countries, until="enable")
    before_enable = str(builders.state(made, "enable").message)
    answer_all(made, countries)
    assert made.state == "live"
    one = account(countries, name)
    assert (one["id"], one["name"]["familyName"]) == (there["id"], person["surname"])
    assert one["addresses"] == [{"type": "work", "country": "Germany"} | one["addresses"][0]]
    assert standing(made, person["id"]).result in ("updated", "matched")
    assert "whoever has one already is linked" in before_enable


def test_brings_an_address_that_is_filled_in_later_as_one_and_moves_the_person(sandbox, countries):
    """Public case 04: nobody knows the address at first; three parts are added by filter where there is none."""
    assert answer_all(with_consent(countries), countries).state == "live"
    late = countries["unassigned"]["user_name"]
    countries.change_user(late, country=None, city=None, state=None, assigned=True)
    run_a_cycle(countries)
    assert account(countries, late).get("addresses", []) == []
    before = group_of(sandbox, countries, late)
    countries.change_user(late, country="Finland", city="Oulu", state="North")
    run_a_cycle(countries)
    [address] = account(countries, late)["addresses"]
    assert address == {"type": "work", "country": "Finland", "locality": "Oulu", "region": "North"} | address
    assert [before, group_of(sandbox, countries, late)] == ["Germany", "Finland"]
