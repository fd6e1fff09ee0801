"""What customers go through besides the first way to live, for the kill matrix: each act with people's part of it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

from devtools.faults.by_hand import Hand
from devtools.faults.checks import Expected
from devtools.faults.kills import Act, matrix
from devtools.faults.party import PATIENCE, TOLERATED, TURN, Party
from devtools.faults.points import Moment
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.robots.browser import Form, Page
from devtools.robots.people import LINK, Admin
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.keys import CLIENT_ID

MOMENTS = (Moment.BEFORE, Moment.EFFECT, Moment.NOTED)
READ_ONLY = re.compile(r"/read-only/$")


def to_live(party: Party, each: RehearsedCustomer) -> None:
    """Bring one customer to live, and Haiilo to hold everybody. Raises RuntimeError."""
    if not party.go_on(120, until=lambda other: other is not each or other.live):
        raise RuntimeError(f"not live: {party.where()}")
    each.acted.clear()


def press(party: Party, each: RehearsedCustomer, key: str) -> None:
    """Have a step read anew, as with the button of its page."""
    page = party.staff.browser.open(f"{each.account.address}steps/{key}/")
    found = page.find(action=f"/steps/{key}/recheck/")
    if found:
        party.staff.browser.send(found)


def approve(party: Party, each: RehearsedCustomer, key: str) -> bool:
    """Approve the plan of a step where one is shown."""
    page = party.staff.browser.open(f"{each.account.address}steps/{key}/")
    form = page.find(action=f"/steps/{key}/approve/")
    if form is None:
        return False
    party.staff.browser.send(form)
    return True


def step_of(party: Party, each: RehearsedCustomer, key: str) -> tuple[str, str]:
    """Kind and code of one step now."""
    query = "SELECT kind, code FROM onboarding_stepstate WHERE onboarding_id = %s AND key = %s"
    rows = party.rig.sql(query, each.account.pk, key)
    return (rows[0]["kind"], rows[0]["code"]) if rows else ("", "")


def mending(key: str, spoil: str) -> Act:
    """A live customer whose job is changed by hand in a way that the step `key` repairs after a yes."""

    def prepare(party: Party, each: RehearsedCustomer) -> None:
        to_live(party, each)
        hand = Hand(party.rig, each)
        getattr(hand, spoil)(hand.jobs()[0])
        each.report["spoiled"] = True
        press(party, each, key)

    def turn(party: Party, each: RehearsedCustomer) -> None:
        try:
            if step_of(party, each, key)[0] == "todo" and "approved" not in each.acted and approve(party, each, key):
                each.acted.add("approved")
            elif step_of(party, each, key)[0] == "done" and "approved" not in each.acted:
                press(party, each, key)
            else:
                party.turn(each, until=lambda _each: False)
        except TOLERATED:
            return

    def over(party: Party, each: RehearsedCustomer) -> bool:
        return "approved" in each.acted and each.live and step_of(party, each, key)[0] == "done"

    creates = 2 if spoil == "delete_job" else 1
    expected = Expected(creates=creates, calls=False)  # the line of the repair is in the run without faults, too
    return Act(f"a repair ({spoil.replace('_', ' ')} by hand)", prepare, turn, over, expected)


def _with_a_job() -> Act:
    """An onboarding where somebody has made a job already, which is replaced by a yes."""

    def prepare(party: Party, each: RehearsedCustomer) -> None:
        Hand(party.rig, each).create_job()

    def turn(party: Party, each: RehearsedCustomer) -> None:
        if step_of(party, each, "sso_application") != ("asking", "existing_job"):
            party.turn(each)
            return
        with contextlib.suppress(*TOLERATED):
            page = party.staff.browser.open(f"{each.account.address}steps/sso_application/")
            party.staff.browser.send(page.form(having="existing_job"), {"existing_job": "replace"})

    return Act(
        "an onboarding that replaces a job",
        prepare,
        turn,
        over=lambda _party, each: each.live,
        expected=Expected(creates=2, lines={}),
    )


# Reading only from now on, and setting up again


def _form_that(page: Page, act: str) -> Form | None:
    forms = [form for form in page.forms if READ_ONLY.search(form.action) and "act" in form.fields]
    return next((form for form in forms if form.fields["act"].value == act), None)


def _link_for(party: Party, each: RehearsedCustomer, act: str) -> str:
    page = party.staff.open(each.account)
    form = _form_that(page, act)
    if form is None:
        return ""
    found = LINK.search(party.staff.browser.send(form).html)
    return found[0] if found else ""


def _by_consent(party: Party, each: RehearsedCustomer, act: str) -> None:
    """Have a link made and let the admin approve by it, once."""
    if f"{act} consented" in each.acted:
        return
    link = _link_for(party, each, act)
    if not link:
        return
    person = each.account.tenant["admin"]
    Admin(party.stack.public_url, person["user_name"], person["password"]).consent(link)
    each.acted.add(f"{act} consented")


def _milestone(party: Party, each: RehearsedCustomer) -> tuple[bool, bool, bool]:
    """Whether only the reading application looks, whether the other one is gone, whether we set up again."""
    query = "SELECT reads_only_since, removed_at, ended_at FROM onboarding_readonlymode WHERE onboarding_id = %s"
    row = next(iter(party.rig.sql(query, each.account.pk)), {})
    reads, gone, ended = (row.get(name) is not None for name in ("reads_only_since", "removed_at", "ended_at"))
    return reads, gone, ended


def _step_down() -> Act:
    def turn(party: Party, each: RehearsedCustomer) -> None:
        try:
            _by_consent(party, each, "offer")
            if _milestone(party, each)[0] and "revoked" not in each.acted:
                each.account.tenant.revoke(CLIENT_ID)
                each.acted.add("revoked")
            party.turn(each, until=lambda _each: False)
        except TOLERATED:
            return

    def over(party: Party, each: RehearsedCustomer) -> bool:
        return _milestone(party, each)[1] and each.live

    return Act("stepping down to reading only", to_live, turn, over, Expected(calls=False))


def _step_up() -> Act:
    down = _step_down()

    def prepare(party: Party, each: RehearsedCustomer) -> None:
        to_live(party, each)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            party.look()
            if down.over(party, each):
                return
            down.turn(party, each)
            time.sleep(TURN)
        raise RuntimeError("never came to read only")

    def turn(party: Party, each: RehearsedCustomer) -> None:
        try:
            _by_consent(party, each, "up")
            party.turn(each, until=lambda _each: False)
        except TOLERATED:
            return

    def over(party: Party, each: RehearsedCustomer) -> bool:
        return _milestone(party, each)[2] and each.live

    return Act("stepping up again", prepare, turn, over, Expected(calls=False))


def stopped_job(rig: Rig) -> Iterator[Row]:
    """Started again by a yes."""
    yield from matrix(rig, mending("enable", "pause_job"), MOMENTS)


def changed_mapping(rig: Rig) -> Iterator[Row]:
    """Ours is written again by a yes."""
    yield from matrix(rig, mending("mappings", "change_mapping"), MOMENTS)


def deleted_job(rig: Rig) -> Iterator[Row]:
    """A new one is made and started by a yes each."""
    yield from matrix(rig, mending("connection", "delete_job"), MOMENTS)


def replacing(rig: Rig) -> Iterator[Row]:
    """A job of others gives way to ours."""
    yield from matrix(rig, _with_a_job(), MOMENTS)


def stepping(rig: Rig) -> Iterator[Row]:
    """To reading only, and back."""
    yield from matrix(rig, _step_down(), MOMENTS)
    yield from matrix(rig, _step_up(), MOMENTS)
