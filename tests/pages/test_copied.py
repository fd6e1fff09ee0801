"""Copy buttons answer in place, each time, also where the browser refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from .frame import Frame, box

pytestmark = pytest.mark.browser

BUTTON = '<button data-copy="#{0}" data-copied="Copied">Copy the {0}</button>'
CONTENT = f"""<input id="link" readonly value="https://onboarding.example/l/1">{BUTTON.format("link")}
<pre id="code">
  Get-Something
</pre>{BUTTON.format("code")}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    frame = Frame(context)
    frame.page.clock.install()
    frame.show(CONTENT)
    yield frame.page
    context.close()


def copied(page: Page) -> str:
    found: str = page.evaluate("navigator.clipboard.readText()")
    return found


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_says_copied_in_place_for_a_few_seconds_each_time(
    page: Page, motion: Literal["no-preference", "reduce"]
) -> None:
    page.emulate_media(reduced_motion=motion)
    button = page.locator("[data-copy='#link']")
    width = box(button)["width"]
    for _time in range(2):
        button.click()
        expect(button).to_have_text("✓ Copied")
        expect(page.locator("#announcer")).to_have_text("Copied")
        assert box(button)["width"] >= width
        assert copied(page) == "https://onboarding.example/l/1"
        page.clock.run_for(3000)
        expect(button).to_have_text("✓ Copied")
        page.clock.run_for(1500)
        expect(button).to_have_text("Copy the link")


def test_stays_said_when_it_is_pressed_again_meanwhile(page: Page) -> None:
    button = page.locator("[data-copy='#link']")
    button.click()
    expect(button).to_have_text("✓ Copied")
    page.clock.run_for(3000)
    page.evaluate("document.getElementById('announcer').textContent = ''")
    button.click()
    page.clock.run_for(100)
    expect(page.locator("#announcer")).to_have_text("Copied")
    page.clock.run_for(3000)
    expect(button).to_have_text("✓ Copied")
    page.clock.run_for(1500)
    expect(button).to_have_text("Copy the link")


def test_copies_a_text_without_the_space_around_it(page: Page) -> None:
    page.locator("[data-copy='#code']").click()
    expect(page.locator("[data-copy='#code']")).to_have_text("✓ Copied")
    assert copied(page) == "Get-Something"


@pytest.mark.parametrize(("name", "marked"), [("link", "https://onboarding.example/l/1"), ("code", "Get-Something")])
@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject(new Error('denied')) }"])
def test_selects_the_text_and_says_so_where_the_browser_refuses(
    page: Page, name: str, marked: str, clipboard: str
) -> None:
    page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    for _time in range(2):
        page.locator(f"[data-copy='#{name}']").click()
        expect(page.locator("[role=alert]")).to_have_count(1)
        expect(page.locator("[role=alert]")).to_contain_text("It is selected now; press Ctrl+C")
    assert page.evaluate("document.getSelection().toString()").strip() == marked
    expect(page.locator(f"[data-copy='#{name}']")).to_have_text(f"Copy the {name}")
