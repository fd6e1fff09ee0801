"""What somebody has unfolded stays so when the part of the page around it is refreshed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

APP = Path(__file__).resolve().parent.parent.parent / "onboarding" / "static" / "onboarding" / "app.js"
FOLDS = "".join(f'<details id="{name}"><summary>{name}</summary>More</details>' for name in ("one", "other"))
REFRESH = """(html) => {
  document.querySelector("main").innerHTML = html;
  document.dispatchEvent(new CustomEvent("htmx:afterSwap", { detail: {} }));
}"""


@pytest.fixture
def page(browser: Browser):
    made = browser.new_context().new_page()
    made.set_content(f'<!doctype html><html lang="en"><body><main>{FOLDS}</main></body></html>')
    made.add_script_tag(path=APP)
    yield made
    made.context.close()


def unfolded(page: Page) -> list[str]:
    return page.eval_on_selector_all("details[open]", "found => found.map((each) => each.id)")


def test_opens_again_what_was_open(page):
    page.click("#one summary")
    page.evaluate(REFRESH, FOLDS)
    assert unfolded(page) == ["one"]


def test_leaves_closed_what_was_closed_again(page):
    page.click("#one summary")
    page.click("#one summary")
    page.wait_for_function("!document.getElementById('one').open")
    page.evaluate(REFRESH, FOLDS)
    assert unfolded(page) == []
