"""Forged, repeated and foreign answers from the browser round trip: a page a person understands, and nothing bound."""

from __future__ import annotations

import re

import pytest

from devtools.robots.browser import Browser
from devtools.robots.people import Admin
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.stack import Stack

pytestmark = pytest.mark.broker

SIGNED_IN, GRANTED = "/consent/signed-in/", "/consent/granted/"


@pytest.fixture
def admin(stack: Stack, invited: RehearsedCustomer) -> Admin:
    person = invited.account.tenant["admin"]
    return Admin(stack.public_url, person["user_name"], person["password"])


def still_waits_for_consent(rehearsal, rehearsed) -> bool:
    rehearsal.look()
    return bool(rehearsed.verdict[0] == "consent" and rehearsed.verdict[1] != "done")


def stop_before(admin: Admin, link: str, address: str) -> str:
    """Go the admin's way up to the answer that leads to `address`; returns that address, not yet opened."""
    admin.browser.stop_before = address
    admin.open(link)
    admin.begin()
    admin.sign_in()
    if address not in admin.browser.page.url:
        admin.decide()
    assert address in admin.browser.page.url
    return admin.browser.page.url


@pytest.mark.parametrize("path", [SIGNED_IN, GRANTED])
@pytest.mark.parametrize("query", ["", "?state=made-up&admin_consent=True&tenant=t&code=c", "?error=access_denied"])
def test_refuses_an_answer_that_nobody_asked_for(stack, path, query):
    page = Browser(stack.public_url).open(path + query)
    assert page.status == 400
    assert "Open your link again" in page.text


@pytest.mark.parametrize("path", [SIGNED_IN, GRANTED])
def test_refuses_a_real_answer_in_another_browser(stack, rehearsal, invited, admin, path):
    address = stop_before(admin, invited.account.link, path)
    page = Browser(stack.public_url).open(address)
    assert page.status == 400
    assert still_waits_for_consent(rehearsal, invited)


def test_refuses_the_answer_for_another_tenant(stack, rehearsal, invited, admin, new_customer):
    other = stack.sandbox.make_tenant(
        name="Other", domain="other-tenant.example", product="advocacy", haiilo_host="other.smarpshare.com", users=1
    )
    address = stop_before(admin, invited.account.link, GRANTED)
    forged = re.sub(r"tenant=[0-9a-f-]+", f"tenant={other['tenant_id']}", address)
    assert forged != address
    page = admin.browser.open(forged)
    assert page.status == 400
    assert still_waits_for_consent(rehearsal, invited)


def test_takes_an_answer_once_and_leads_the_same_browser_to_the_progress_again(rehearsal, invited, admin):
    """Public case 08: the first answer may have been lost on its way to the browser."""
    address = stop_before(admin, invited.account.link, GRANTED)
    admin.browser.stop_before = ""
    assert [admin.browser.open(address).status for _time in range(2)] == [200, 200]
    invited.acted.add("consented")
    rehearsal.drive(until=lambda each: each.verdict[0] not in ("customer", "consent"))


def test_says_that_a_used_link_is_used(rehearsal, invited, admin):
    assert admin.consent(invited.account.link).status == 200
    again = Admin(admin.browser.home, admin.user_name, admin.password)
    page = again.open(invited.account.link)
    assert page.find(action="/begin/") is None


def test_lets_the_admin_think_again_after_a_no(rehearsal, invited, admin):
    admin.open(invited.account.link)
    admin.begin()
    admin.sign_in()
    page = admin.decide("decline")
    assert "Nothing was approved" in page.text
    assert still_waits_for_consent(rehearsal, invited)
    assert admin.consent(invited.account.link).status == 200
    invited.acted.add("consented")
    rehearsal.drive(until=lambda each: each.verdict[0] not in ("customer", "consent"))


def test_explains_that_a_lesser_role_may_not_consent(stack, rehearsal, invited):
    person = invited.account.tenant["app_admin"]
    lesser = Admin(stack.public_url, person["user_name"], person["password"])
    lesser.open(invited.account.link)
    lesser.begin()
    page = lesser.sign_in()
    if page.url.startswith(stack.sandbox_url):
        page = lesser.decide() if any(form.buttons for form in page.forms) else page
    assert "Global Administrator" in page.text
    assert still_waits_for_consent(rehearsal, invited)


def test_shows_a_page_for_a_link_that_was_never_made(stack):
    page = Browser(stack.public_url).open("/l/" + "x" * 43 + "/")
    assert page.status == 404
    assert page.text
