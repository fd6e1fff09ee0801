"""What breaks in the middle is finished afterwards, once."""

from __future__ import annotations

import pytest

from devtools.stack.processes import wait_until

from .conftest import differences

pytestmark = pytest.mark.broker

MOMENTS = [
    ("connection", "POST", "/synchronization/jobs"),
    ("connection", "PUT", "/synchronization/secrets"),
    ("mappings", "PUT", "/schema"),
    ("pilot", "POST", "/provisionOnDemand"),
    ("enable", "POST", "/start"),
]


@pytest.mark.parametrize(("key", "method", "path"), MOMENTS, ids=[path.strip("/") for _key, _method, path in MOMENTS])
def test_finishes_after_the_worker_was_killed_in_the_middle(stack, rehearsal, new_customer, key, method, path):
    rehearsed = rehearsal.add(new_customer(), calm=True)
    rehearsal.drive(until=lambda each: each.standing[0] == key)
    rehearsed.account.tenant.chaos(hold_next={"method": method, "path_contains": path})
    rehearsal.drive(until=lambda each: each.account.tenant.is_holding())
    stack.kill("worker")
    stack.sandbox.release()
    stack.restart("worker")
    rehearsal.drive()
    assert differences(rehearsed) == []
    assert len(rehearsed.account.tenant.jobs()) == 1
    assert stack.sandbox.violations() == []


def test_keeps_what_people_ask_for_while_the_broker_is_down(stack, staff, rehearsal, new_customer):
    stack.kill("broker")
    try:
        rehearsed = rehearsal.add(new_customer(), calm=True)
        assert staff.open(rehearsed.account).status == 200
        assert staff.browser.open("/").status == 200
    finally:
        stack.restart("broker")
    rehearsal.drive(until=lambda each: each.standing[0] == "consent")
    assert wait_until(lambda: not stack.fallen(), 5)
