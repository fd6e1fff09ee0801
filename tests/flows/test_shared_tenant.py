"""Two records in one tenant, to the end: two products of one organisation, by a yes of two people (public case 14)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from devtools.robots import expectation
from devtools.robots.browser import NotOnThePage
from devtools.robots.customers import Customer
from devtools.robots.people import Admin, StaffMember
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer
from devtools.stack.processes import wait_until
from devtools.stack.stack import Stack

from .conftest import SOON
from .moments import recheck

pytestmark = [pytest.mark.broker]

REASON = "Called their IT: Advocacy and Home, both theirs."


@pytest.fixture
def colleague(stack: Stack, password: str, tmp_path) -> StaffMember:
    """Somebody else of Alice's team."""
    name, path = f"bob{secrets.token_hex(2)}", tmp_path / "password"
    path.write_text(secrets.token_urlsafe(18))
    stack.manage("add_staff", "--user-name", name, "--password-file", str(path), "--portfolio", "Customer success")
    bob = StaffMember(stack.public_url)
    bob.sign_in(name, path.read_text())
    return bob


@pytest.fixture
def first(rehearsal: Rehearsal, new_customer: Callable[..., Customer]) -> RehearsedCustomer:
    """An organisation that is live with Advocacy."""
    rehearsed = rehearsal.add(new_customer())
    rehearsal.drive()
    return rehearsed


@pytest.fixture
def second(rehearsal: Rehearsal, first: RehearsedCustomer) -> RehearsedCustomer:
    """The same organisation with Home, for three people of its own and one who has both."""
    of_first = first.account.customer
    label = of_first.host.partition(".")[0]
    customer = replace(of_first, name=f"{of_first.name} Home", product="home", host=f"{label}.haiilo.example", users=3)
    return rehearsal.add_beside(first, customer, also=[first.account.tenant["pilot"]["user_name"]])


def share(staff: StaffMember, colleague: StaffMember, rehearsed: RehearsedCustomer) -> None:
    """One proposes, the other agrees; the first one alone cannot."""
    account = rehearsed.account
    assert wait_until(lambda: staff.open(account).find(action="/sharing/") is not None, SOON)
    with pytest.raises(NotOnThePage, match="Another record has"):
        staff.send_link(account)
    staff.browser.send(staff.open(account).form(action="/sharing/"), {"reason": REASON})
    mine = staff.open(account).form(action="/proposals/")
    assert "approve" not in [button.value for button in mine.buttons]
    colleague.browser.send(colleague.open(account).form(action="/proposals/"), press="approve")


def sign_in_only(rehearsed: RehearsedCustomer, admin: Admin) -> None:
    """What the admin has to do where our application is approved in the tenant already."""
    admin.open(rehearsed.account.link)
    admin.begin()
    page = admin.sign_in()
    assert page.status == 200
    assert page.url.startswith(admin.browser.home), page.text


def state_of(rehearsed: RehearsedCustomer) -> tuple[Any, ...]:
    """What must not be touched by others: the job with its settings' names, and whom Haiilo holds."""
    tenant = rehearsed.account.tenant
    details, mine = tenant.details(), tenant["service_principal_id"]
    [job] = [job for job in details["jobs"] if job["service_principal_id"] == mine]
    held = {row["id"]: row["userName"] for row in tenant.arrived()}
    return job["id"], job["schedule"], details["secrets"][mine], held


def is_active(rehearsed: RehearsedCustomer, name: str) -> bool:
    """Whether Haiilo lets this person in."""
    return any(row["userName"] == name and row["active"] for row in rehearsed.account.tenant.arrived())


def written(rehearsed: RehearsedCustomer, since: str) -> list[str]:
    """The requests that changed, or may have changed, something of this customer's application since then."""
    found = rehearsed.account.tenant.journal(kind="graph", path=rehearsed.account.tenant["service_principal_id"])
    changing = [line for line in found if line["method"] != "GET" and line["time"] >= since]
    return [f"{line['method']} {line['path'].rpartition('/synchronization')[2]}" for line in changing]


def now(stack: Stack) -> str:
    """By the journal's clock."""
    return str(stack.sandbox.clock()["stamp"])


def in_haiilo(rehearsed: RehearsedCustomer) -> list[dict[str, str]]:
    """What differs between those who are assigned to this application and those whom this platform holds."""
    tenant, product = rehearsed.account.tenant, rehearsed.account.customer.product
    wanted = expectation.expected(tenant.directory(), product)
    assert len(wanted) > 3
    return expectation.mismatches(wanted, expectation.found(tenant.arrived(), product))


def test_brings_two_products_of_one_tenant_to_live_and_neither_touches_the_others_job(
    stack, staff, colleague, rehearsal, first, second
):
    before, since = state_of(first), now(stack)
    share(staff, colleague, second)
    second.admin_acts = partial(sign_in_only, second)
    rehearsal.drive()
    assert [each.live for each in (first, second)] == [True, True]
    assert written(first, since) == []
    assert {"POST /jobs", "PUT /secrets"} <= set(written(second, since))
    assert state_of(first) == before
    assert [in_haiilo(each) for each in (first, second)] == [[], []]
    assert len({job["service_principal_id"] for job in first.account.tenant.jobs()}) == 2
    for each in (first, second):
        assert each.account.customer.host in staff.open(each.account).text

    # Who leaves one product stays in the other one.
    both = first.account.tenant["pilot"]["user_name"]
    first.account.tenant.change_user(both, assigned=False)
    assert wait_until(lambda: not is_active(first, both), SOON)
    assert is_active(second, both)
    since = now(stack)
    for each in (first, second):
        recheck(staff, each, "connection")
    rehearsal.drive(until=lambda each: each.verdict[:2] == ("live", "done"))
    assert [written(each, since) for each in (first, second)] == [[], []]
    assert stack.sandbox.violations() == []
