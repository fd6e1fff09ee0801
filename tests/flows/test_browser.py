"""The same way in a real browser: customer success with JavaScript, the customer's admin without."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from devtools.stack.stack import Stack

from .conftest import STAFF, differences
from .visits import decide, sign_in, sign_in_staff

pytestmark = [pytest.mark.broker, pytest.mark.browser]

SOON = 90_000  # milliseconds; the far side and the worker are real processes


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=stack.public_url, locale="en-GB")
    made.set_default_timeout(SOON)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, password: str) -> Iterator[Page]:
    """Alice's, signed in. Whatever the browser complains about fails the test."""
    made, complaints = context.new_page(), []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    sign_in_staff(made, STAFF, password)
    yield made
    assert complaints == []


def create(page: Page, customer, admin: str) -> None:
    page.goto("/customers/new/")
    page.fill("[name=name]", customer.name)
    page.fill("[name=haiilo_host]", customer.host)
    page.fill("[name=domains]", customer.domain)
    page.fill("[name=contact_name]", "Robin Admin")
    page.fill("[name=contact_email]", admin)
    page.press("[name=contact_email]", "Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/"))


def send_link(page: Page) -> str:
    page.locator("form[action$='/link/'] button").first.click()
    expect(page.locator("body")).to_contain_text("/l/", timeout=SOON)
    found = re.search(r"https?://[^\s\"'<>]+/l/[\w-]+/?", page.content())
    assert found
    return found[0]


def consent(browser: Browser, link: str, person: dict[str, str], home: str) -> None:
    """The admin's side, without JavaScript, in a browser of their own."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, link, person)
    decide(page, "accept")
    assert page.url.startswith(home)
    expect(page.locator("h1")).to_be_visible()
    context.close()


def test_leads_from_a_new_customer_to_live(stack, browser, page, staff, rehearsal, new_customer):
    customer = new_customer()
    tenant = stack.sandbox.make_tenant(
        name=customer.name,
        domain=customer.domain,
        product=customer.product,
        haiilo_host=customer.host,
        users=customer.users,
        haiilo_groups=list(customer.groups),
        calm=True,
    )
    create(page, customer, tenant["admin"]["user_name"])
    link = send_link(page)
    consent(browser, link, tenant["admin"], stack.public_url)

    # From here on the page is never reloaded by us: it follows what the worker does.
    page.locator("[name=token]").fill(tenant["scim_token"])
    page.press("[name=token]", "Enter")
    page.locator("form[action*='/mappings/approve/'] button").click()
    page.locator("[name=others]").fill(tenant["pilot"]["user_name"])  # waits until test users are asked for
    for box in page.locator("[name=suggested]").all():
        box.uncheck()
    page.press("[name=others]", "Enter")
    page.locator("form[action*='/enable/approve/'] button").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Live", timeout=2 * SOON)

    account = staff.find(customer, tenant)
    assert account
    rehearsed = rehearsal.follow(account)
    rehearsal.drive()
    assert differences(rehearsed) == []
