"""Parts that look again by themselves: seen or not, with the line or without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from .frame import Answer, Frame, html, lost

pytestmark = pytest.mark.browser

AS_OF = '<p class="as-of">As of <time datetime="2026-11-24T10:00:00+00:00" data-clock>10:00</time></p>'
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
ASK = "() => document.querySelector('[data-refresh]').dispatchEvent(new CustomEvent('look'))"
FORM = '<form action="/answer/"><input name="person"></form>'


@pytest.fixture
def frame(browser: Browser) -> Iterator[Frame]:
    context = browser.new_context(timezone_id="Europe/Berlin", locale="en-GB")
    yield Frame(context)
    context.close()


def unchanged(route: Route) -> None:
    route.fulfill(status=204, headers={"Date": "Tue, 24 Nov 2026 10:07:30 GMT"})


def test_asks_nothing_while_nobody_can_see_it_and_once_on_return(frame: Frame) -> None:
    frame.show(AS_OF)
    frame.answers["/again"] = unchanged
    frame.page.evaluate(HIDE, True)
    frame.page.evaluate(ASK)
    frame.page.evaluate(ASK)
    assert "GET /again" not in frame.asked
    with frame.page.expect_response("**/again"):
        frame.page.evaluate(HIDE, False)
    assert frame.asked.count("GET /again") == 1


def test_asks_at_once_when_the_line_is_back(frame: Frame) -> None:
    frame.show(AS_OF)
    frame.answers["/again"] = unchanged
    with frame.page.expect_response("**/again"):
        frame.page.evaluate("window.dispatchEvent(new Event('online'))")


def test_tells_as_of_when_it_is_though_nothing_has_changed(frame: Frame) -> None:
    frame.show(AS_OF)
    assert frame.page.locator("time").text_content() == "11:00"
    frame.answers["/again"] = unchanged
    frame.page.evaluate(ASK)
    expect(frame.page.locator("time")).to_have_text("11:07")


@pytest.mark.parametrize("answer", [lost, html("", 500)])
def test_says_quietly_once_that_it_cannot_ask_and_goes_on(frame: Frame, answer: Answer) -> None:
    frame.show(AS_OF)
    frame.answers["/again"] = answer
    frame.look()
    frame.look()
    said = frame.page.locator(".as-of + [role=status]")
    expect(said).to_have_text("No connection. We keep trying.")
    expect(said).to_have_count(1)
    expect(frame.page.locator("[role=alert]")).to_have_count(0)
    assert frame.page.locator("time").text_content() == "11:00"
    frame.answers["/again"] = unchanged
    frame.page.evaluate(ASK)
    expect(said).to_have_count(0)
    expect(frame.page.locator("time")).to_have_text("11:07")


def test_leads_to_the_sign_in_who_was_signed_out_and_has_typed_nothing(frame: Frame) -> None:
    frame.show(FORM)
    frame.answers |= {"/again": html("", 401), "/": html("<h1>Sign in</h1>")}
    frame.page.evaluate(ASK)
    expect(frame.page.locator("h1")).to_have_text("Sign in")


def test_says_signed_out_where_something_is_typed(frame: Frame) -> None:
    frame.show(FORM)
    frame.page.fill("[name=person]", "jonas")
    frame.answers["/again"] = html("", 401)
    frame.look()
    frame.look()
    expect(frame.page.locator("form [role=alert]")).to_have_count(1)
    expect(frame.page.locator("form [role=alert] a")).to_have_text("Open the sign-in in a new tab")
    assert frame.page.input_value("[name=person]") == "jonas"


def test_says_aloud_and_marks_only_what_has_changed(frame: Frame) -> None:
    frame.show(FORM, told="Token: asks")
    frame.refresh(FORM, told="Token: asks")
    expect(frame.page.locator("#announcer")).to_have_text("")
    expect(frame.page.locator("#now")).not_to_have_class("changed")
    frame.refresh(FORM, told="Mapping: asks")
    expect(frame.page.locator("#announcer")).to_have_text("Mapping: asks")
    expect(frame.page.locator("#now")).to_have_class("changed")
