"""What breaks in the middle is finished afterwards, once."""

from __future__ import annotations

import pytest

from devtools.stack.processes import wait_until

from .conftest import differences, jobs, tenant_id

pytestmark = pytest.mark.broker

MOMENTS = [
    ("connection", "POST", "/synchronization/jobs"),
    ("connection", "PUT", "/synchronization/secrets"),
    ("mappings", "PUT", "/schema"),
    ("pilot", "POST", "/provisionOnDemand"),
    ("enable", "POST", "/start"),
]


@pytest.mark.parametrize(("key", "method", "path"), MOMENTS, ids=[path.strip("/") for _key, _method, path in MOMENTS])
def test_finishes_after_the_worker_was_killed_in_the_middle(stack, journey, new_customer, key, method, path):
    traveller = journey.add(new_customer(), calm=True)
    journey.drive(until=lambda each: each.standing[0] == key)
    stack.far_side.chaos(tenant_id(traveller), hold_next={"method": method, "path_contains": path})
    journey.drive(until=lambda each: stack.far_side.is_holding(tenant_id(each)))
    stack.kill("worker")
    stack.far_side.release()
    stack.restart("worker")
    journey.drive()
    assert differences(stack, traveller) == []
    assert len(jobs(stack, traveller)) == 1
    assert stack.far_side.violations() == []


def test_keeps_what_people_ask_for_while_the_broker_is_down(stack, staff, journey, new_customer):
    stack.kill("broker")
    try:
        traveller = journey.add(new_customer(), calm=True)
        assert staff.open(traveller.account).status == 200
        assert staff.browser.open("/").status == 200
    finally:
        stack.restart("broker")
    journey.drive(until=lambda each: each.standing[0] == "consent")
    assert wait_until(lambda: not stack.fallen(), 5)
