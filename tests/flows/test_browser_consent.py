"""The customer's admin in a real browser: every way to a yes, and the ways to a no."""

from __future__ import annotations

import gettext
import re

import pytest
from playwright.sync_api import expect

from devtools.commands.messages import CATALOGUES, ROOT

from .conftest import AT_CONSENT
from .visits import decide, sign_in

pytestmark = [pytest.mark.broker, pytest.mark.browser]

HEADING = "Approve automatic Haiilo accounts for your people"
ROUND_TRIPS = {"en": "en-GB", "de": "de-DE", "fi": "fi-FI"}


@pytest.mark.parametrize("language", ROUND_TRIPS)
def test_leads_to_a_yes_in_the_browsers_language(stack, browse, invited, language):
    page = browse(ROUND_TRIPS[language])
    page.goto(invited.account.link)
    expect(page.locator("html")).to_have_attribute("lang", language)
    compiled = gettext.translation("django", ROOT / CATALOGUES, [language], fallback=language == "en").gettext(HEADING)
    assert (compiled == HEADING) is (language == "en")
    expect(page.locator("h1")).to_have_text(compiled)
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    page.wait_for_url("**/progress/")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_is_not_used_up_by_a_scanner_that_runs_scripts_and_presses_buttons(browse, invited):
    scanner, link = browse(), invited.account.link
    for method in ("HEAD", "GET", "POST"):
        scanner.request.fetch(link, method=method)
    scanner.goto(link)
    scanner.locator("form[action*='/begin/'] button").click()
    scanner.wait_for_selector("[name=passwd]")
    scanner.context.close()
    page = browse()
    sign_in(page, link, invited.account.tenant["admin"])
    decide(page, "accept")
    expect(page.locator("h1")).to_contain_text("Thank you")


def test_lets_an_admin_without_scripts_decline_and_think_again(browse, invited):
    page = browse(scripts=False)
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "decline")
    expect(page.locator("h1")).to_have_text("Nothing was approved")
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    expect(page.locator("h1")).to_contain_text("Thank you")


def test_hands_over_from_somebody_who_cannot_to_somebody_who_can(browse, invited, staff):
    page, tenant = browse(), invited.account.tenant
    sign_in(page, invited.account.link, tenant["app_admin"])
    decide(page, "return")
    expect(page.locator("h1")).to_have_text("Somebody else has to approve this")
    page.fill("[name=name]", "Greta Global")
    page.fill("[name=email]", tenant["admin"]["user_name"].replace("admin@", "greta@"))
    page.press("[name=email]", "Enter")
    expect(page.locator("h1")).to_have_text("Send this to Greta Global")
    link = page.locator("#approver_link").input_value()
    assert link != invited.account.link
    approver = browse()
    sign_in(approver, link, tenant["privileged_admin"])
    decide(approver, "accept")
    approver.wait_for_url("**/progress/")
    page.goto(invited.account.link)
    expect(page.locator("form[action*='/begin/'] button")).to_be_visible()


def test_binds_nothing_when_another_tenant_answers(stack, browse, invited, staff):
    invited.account.tenant.switch(F2=True)
    page = browse()
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    expect(page.locator("h1")).to_have_text("That was another organisation")
    record = staff.open(invited.account)
    assert AT_CONSENT.search(record.html)
    assert "Another tenant answered" in record.text


def test_says_that_a_link_is_over_and_takes_the_new_one(stack, browse, invited, staff):
    page, first = browse(), invited.account.link
    expire = "from onboarding.models import Link; Link.objects.update(expires_at='2026-01-01T00:00:00Z')"
    stack.manage("shell", "-c", expire)
    page.goto(first)
    expect(page.locator("h1")).to_have_text("This link has expired")
    staff.send_link(invited.account)
    page.goto(first)
    expect(page.locator("h1")).to_have_text(re.compile("expired|withdrawn"))
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    page.wait_for_url("**/progress/")
