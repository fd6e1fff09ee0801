"""After go-live, by processes and forms alone: reading only is offered, approved and verified, and setting up again."""

from __future__ import annotations

import pytest

from devtools.robots.browser import Form, Page
from devtools.robots.people import LINK, Admin
from devtools.stack.keys import CLIENT_ID, MONITOR_CLIENT_ID
from devtools.stack.processes import wait_until

pytestmark = pytest.mark.broker

PATIENCE = 60  # seconds


def form_that(page: Page, act: str) -> Form:
    """The form of the customer page that does this."""
    forms = [each for each in page.forms if each.action.endswith("/read-only/") and "act" in each.fields]
    return next(each for each in forms if each.fields["act"].value == act)


def make_link(staff, rehearsed, act: str) -> str:
    page = staff.open(rehearsed.account)
    found = LINK.search(staff.browser.send(form_that(page, act)).html)
    assert found
    return str(found[0])


def approve(stack, rehearsed, link: str) -> Admin:
    person = rehearsed.account.tenant["admin"]
    admin = Admin(stack.public_url, person["user_name"], person["password"])
    admin.consent(link)
    return admin


def test_steps_down_verifies_it_and_steps_up_again(stack, staff, rehearsal, new_customer):
    rehearsed = rehearsal.add(new_customer(users=2), calm=True)
    rehearsal.drive()
    admin = approve(stack, rehearsed, make_link(staff, rehearsed, "offer"))
    assert wait_until(lambda: "Properties > Delete" in admin.open("/progress/").text, PATIENCE)
    assert "still could write" in staff.open(rehearsed.account).text
    rehearsed.account.tenant.revoke(CLIENT_ID)
    assert wait_until(lambda: "read-only mode is on" in admin.open("/progress/").text, PATIENCE)
    assert "Verified at" in staff.open(rehearsed.account).text
    watching = [
        line
        for line in rehearsed.account.tenant.journal()
        if line["kind"] == "graph" and line["client_id"] == MONITOR_CLIENT_ID and line["status"] < 300
    ]
    assert {line["method"] for line in watching if "/$batch" not in line["path"]} == {"GET"}
    approve(stack, rehearsed, make_link(staff, rehearsed, "up"))
    assert wait_until(lambda: "Switch to read-only mode" in staff.open(rehearsed.account).text, PATIENCE)
    assert stack.sandbox.violations() == []
