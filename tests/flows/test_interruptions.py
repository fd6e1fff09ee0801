"""What breaks in the middle is finished afterwards, once."""

from __future__ import annotations

from typing import Any

import pytest

from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer
from devtools.stack.processes import wait_until
from devtools.stack.progress import say
from devtools.stack.reports import CommandFailed

from .conftest import differences

pytestmark = pytest.mark.broker

CREATE = "/synchronization/jobs"
MOMENTS = [
    ("connection", "POST", "/jobs/validateCredentials"),
    ("connection", "POST", CREATE),
    ("connection", "PUT", "/synchronization/secrets"),
    ("mappings", "PUT", "/schema"),
    ("pilot", "POST", "/provisionOnDemand"),
    ("enable", "POST", "/start"),
]


def creates(rehearsed: RehearsedCustomer) -> list[dict[str, Any]]:
    """The requests that made a job; a test of the credentials is none."""
    asked = rehearsed.account.tenant.graph_calls("POST", CREATE)
    return [line for line in asked if line["path"].endswith(CREATE) and line["status"] < 300]


@pytest.fixture(scope="module")
def finished(stack, staff, new_customer) -> dict[str, RehearsedCustomer]:
    """By the path of each moment a customer that was in the middle of it when the worker was killed, and went on.

    All were at once: there is one worker, so one death of it is all of theirs.
    """
    rehearsal = Rehearsal(stack, staff, say)
    customers = {path: rehearsal.add(new_customer(), calm=True) for _key, _method, path in MOMENTS}
    wait_at = {customers[path].account.pk: key for key, _method, path in MOMENTS}
    rehearsal.drive(until=lambda each: each.verdict[0] == wait_at[each.account.pk])
    for _key, method, path in MOMENTS:
        customers[path].account.tenant.chaos(hold_next={"method": method, "path_ends": path})
    rehearsal.drive(until=lambda each: each.account.tenant.is_holding())
    assert len(creates(customers[CREATE])) == 1  # it is the create itself that is held
    stack.kill("worker")
    stack.sandbox.release()
    stack.restart("worker")
    rehearsal.drive()
    return customers


@pytest.mark.parametrize("path", [path for _key, _method, path in MOMENTS], ids=lambda path: path.strip("/"))
def test_finishes_after_the_worker_was_killed_in_the_middle(stack, finished, path):
    rehearsed = finished[path]
    assert differences(rehearsed) == []
    assert len(rehearsed.account.tenant.jobs()) == 1
    assert len(creates(rehearsed)) == 1
    assert stack.sandbox.violations() == []


def test_keeps_what_people_ask_for_while_the_broker_is_down(stack, staff, rehearsal, new_customer):
    stack.kill("broker")
    try:
        rehearsed = rehearsal.add(new_customer(), calm=True)
        assert staff.open(rehearsed.account).status == 200
        assert staff.browser.open("/").status == 200
    finally:
        stack.restart("broker")
    rehearsal.drive(until=lambda each: each.verdict[0] == "consent")
    assert wait_until(lambda: not stack.fallen(), 5)


def test_asks_for_reports_anew_when_the_process_that_gave_them_is_gone(stack):
    assert stack.reports.of([]) == []
    assert stack.reports._process is not None
    stack.reports._process.kill()
    assert stack.reports.of([]) == []
    with pytest.raises(CommandFailed, match="no onboarding 999999"):
        stack.reports.of([999999])
