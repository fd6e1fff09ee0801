"""The main job, end to end, by processes alone: from a new customer to created users. Also on SQLite."""

from __future__ import annotations

import pytest

from onboarding.steps import STEPS

from .conftest import calls, differences, jobs

pytestmark = [pytest.mark.broker, pytest.mark.sqlite_journey]


@pytest.fixture
def arrived(journey, new_customer):
    """A customer of a dozen people that went all the way."""
    traveller = journey.add(new_customer(users=12))
    journey.drive()
    return traveller


def test_brings_a_customer_from_nothing_to_live(stack, staff, arrived):
    assert [step["key"] for step in arrived.report["steps"]] == [step.key for step in STEPS]
    assert {step["kind"] for step in arrived.report["steps"]} == {"done"}
    assert differences(stack, arrived) == []
    assert len(jobs(stack, arrived)) == 1
    assert len(calls(stack, arrived, "POST", "/synchronization/jobs")) >= 1
    assert stack.far_side.violations() == []
    people = staff.browser.open(f"{arrived.account.address}users/")
    for user in stack.far_side.arrived(arrived.account.customer.host):
        assert user["userName"] in people.text
