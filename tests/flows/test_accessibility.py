"""Pages that anybody can use: axe finds nothing serious on any, wide and light, narrow and dark, and printed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from playwright.sync_api import Page, Route

from devtools.robots.browser import Browser
from devtools.robots.people import Admin, StaffMember
from onboarding.causes.trip import ENDINGS
from onboarding.portal.shared.problems import problem_page
from tests.pages.visitor import invited as invitation_of

from .test_callbacks import stop_before
from .visits import come_as, decide, serious, serious_in_all_modes, sign_in

pytestmark = [pytest.mark.broker, pytest.mark.browser]

ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html")
OF_A_CUSTOMER = ("users/", "contacts/", "questions/", "security/", "edit/", "outbox/")
OF_A_LINK = ("", "security/", "questions/")
CODE = "AADSTS90094"


@pytest.fixture
def desk(browse: Callable[..., Page], staff: StaffMember) -> Page:
    """Alice's browser, signed in."""
    page = browse()
    come_as(page, staff)
    return page


def findings(page: Page, *addresses: str) -> dict[str, list[str]]:
    """By address, for those that have any."""
    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = serious_in_all_modes(page)
    return {address: rows for address, rows in found.items() if rows}


def shown(page: Page, answer: HttpResponse) -> list[str]:
    """The findings on a page that was made here, with the stylesheet and the scripts of the running product."""

    def give(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=answer.content.decode())

    page.unroute_all()
    page.route("**/made-here/", give)
    page.goto("/made-here/")
    return serious_in_all_modes(page)


def asked():
    request = RequestFactory().get("/")
    request.session, request.user = SessionBase(), AnonymousUser()
    return request


@pytest.mark.django_db
def test_keeps_nobody_out_where_something_went_wrong(stack, browse):
    page, found = browse(), {}
    invitation = invitation_of()
    for ending in ENDINGS:
        answer = problem_page(asked(), ending, link=invitation.link, code=CODE, request_id="1-2-3", token="x" * 43)
        found[ending.code] = shown(page, answer)
    for template in ERRORS:
        found[template] = shown(page, render(asked(), template))
    assert {name: rows for name, rows in found.items() if rows} == {}


def test_keeps_nobody_out_on_the_admins_way(stack, browse, desk, invited):
    page, link = browse(), invited.account.link
    assert findings(page, *[link + part for part in OF_A_LINK]) == {}
    page.goto(f"{link}security/")
    page.emulate_media(media="print", color_scheme="light")
    assert serious(page) == []
    page.emulate_media(media="screen")
    sign_in(page, link, invited.account.tenant["app_admin"])
    decide(page, "return")
    assert findings(page, "/consent/approver/") == {}
    page.fill("[name=name]", "Greta Global")
    page.fill("[name=email]", "greta@elsewhere.example")
    page.press("[name=email]", "Enter")
    page.wait_for_selector("#approver_link")
    assert serious_in_all_modes(page) == []
    desk.goto(f"{invited.account.address}outbox/")
    letter = re.search(r'href="(/customers/\d+/letters/\d+/)"', desk.content())
    assert letter, "a letter to the approver lies there"
    assert findings(desk, letter[1], "/outbox/?show=drafts", invited.account.address) == {}
    sign_in(page, link, invited.account.tenant["admin"])
    decide(page, "accept")
    assert findings(page, "/progress/") == {}


def test_keeps_nobody_out_at_any_step(stack, browse, desk, rehearsal, new_customer):
    assert findings(browse(), "/sign-in/") == {}
    rehearsed = rehearsal.add(new_customer(users=1), calm=True)
    found: dict[str, list[str]] = {}

    def looked_at(each) -> bool:
        verdict = " ".join(each.verdict[:2])
        if verdict not in found:
            desk.goto(each.account.address)
            found[verdict] = serious_in_all_modes(desk)
        return bool(each.live)

    rehearsal.drive(until=looked_at)
    assert {verdict: rows for verdict, rows in found.items() if rows} == {}
    assert {verdict.split()[0] for verdict in found} >= {
        "consent",
        "connection",
        "mappings",
        "pilot",
        "enable",
        "live",
    }
    address = rehearsed.account.address
    assert findings(desk, "/", "/customers/new/", "/outbox/", *[address + part for part in OF_A_CUSTOMER]) == {}
    assert findings(desk, *[f"{address}steps/{key}/" for key in ("sso_application", "connection", "scope")]) == {}


def test_keeps_nobody_out_where_another_tenant_is_proposed(stack, browse, desk, invited):
    invited.account.tenant.switch(F2=True, F3=100_000)  # no look of ours finds an approval, and ends the alarm
    admin, address, person = browse(), invited.account.address, invited.account.tenant["admin"]
    robot = Admin(stack.public_url, person["user_name"], person["password"])
    Browser(stack.public_url).open(stop_before(robot, invited.account.link, "/consent/granted/"))
    desk.goto(address)
    desk.wait_for_selector("#forged_title")
    assert serious_in_all_modes(desk) == []
    sign_in(admin, invited.account.link, person)
    decide(admin, "accept")
    assert findings(desk, address) == {}
    desk.locator("form[action$='/tenant/'] summary, details:has(form[action$='/tenant/']) summary").first.click()
    assert serious_in_all_modes(desk) == []
    desk.fill("#propose_tenant_reason", "Called the number in the contract.")
    desk.press("#propose_tenant_reason", "Enter")
    desk.wait_for_selector("[id^=proposal_]")
    assert serious_in_all_modes(desk) == []


def test_keeps_nobody_out_from_the_list_to_a_person_and_into_the_directory(desk, rehearsal, new_customer):
    """By keyboard alone: j and Enter open a person, the way back keeps the filter, and a stranger is looked up."""
    rehearsed = rehearsal.add(new_customer(users=2), calm=True)
    rehearsal.drive(until=lambda each: each.live)
    desk.goto(f"{rehearsed.account.address}users/?standing=arrived")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#story")
    assert serious_in_all_modes(desk) == []
    with desk.expect_navigation():  # keys of ours are heard once the page's scripts have run
        desk.locator("a[href$='?standing=arrived']").press("Enter")
    desk.wait_for_selector(".chip[aria-current]")
    desk.keyboard.press("/")
    desk.wait_for_selector("[data-search]:focus")
    desk.keyboard.type(rehearsed.account.tenant["unassigned"]["user_name"])
    desk.keyboard.press("Enter")
    desk.locator("form[action$='/look/'] button").press("Enter")
    desk.wait_for_selector("#found .story")
    assert "Not assigned to the application." in desk.inner_text("#found")
    assert serious_in_all_modes(desk) == []
