"""Acts that cannot be taken back are asked about once, with their effect named: with scripts and without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from onboarding.customers import contacts, links
from onboarding.models import Contact, Letter, Link, Onboarding
from tests import builders

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def page(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, alice: Client) -> Iterator[Page]:
    """Alice's browser, with JavaScript and without."""
    context: BrowserContext = browser.new_context(base_url=live_server.url, java_script_enabled=request.param)
    session = alice.cookies["session"]
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.fixture
def invited(live_server: LiveServer, customer: Onboarding) -> Onboarding:
    """A customer whose admin has a link."""
    links.issue_link(customer, actor=builders.person("alice"))
    return customer


def ask(page: Page, ask_id: str, effect: str) -> Callable[[], None]:
    """Press what asks; what it returns presses the answer."""
    asked = page.locator(f"details[id^={ask_id}]").last
    expect(asked.locator("button")).to_be_hidden()
    asked.locator("summary").click()
    expect(asked.locator("p")).to_contain_text(effect)
    return asked.locator("button").click


def open_links() -> int:
    return sum(link.condition() == "open" for link in Link.objects.all())


def test_revokes_a_link_when_it_is_said_twice(page: Page, invited: Onboarding) -> None:
    page.goto(reverse("record", args=[invited.pk]))
    revoke = ask(page, "ask_revoke", "can then no longer open it")
    assert open_links() == 1
    revoke()
    expect(page.locator("#messages")).to_contain_text("The link was revoked")
    assert open_links() == 0


def test_makes_a_new_link_when_it_is_said_twice(page: Page, invited: Onboarding) -> None:
    page.goto(reverse("record", args=[invited.pk]))
    make = ask(page, "ask_new_link", "Creating a new link switches off this one at once")
    assert Link.objects.count() == 1
    make()
    expect(page.locator("#new_link_title")).to_be_focused()
    assert Link.objects.count() == 2
    assert open_links() == 1
    expect(page.locator("#ask_new_link button")).to_be_hidden()


def test_makes_the_first_link_at_once(page: Page, live_server: LiveServer, customer: Onboarding) -> None:
    page.goto(reverse("record", args=[customer.pk]))
    page.locator("#links form[action$='/link/'] button").click()
    expect(page.locator("#new_link_title")).to_be_visible()
    assert open_links() == 1


def test_removes_a_contact_when_it_is_said_twice(page: Page, invited: Onboarding) -> None:
    contacts.add_contact(
        invited, actor=builders.person("alice"), name="Ida", email="ida@contoso.example", role="it_admin"
    )
    page.goto(reverse("contacts", args=[invited.pk]))
    remove = ask(page, "ask_remove_", "Ida then gets no more e-mails, and their link stops working")
    assert Contact.objects.filter(name="Ida").exists()
    remove()
    expect(page.locator("#messages")).to_contain_text("The contact was removed")
    assert not Contact.objects.filter(name="Ida").exists()


def test_withdraws_a_draft_when_it_is_said_twice(page: Page, invited: Onboarding) -> None:
    draft = Letter.objects.create(
        onboarding=invited,
        kind=Letter.Kind.INVITATION,
        to_name="Eva Berg",
        to_email="eva@contoso.example",
        day=timezone.localdate(),
        subject="Hello",
        text="Please approve.",
    )
    page.goto(reverse("letter", args=[invited.pk, draft.pk]))
    withdraw = ask(page, "ask_withdraw", "It will not be sent")
    draft.refresh_from_db()
    assert draft.state == Letter.State.DRAFT
    withdraw()
    expect(page.locator("#messages")).to_contain_text("discarded")
    draft.refresh_from_db()
    assert draft.state == Letter.State.CANCELLED
