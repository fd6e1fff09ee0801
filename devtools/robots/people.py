"""People, played over HTTP alone: they open pages, read them, fill in the forms they find, and press buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from devtools.robots.browser import Browser, Form, NotOnThePage, Page
from devtools.robots.customers import Customer
from devtools.stack.sandbox_control import SandboxTenant

LINK = re.compile(r"https?://[^\s\"'<>]+/l/[A-Za-z0-9_-]+/?")
RECORD = re.compile(r"/customers/(\d+)/")


class Refused(RuntimeError):
    """A page said no where a person would expect yes; the message carries what it says."""


@dataclass
class Account:
    """A customer as a member of staff knows it: where its page is, and its tenant in the sandbox."""

    customer: Customer
    tenant: SandboxTenant
    pk: int = 0
    link: str = ""

    @property
    def address(self) -> str:
        """The customer's page."""
        return f"/customers/{self.pk}/"


class StaffMember:
    """A member of customer success with a browser."""

    def __init__(self, home: str) -> None:
        self.browser = Browser(home)

    def sign_in(self, user_name: str, password: str) -> None:
        """Raises Refused when the password is not taken."""
        page = self.browser.open("/sign-in/")
        page = self.browser.send(page.form(having="password"), {"username": user_name, "password": password})
        if page.find(having="password"):
            raise Refused(f"the sign-in of {user_name} was refused: {page.text}")

    def create(self, customer: Customer, tenant: SandboxTenant, contact: tuple[str, str]) -> Account:
        """Fill in the form for a new customer; `contact` is name and e-mail address. Raises Refused."""
        page = self.browser.open("/customers/new/")
        values = {
            "name": customer.name,
            "product": customer.product,
            "haiilo_host": customer.host,
            "domains": customer.domain,
            "contact_name": contact[0],
            "contact_email": contact[1],
        }
        page = self.browser.send(page.form(having="haiilo_host"), values)
        found = RECORD.search(page.url)
        if page.status != 200 or found is None:
            raise Refused(f"{customer.name} was not created ({page.status}): {page.text}")
        return Account(customer, tenant, pk=int(found[1]))

    def find(self, customer: Customer, tenant: SandboxTenant) -> Account | None:
        """Look for a customer on the board by its name."""
        page = self.browser.open("/?" + urlencode({"search": customer.name}))
        for href, text in page.links:
            found = RECORD.search(href)
            if found and text == customer.name:
                return Account(customer, tenant, pk=int(found[1]))
        return None

    def open(self, account: Account) -> Page:
        """The customer's page as it is now."""
        page = self.browser.open(account.address)
        if page.status != 200:
            raise Refused(f"the page of {account.customer.name} answers {page.status}")
        return page

    def send_link(self, account: Account) -> str:
        """Have a link made and read it from the page; it is shown once. Raises NotOnThePage."""
        page = self.open(account)
        form = next((each for each in page.forms if each.action.endswith("/link/")), None)
        if form is None:
            raise NotOnThePage(f"no form that makes a link on {page.url}: {page.text}")
        page = self.browser.send(form)
        found = LINK.search(page.html)
        if found is None:
            raise NotOnThePage(f"no link on {page.url} after it was made: {page.text}")
        account.link = found[0]
        return account.link

    def act(self, account: Account) -> str:
        """Do the one thing the open step asks for, if it asks; returns what was done, or an empty string."""
        page = self.open(account)
        for form in page.forms:
            if "/approve/" in form.action:
                return self._send(account, form, {}, f"approved: {form.buttons[0].text if form.buttons else ''}")
            values = self._answer(account, form)
            if values is not None:
                return self._send(account, form, values, f"answered: {', '.join(sorted(values)) or 'yes'}")
        return ""

    def _answer(self, account: Account, form: Form) -> dict[str, str] | None:
        """What this form is to be filled in with, or None when it is no question of a step."""
        if "/steps/" not in form.action:
            return None
        tenant = account.tenant
        known = {
            "token": tenant["scim_token"],
            "others": tenant["pilot"]["user_name"],
            "service_principal_id": tenant["service_principal_id"],
            "existing_job": "replace",
            "beside": "go_on",
        }
        values: dict[str, Any] = {name: str(known[name]) for name in known if name in form.fields}
        if "suggested" in form.fields:
            values["suggested"] = ()  # whoever the test knows, and nobody else
        if "accepted" in form.fields:
            values["accepted"] = form.fields["accepted"].choices[0]
        return values or None

    def _send(self, account: Account, form: Form, values: dict[str, str], done: str) -> str:
        page = self.browser.send(form, values)
        if page.status != 200:
            raise Refused(f"{account.customer.name}: {form.action} answers {page.status}: {page.text[:500]}")
        return done


class Admin:
    """The customer's admin with a browser of their own and no JavaScript."""

    def __init__(self, home: str, user_name: str, password: str) -> None:
        self.browser = Browser(home)
        self.user_name, self.password = user_name, password

    def open(self, link: str) -> Page:
        """Open the link that was sent."""
        return self.browser.open(link)

    def begin(self) -> Page:
        """Press the button of the link page; ends on Microsoft's sign-in page. Raises NotOnThePage."""
        return self.browser.send(self.browser.page.form(action="/begin/"))

    def sign_in(self) -> Page:
        """Sign in at Microsoft; ends on the consent page. Raises NotOnThePage."""
        form = self.browser.page.form(having="passwd")
        return self.browser.send(form, {"login": self.user_name, "passwd": self.password})

    def decide(self, decision: str = "accept") -> Page:
        """Press accept or decline; ends on our page again. Raises NotOnThePage."""
        for form in self.browser.page.forms:
            if any(button.name == "decision" for button in form.buttons):
                return self.browser.send(form, press=decision)
        raise NotOnThePage(f"no consent to decide on {self.browser.page.url}: {self.browser.page.text}")

    def consent(self, link: str) -> Page:
        """The whole way: link, sign-in, yes. Raises NotOnThePage; Refused when our page does not say thanks."""
        self.open(link)
        self.begin()
        self.sign_in()
        page = self.decide()
        if page.status != 200 or not page.url.startswith(self.browser.home):
            raise Refused(f"the consent ended on {page.url} ({page.status}): {page.text[:500]}")
        return page
