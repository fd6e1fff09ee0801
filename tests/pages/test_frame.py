"""The frame on the real pages: what fails, waits, is asked and follows, in colours that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from onboarding.customers import links
from onboarding.models import Onboarding
from tests import builders
from tests.flows.visits import serious_in_all_modes

from .desk import PLAN, TOKEN_NEEDED, stand

pytestmark = pytest.mark.browser
Answer = Callable[[Route], None]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains about: errors of scripts, and what the content security policy forbids."""
    return []


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, alice: Client, complaints: list[str]) -> Iterator[Page]:
    """Alice's browser."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    session = alice.cookies["session"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    made = context.new_page()
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield made
    context.close()


@pytest.fixture
def open_record(page: Page, customer: Onboarding) -> Page:
    """The page of a customer whose token is asked for, with a link that is open."""
    stand(customer, "connection", TOKEN_NEEDED)
    links.issue_link(customer, actor=builders.person("alice"))
    page.goto(reverse("record", args=[customer.pk]))
    return page


def test_says_on_the_page_itself_that_the_line_is_lost(open_record: Page, complaints: list[str]) -> None:
    open_record.route("**/steps/**", lambda route: route.abort("connectionfailed"))
    open_record.fill("[name=token]", "secret")
    open_record.press("[name=token]", "Enter")
    expect(open_record.locator("form [role=alert]")).to_contain_text("Not saved: no connection.")
    assert open_record.input_value("[name=token]") == "secret"
    assert serious_in_all_modes(open_record) == []
    assert complaints == []


FORMS_OF_STAFF = [("customer_edit", "contact_name"), ("contacts", "name"), ("questionnaire", "admin_name")]


def cut(route: Route) -> None:
    """The line is cut for whatever is posted."""
    if route.request.method == "POST":
        route.abort("connectionfailed")
    else:
        route.continue_()


def fail(route: Route) -> None:
    """The server fails at whatever is posted."""
    if route.request.method == "POST":
        route.fulfill(status=500, content_type="text/html", body="<h1>Failed</h1>")
    else:
        route.continue_()


@pytest.mark.parametrize(
    ("answer", "said"), [(cut, "Not saved: no connection."), (fail, "something failed at our end")]
)
@pytest.mark.parametrize(("name", "field"), FORMS_OF_STAFF)
def test_keeps_what_was_typed_in_a_form_that_leads_to_another_page(
    page: Page, customer: Onboarding, complaints: list[str], name: str, field: str, answer: Answer, said: str
) -> None:
    page.goto(reverse(name, args=[customer.pk]))
    page.route("**/*", answer)
    typed = page.locator(f"form.form [name={field}]")
    typed.fill("Robin Example")
    typed.locator("xpath=ancestor::form").locator(".form-actions button").click()
    expect(page.locator("form [role=alert]")).to_contain_text(said)
    assert typed.input_value() == "Robin Example"
    assert complaints == []


def test_leads_to_the_next_page_by_a_form_that_is_sent(page: Page, customer: Onboarding, complaints: list[str]) -> None:
    page.goto(reverse("customer_edit", args=[customer.pk]))
    page.fill("[name=contact_name]", "Robin Example")
    page.locator("main form .form-actions button").click()
    expect(page).to_have_url(re.compile(reverse("record", args=[customer.pk]) + "$"))
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("#messages")).not_to_be_empty()
    page.goto(reverse("contacts", args=[customer.pk]))
    page.locator("form.form .form-actions button").click()
    expect(page.locator("form.form [aria-invalid=true]").first).to_be_visible()
    assert serious_in_all_modes(page) == []
    assert complaints == []


def test_says_on_the_page_itself_that_it_is_sending(open_record: Page, complaints: list[str]) -> None:
    waiting: list[Route] = []
    open_record.route("**/recheck/", lambda route: waiting.append(route))
    open_record.locator("#look_connection").click()
    expect(open_record.locator("#look_connection")).to_have_text("Sending…")
    assert serious_in_all_modes(open_record) == []
    waiting[0].continue_()
    expect(open_record.locator("#now")).not_to_contain_text("Sending…")
    assert complaints == []


def test_asks_and_copies_in_colours_that_can_be_read(open_record: Page, complaints: list[str]) -> None:
    open_record.locator("#ask_revoke summary").click()
    open_record.locator("#ask_new_link summary").click()
    assert serious_in_all_modes(open_record) == []
    open_record.locator("#ask_new_link button").click()
    expect(open_record.locator("#new_link_title")).to_be_focused()
    open_record.clock.install()
    copy = open_record.locator("[data-copy='#new_link_address']")
    copy.click()
    expect(copy).to_have_text("✓ Copied")
    assert serious_in_all_modes(open_record) == []
    assert complaints == []


def test_stands_at_the_next_step_after_an_act(open_record: Page, customer: Onboarding, complaints: list[str]) -> None:
    open_record.set_viewport_size({"width": 1280, "height": 400})
    open_record.fill("[name=token]", "secret")
    open_record.press("[name=token]", "Enter")
    expect(open_record.locator("#next_title")).to_be_focused()
    expect(open_record.locator("#next_title")).to_be_in_viewport(ratio=0.9)
    expect(open_record.locator("#messages")).to_contain_text("Saved")
    expect(open_record.locator("#messages")).to_be_in_viewport()
    stand(customer, "mappings", PLAN)
    expect(open_record.locator("#next_title")).to_have_text("Check the mapping.")
    expect(open_record.locator("#next_title")).to_be_focused()
    expect(open_record.locator("#next_title")).to_be_in_viewport(ratio=0.9)
    assert complaints == []


def test_leads_to_the_sign_in_who_was_signed_out(open_record: Page, customer: Onboarding, alice: Client) -> None:
    open_record.fill("[name=token]", "secret")
    alice.logout()
    open_record.press("[name=token]", "Enter")
    link = open_record.locator("form [role=alert] a")
    expect(link).to_have_text("Open the sign-in in a new tab")
    with open_record.context.expect_page() as beside:
        link.click()
    beside.value.fill("[name=username]", "alice")
    beside.value.fill("[name=password]", "correct horse battery")
    beside.value.press("[name=password]", "Enter")
    beside.value.wait_for_url(f"**{reverse('record', args=[customer.pk])}")
    open_record.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(open_record.locator("form [role=alert]")).to_contain_text("you are signed in again")
    open_record.press("[name=token]", "Enter")
    expect(open_record.locator("#messages")).to_contain_text("Saved")
