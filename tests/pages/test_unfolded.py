"""What somebody has unfolded stays so when the part of the page around it is refreshed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from .frame import Frame

pytestmark = pytest.mark.browser

FOLDS = "".join(f'<details id="{name}"><summary>{name}</summary>More</details>' for name in ("one", "other"))


@pytest.fixture
def frame(browser: Browser) -> Iterator[Frame]:
    context = browser.new_context()
    made = Frame(context)
    made.show(FOLDS)
    yield made
    context.close()


def unfolded(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("details[open]", "found => found.map((each) => each.id)")
    return found


def test_opens_again_what_was_open(frame: Frame) -> None:
    frame.page.click("#one summary")
    frame.refresh(FOLDS)
    assert unfolded(frame.page) == ["one"]


def test_leaves_closed_what_was_closed_again(frame: Frame) -> None:
    frame.page.click("#one summary")
    frame.page.click("#one summary")
    frame.refresh(FOLDS)
    assert unfolded(frame.page) == []


def test_leaves_closed_what_the_server_sends_open_and_somebody_has_closed(frame: Frame) -> None:
    news = '<details id="news" open><summary>News</summary>More</details>'
    frame.refresh(FOLDS + news)
    assert unfolded(frame.page) == ["news"]
    frame.page.click("#news summary")
    frame.refresh(FOLDS + news)
    assert unfolded(frame.page) == []
