"""What scim2-tester says of the two Haiilo platforms. Each finding is in a table with its reason, or the test fails; so
it does when the tester no longer finds what a table says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Application, Gateway, make_customer, told_by
from tests.conftest import Sandbox

pytestmark = pytest.mark.clients


@dataclass(frozen=True)
class Deviation:
    """A finding we mean to have: about which resource, in which check, saying what (a pattern), and why we keep it."""

    status: str
    resource: str | None
    check: str
    says: str
    why: str

    def fits(self, found: dict[str, str]) -> bool:
        return (found["status"], found["resource"], found["title"]) == (
            self.status,
            self.resource,
            self.check,
        ) and re.search(self.says, found["reason"]) is not None


NO_SEARCH = "a search over several kinds of resources is optional (RFC 7644 3.4.3) and answered with 501"
ALWAYS_ACTIVE = "an account is active or it is not; taking the attribute away leaves it as a new account has it"

HOME = [
    Deviation("SKIPPED", "User", "search_with_attributes", "several resource types at once", NO_SEARCH),
    Deviation("SKIPPED", "Group", "search_with_attributes", "several resource types at once", NO_SEARCH),
    Deviation("ERROR", "User", "check_remove_attribute", "did not remove attribute 'active'", ALWAYS_ACTIVE),
]

NO_EXTERNAL_ID = "externalId is not among the attributes of Advocacy in Haiilo's help centre"
ADVOCACY = [
    Deviation("SKIPPED", "User", "search_with_attributes", "several resource types at once", NO_SEARCH),
    Deviation("ERROR", "User", "check_remove_attribute", "did not remove attribute 'active'", ALWAYS_ACTIVE),
    Deviation("ERROR", "User", "object_query_with_attributes", "'externalId' missing", NO_EXTERNAL_ID),
    Deviation("ERROR", "User", "object_list_with_attributes", "'externalId' missing", NO_EXTERNAL_ID),
    Deviation("ERROR", "User", "check_add_attribute", "unexpected value for 'externalId'", NO_EXTERNAL_ID),
    Deviation("ERROR", "User", "check_replace_attribute", "unexpected value for 'externalId'", NO_EXTERNAL_ID),
]

# What Advocacy's schema cannot say: user names are mail addresses, countries are groups, active=false is the end
HOUSE_RULES = {"userName": "%s@people.example", "country": "Germany", "active": True, "addresses.type": "work"}
IS_NO_MAIL = "userName must be an e-mail address"
NAIVE = [
    Deviation("ERROR", "User", check, IS_NO_MAIL, "a user name has the form of a mail address")
    for check in (
        "object_creation",
        "object_query",
        "object_query_without_id",
        "object_query_with_attributes",
        "object_list_with_attributes",
        "search_with_attributes",
        "object_replacement",
        "object_deletion",
        "check_add_attribute",
        "check_remove_attribute",
        "check_replace_attribute",
    )
]


@pytest.fixture(scope="module")
def verdicts(
    clients: Path, gateway: Gateway, sandbox: Sandbox, application: Application
) -> Callable[..., list[dict[str, str]]]:
    """Run the tester on a new platform of that product."""

    def of(product: str, **values: object) -> list[dict[str, str]]:
        suffix = "haiilo.example" if product == "home" else "smarpshare.com"
        host = f"tested-{len(values)}.{suffix}"
        customer = make_customer(sandbox, product=product, haiilo_host=host, users=1)
        wishes = {"base_address": customer.base_address, "token": customer.tenant["scim_token"], "values": values}
        return list(told_by("scim.py", clients, gateway, wishes))

    return of


def differences(found: list[dict[str, str]], expected: list[Deviation]) -> dict[str, list[Any]]:
    """Findings that no row explains, and rows that nothing was found for."""
    noted = [one for one in found if one["status"] != "SUCCESS"]
    return {
        "unexplained": [one for one in noted if not any(row.fits(one) for row in expected)],
        "no longer found": [row for row in expected if not any(row.fits(one) for one in noted)],
    }


NOTHING: dict[str, list[Any]] = {"unexplained": [], "no longer found": []}


def test_finds_home_compliant_but_for_what_is_listed(verdicts):
    found = verdicts("home")
    assert differences(found, HOME) == NOTHING
    assert [one["status"] for one in found].count("SUCCESS") > 170


def test_finds_advocacy_compliant_once_it_knows_the_house_rules(verdicts):
    found = verdicts("advocacy", **HOUSE_RULES)
    assert differences(found, ADVOCACY) == NOTHING
    assert [one["status"] for one in found].count("SUCCESS") > 30


def test_cannot_make_a_user_in_advocacy_with_the_schema_alone(verdicts):
    found = verdicts("advocacy")
    assert differences(found, NAIVE) == NOTHING
    assert {one["resource"] for one in found if one["status"] == "SUCCESS"} == {None}


def test_judges_what_it_is_given():
    """The tables can fail: one row too many and one too few are told apart."""
    found = [{"status": "ERROR", "resource": "User", "title": "object_creation", "reason": "no such thing"}]
    told = differences(found, NAIVE[:1])
    assert (len(told["unexplained"]), told["no longer found"]) == (1, NAIVE[:1])


DOCUMENT = Path(__file__).parents[2] / "docs" / "sandbox-clients.md"


def test_keeps_no_deviation_that_is_not_written_down():
    rows = re.findall(r"^\| (Home|Advocacy) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE)
    kept = [("Home", row) for row in HOME] + [("Advocacy", row) for row in ADVOCACY]
    assert rows == [(name, f"{row.resource} | {row.check} | {row.status} | {row.why}") for name, row in kept]
    assert f"`NAIVE`: {'eleven' if len(NAIVE) == 11 else len(NAIVE)} checks" in DOCUMENT.read_text()


@pytest.mark.parametrize("table", [HOME, ADVOCACY, NAIVE], ids=["home", "advocacy", "naive"])
def test_notices_a_row_that_is_taken_out_and_one_that_is_put_in(table):
    """With findings that fit the table exactly."""
    says = {row.says: re.sub(r"[\\^$]", "", row.says) for row in table}
    found = [
        {"status": row.status, "resource": row.resource, "title": row.check, "reason": says[row.says]} for row in table
    ]
    assert differences(found, table) == NOTHING
    for row in table:
        fewer = differences(found, [each for each in table if each is not row])
        assert [one["title"] for one in fewer["unexplained"]] == [row.check]
    another = Deviation("ERROR", "User", "a check that nobody has", "anything", "made up")
    assert differences(found, [*table, another])["no longer found"] == [another]
