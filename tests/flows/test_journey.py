"""The main job, end to end, by processes alone: from a new customer to created users. Also on SQLite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.robots.customers import Customer
from devtools.robots.people import Admin, StaffMember
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer
from devtools.stack.processes import wait_until
from devtools.stack.progress import say
from devtools.stack.stack import Stack
from onboarding.steps import STEPS

from .conftest import AT_CONSENT, SOON, differences
from .moments import let_time_pass, recheck, until_record_says

pytestmark = [pytest.mark.broker, pytest.mark.sqlite_journey]


@pytest.fixture(scope="module")
def rehearsal(stack: Stack, staff: StaffMember) -> Rehearsal:
    """One for both tests: they take care of the same customer."""
    return Rehearsal(stack, staff, say)


@pytest.fixture(scope="module")
def arrived(rehearsal: Rehearsal, new_customer: Callable[..., Customer]) -> RehearsedCustomer:
    """A customer of a dozen people that went all the way."""
    rehearsed = rehearsal.add(new_customer(users=12))
    rehearsal.drive()
    return rehearsed


def test_brings_a_customer_from_nothing_to_live(stack, staff, arrived):
    assert [step["key"] for step in arrived.report["steps"]] == [step.key for step in STEPS]
    assert {step["kind"] for step in arrived.report["steps"]} == {"done"}
    assert differences(arrived) == []
    assert len(arrived.account.tenant.jobs()) == 1
    assert len(arrived.account.tenant.graph_calls("POST", "/synchronization/jobs")) >= 1
    assert stack.sandbox.violations() == []
    people = staff.browser.open(f"{arrived.account.address}users/")
    for user in arrived.account.tenant.arrived():
        assert user["userName"] in people.text


def test_says_that_access_was_taken_away_after_go_live_and_is_live_again_after_a_new_consent(
    stack, staff, rehearsal, arrived
):
    before = arrived.account.tenant.jobs()
    arrived.account.tenant.revoke()
    let_time_pass(stack, arrived)
    recheck(staff, arrived, "consent")
    assert until_record_says(staff, arrived, "We have lost access to the tenant")
    assert wait_until(lambda: AT_CONSENT.search(staff.open(arrived.account).html) is not None, SOON)
    person = arrived.account.tenant["admin"]
    Admin(stack.public_url, person["user_name"], person["password"]).consent(staff.send_link(arrived.account))
    rehearsal.drive(until=lambda each: each.verdict[:2] == ("live", "done"))
    assert [job["id"] for job in arrived.account.tenant.jobs()] == [job["id"] for job in before]
    assert differences(arrived) == []
    assert stack.sandbox.violations() == []
