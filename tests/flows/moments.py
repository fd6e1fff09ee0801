"""Time that has passed, and looks at a record that somebody asks for or waits for."""

from __future__ import annotations

from devtools.robots.people import StaffMember
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.processes import wait_until
from devtools.stack.stack import Stack

from .conftest import SOON

# The consent as if it had been given longer ago than Microsoft may take to spread one.
AGE = """
from datetime import timedelta
from django.db.models import F
from onboarding.models import ConsentAttempt
ConsentAttempt.objects.filter(link__onboarding={pk}).update(granted_at=F("granted_at") - timedelta(minutes=20))
"""


def let_time_pass(stack: Stack, rehearsed: RehearsedCustomer) -> None:
    """Twenty minutes, as far as the consent is concerned."""
    stack.manage("shell", "-c", AGE.format(pk=rehearsed.account.pk))


def recheck(staff: StaffMember, rehearsed: RehearsedCustomer, key: str) -> None:
    """As customer success does with the button of that step."""
    page = staff.browser.open(f"{rehearsed.account.address}steps/{key}/")
    staff.browser.send(page.form(action=f"/steps/{key}/recheck/"))


def until_record_says(staff: StaffMember, rehearsed: RehearsedCustomer, words: str) -> bool:
    """Whether the customer's page comes to say so."""
    return wait_until(lambda: words in staff.open(rehearsed.account).text, SOON)
