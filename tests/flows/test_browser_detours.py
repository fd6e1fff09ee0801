"""Consents that come in part, late, or are taken back: what admin and customer success see, and that it goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from devtools.stack.processes import wait_until
from devtools.stack.stack import PERMISSIONS

from .conftest import SOON
from .moments import let_time_pass, recheck, until_record_says
from .visits import decide, enter, serious_in_all_modes, sign_in

pytestmark = [pytest.mark.broker, pytest.mark.browser]


def until_admin_is_told(page: Page, words: str) -> None:
    def told() -> bool:
        page.goto("/progress/")
        return words in page.locator("main").inner_text()

    assert wait_until(told, SOON)


def approve(page: Page, invited) -> None:
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    page.wait_for_url("**/progress/")


def test_asks_for_what_is_missing_and_goes_on_when_all_is_there(stack, browse, invited, staff):
    page = browse()
    invited.account.tenant.switch(F4=True)
    approve(page, invited)
    assert until_record_says(staff, invited, "The approval is taking effect at Microsoft")
    let_time_pass(stack, invited)
    recheck(staff, invited, "consent")
    assert until_record_says(staff, invited, "Permissions are missing")
    missing = [name for name in PERMISSIONS if name not in invited.account.tenant.details()["roles"]]
    assert missing
    record = staff.open(invited.account)
    assert record.find(action="/link/")
    until_admin_is_told(page, "Please approve once more")
    for name in missing:
        assert name in record.text
        expect(page.locator("main")).to_contain_text(name)
    assert serious_in_all_modes(page) == []
    invited.account.tenant.switch(F4=False)
    page.locator("form[action='/progress/approve/'] button").click()
    enter(page, invited.account.tenant["admin"])
    decide(page, "accept")
    page.wait_for_url("**/progress/")
    assert until_record_says(staff, invited, "Next · 5 Connection")
    expect(page.locator("li[aria-current=step]")).to_contain_text("The connection to Haiilo", timeout=SOON * 1000)


def test_waits_honestly_for_a_consent_that_spreads_slowly(stack, browse, invited, staff):
    page = browse()
    invited.account.tenant.switch(F3=6000)
    approve(page, invited)
    assert until_record_says(
        staff, invited, "The approval is taking effect at Microsoft. This can take up to 15 minutes."
    )
    expect(page.locator("li[aria-current=step]")).to_contain_text("This can take up to 15 minutes.")
    assert serious_in_all_modes(page) == []
    invited.account.tenant.switch(F3=False)
    invited.account.tenant.consent()
    expect(page.locator("li[aria-current=step]")).to_contain_text("The connection to Haiilo", timeout=SOON * 1000)
    assert "Next · 5 Connection" in staff.open(invited.account).text


def test_goes_on_where_it_stood_after_access_was_taken_away_and_given_again(stack, browse, invited, staff):
    page = browse()
    approve(page, invited)
    assert until_record_says(staff, invited, "Next · 5 Connection")
    invited.account.tenant.revoke()
    let_time_pass(stack, invited)
    for key in ("readiness", "consent"):
        recheck(staff, invited, key)
    assert until_record_says(staff, invited, "We have lost access to the tenant")
    assert invited.account.customer.name in staff.browser.open("/?bucket=customer").text
    until_admin_is_told(page, "our application was removed from your tenant")
    assert serious_in_all_modes(page) == []
    staff.send_link(invited.account)
    approve(browse(scripts=False), invited)
    assert until_record_says(staff, invited, "Next · 5 Connection")


def test_says_before_the_consent_that_the_role_does_not_suffice(stack, browse, invited):
    page = browse()
    invited.account.tenant.switch(wids_in_id_tokens=True)
    sign_in(page, invited.account.link, invited.account.tenant["app_admin"])
    expect(page.locator("h1")).to_have_text("Your account may not be able to approve this")
    assert serious_in_all_modes(page) == []
    page.locator(".btn--primary").click()
    decide(page, "return")
    expect(page.locator("h1")).to_have_text("Somebody else has to approve this")
    expect(page.locator("main")).to_contain_text("AADSTS90094")


def test_shows_a_used_link_to_nobody_but_the_one_who_approved(stack, browse, invited):
    approve(browse(), invited)
    elsewhere = browse()
    for person, words in (("privileged_admin", "This link was already used"), ("admin", "Thank you")):
        elsewhere.goto(invited.account.link)
        expect(elsewhere.locator("h1")).to_have_text("This link was already used")
        assert serious_in_all_modes(elsewhere) == []
        elsewhere.locator("form[action$='/return/'] button").click()
        enter(elsewhere, invited.account.tenant[person])
        expect(elsewhere.locator("h1")).to_contain_text(words)
        assert elsewhere.url.startswith(stack.public_url)
