"""One customer with whom a failure is walked, and those who act for it: state and handles, no order of events."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from devtools.robots.browser import Page
from devtools.robots.people import Account, Admin, StaffMember
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.sandbox_control import SandboxTenant
from devtools.stack.stack import Stack
from devtools.walk.failure import Failure

COLLEAGUE = "colleague"


@dataclass
class Scene:
    """Who and what there is. `admin` is whoever at the customer went to Microsoft last."""

    failure: Failure
    stack: Stack
    staff: StaffMember
    customer: RehearsedCustomer
    admin: Admin | None = field(default=None, kw_only=True)
    kept: list[str] = field(default_factory=list, kw_only=True)
    """User names that an act noted for whoever undoes it."""
    answer: Page | None = field(default=None, kw_only=True)
    """What the customer's admin saw at the end of the way through Microsoft's pages."""
    switched: bool = field(default=False, kw_only=True)

    @property
    def account(self) -> Account:
        """As staff knows it."""
        return self.customer.account

    @property
    def tenant(self) -> SandboxTenant:
        """The customer's, in the sandbox."""
        return self.account.tenant

    def switch_on(self) -> None:
        """Lay the failure's switches on the tenant."""
        if not self.switched and self.failure.switches:
            self.tenant.switch(**self._switches())
        self.switched = True

    def switch_off(self) -> None:
        """Take them off, whatever was laid on."""
        if self.failure.switches:
            self.tenant.switch(**dict.fromkeys(self.failure.switches, False))

    def _switches(self) -> dict[str, Any]:
        count = self.failure.people
        names = self.direct()[1 : 1 + count]
        return {key: names if value is True and count else value for key, value in self.failure.switches.items()}

    def direct(self) -> list[str]:
        """User names of the members who are assigned directly, the test user first."""
        directory = self.tenant.directory()
        users = {user["id"]: user for user in directory["users"]}
        assigned = [users[each["principalId"]] for each in directory["assignments"] if each["principalId"] in users]
        members = [user for user in assigned if user["accountEnabled"] and user.get("userType") != "Guest"]
        return [str(user["userPrincipalName"]) for user in members]

    def recheck(self, key: str) -> None:
        """Staff presses “Look again” at a step."""
        page = self.staff.browser.open(f"{self.account.address}steps/{key}/")
        form = page.find(action=f"/steps/{key}/recheck/")
        if form is not None:
            self.staff.browser.send(form)

    def press(self) -> str:
        """Staff presses what the record offers about the reason why the customer is not well: what the button says,
        empty where nothing is offered.
        """
        page = self.staff.open(self.account)
        if page.find(action="/proposals/") is not None:
            return self._second()
        for action, values in (("/approve/", {}), ("/removals/", {"reason": "The customer has said so."})):
            form = page.find(action=action)
            if form is not None and form.buttons:
                self.staff.browser.send(form, values)
                return form.buttons[0].text
        return ""

    def _second(self) -> str:
        """A colleague approves what was proposed; what the button says."""
        colleague = self._colleague()
        form = colleague.open(self.account).form(action="/proposals/")
        button = form.find_button("approve")
        colleague.browser.send(form, press="approve")
        return button.text if button else ""

    def _colleague(self) -> StaffMember:
        """Another person of the portfolio, signed in."""
        password = self.stack.folder / f"password-{COLLEAGUE}"
        if not password.exists():
            password.write_text(secrets.token_urlsafe(18) + "\n")
            account = ("--user-name", COLLEAGUE, "--password-file", str(password), "--portfolio", "Rehearsal")
            self.stack.manage("add_staff", *account, "--name", "Robin Rehearsal", "--email", "robin@haiilo.example")
        member = StaffMember(self.stack.public_url)
        member.sign_in(COLLEAGUE, password.read_text().strip())
        return member

    def new_admin(self, who: str) -> Admin:
        """Somebody of the customer with a browser of their own."""
        person = self.tenant[who]
        return Admin(self.stack.public_url, person["user_name"], person["password"])
