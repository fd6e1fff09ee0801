"""Whether every page tells the truth about a customer who is live."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from devtools.robots.people import Account, StaffMember
from devtools.walk import claims, pages, truth

PATIENCE = 60.0  # seconds that pages may be behind the far side
BETWEEN = 2.0
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")


def untrue(staff: StaffMember, account: Account) -> list[str]:
    """What pages tell of the customer that is not so, and goes on being told; staff's pages and letters."""
    until = time.monotonic() + PATIENCE
    while True:
        known = truth.look(account.tenant, account.customer.product)
        wrong = claims.untrue(plain(pages.read(staff, account, None)), [known])
        if not wrong or time.monotonic() > until:
            return [str(each) for each in wrong]
        time.sleep(BETWEEN)


def plain(found: pages.Pages) -> pages.Pages:
    """What is told of now, with numbers as they are written in a sum: 10,006 is 10006."""
    now = (replace(each, text=THOUSANDS.sub("", each.text)) for each in found.texts if not each.past)
    return replace(found, texts=tuple(now))
