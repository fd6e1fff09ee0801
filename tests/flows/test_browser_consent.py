"""The customer's admin in a real browser: every way to a yes, the ways to a no, and pages that anybody can use."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.launch.words import LOCALE

from .conftest import tenant_id

pytestmark = [pytest.mark.broker, pytest.mark.browser]

SOON = 15_000  # milliseconds
HEADING = "Please approve that Haiilo sets up your people’s accounts"  # noqa: RUF001 - as on the page
ROUND_TRIPS = {"de": "de-DE", "fi": "fi-FI"}


@pytest.fixture
def browse(browser: Browser, stack) -> Iterator[Callable[..., Page]]:
    """A browser of one's own, with a page in it."""
    contexts: list[BrowserContext] = []

    def make(locale: str = "en-GB", *, scripts: bool = True) -> Page:
        context = browser.new_context(base_url=stack.public_url, locale=locale, java_script_enabled=scripts)
        context.set_default_timeout(SOON)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def invited(journey, staff, new_customer):
    """A customer whose admin has a link."""
    traveller = journey.add(new_customer(users=1), calm=True)
    journey.drive(until=lambda each: each.standing[0] == "consent")
    staff.send_link(traveller.account)
    return traveller


def sign_in(page: Page, link: str, person: dict[str, str]) -> None:
    page.goto(link)
    page.locator("form[action*='/begin/'] button").click()
    page.fill("[name=login]", person["user_name"])
    page.fill("[name=passwd]", person["password"])
    page.press("[name=passwd]", "Enter")


def decide(page: Page, decision: str) -> None:
    page.locator(f"button[name=decision][value={decision}]").click()


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("language", ROUND_TRIPS)
def test_leads_to_a_yes_in_the_browsers_language(stack, browse, invited, language):
    page = browse(ROUND_TRIPS[language])
    page.goto(invited.account.link)
    expect(page.locator("html")).to_have_attribute("lang", language)
    compiled = gettext.translation("django", LOCALE, [language]).gettext(HEADING)
    assert compiled != HEADING
    expect(page.locator("h1")).to_have_text(compiled)
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    page.wait_for_url("**/progress/")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_keeps_nobody_out(stack, browse, invited):
    """Link, security pack, questions, problem and progress, at the width of a phone, too."""
    page = browse()
    found = {}
    page.goto(invited.account.link)
    found["link"] = serious(page)
    for name in ("security", "questions"):
        page.goto(f"{invited.account.link}{name}/")
        found[name] = serious(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "decline")
    expect(page.locator("h1")).to_have_text("You declined")
    found["problem"] = serious(page)
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    page.wait_for_url("**/progress/")
    found["progress"] = serious(page)
    assert found == {name: [] for name in found}


def test_lets_an_admin_without_scripts_decline_and_think_again(browse, invited):
    page = browse(scripts=False)
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "decline")
    expect(page.locator("h1")).to_have_text("You declined")
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    expect(page.locator("h1")).to_contain_text("Thank you")


def test_hands_over_from_somebody_who_cannot_to_somebody_who_can(browse, invited, staff):
    page, tenant = browse(), invited.account.tenant
    sign_in(page, invited.account.link, tenant["app_admin"])
    decide(page, "return")
    expect(page.locator("h1")).to_have_text("Somebody else has to approve this")
    assert serious(page) == []
    page.fill("[name=name]", "Greta Global")
    page.fill("[name=email]", tenant["admin"]["user_name"].replace("admin@", "greta@"))
    page.press("[name=email]", "Enter")
    expect(page.locator("h1")).to_have_text("Send this to Greta Global")
    assert serious(page) == []
    link = page.locator("#approver_link").input_value()
    assert link != invited.account.link
    approver = browse()
    sign_in(approver, link, tenant["privileged_admin"])
    decide(approver, "accept")
    approver.wait_for_url("**/progress/")
    page.goto(invited.account.link)
    expect(page.locator("form[action*='/begin/'] button")).to_be_visible()


def test_binds_nothing_when_another_tenant_answers(stack, browse, invited, journey):
    stack.far_side.ask("POST", f"/tenants/{tenant_id(invited)}/switches", {"F2": True})
    page = browse()
    sign_in(page, invited.account.link, invited.account.tenant["admin"])
    decide(page, "accept")
    expect(page.locator("h1")).to_have_text("That was another organisation")
    assert serious(page) == []
    journey.look()
    assert invited.standing[0] == "consent"


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
