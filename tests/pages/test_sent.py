"""What is sent: once, in words while it waits, in words where it failed; and where one stands after an act."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from .frame import HOME, Answer, Frame, box, html, late, lost

pytestmark = pytest.mark.browser

HIDDEN = '<input type="hidden" name="csrfmiddlewaretoken" value="{0}">'
FORM = f"""<form action="/answer/" method="post" hx-post="/answer/">{HIDDEN.format("old")}
<input type="password" name="token"><div class="form-actions"><button>Save and test</button></div></form>"""
PLAIN = '<form action="/plain/" method="post"><button name="how" value="letter">Send</button></form>'
MESSAGES = '<div id="messages" role="status"{0}><p class="note">Customer created.</p></div>'
TALL = "<p>" + "tall<br>" * 200 + "</p>"


def step(key: str, *, content: str = "", told: str = "") -> str:
    """The customer page as an act answers with it, standing at a step."""
    return f"""<section><h2 id="next_title" tabindex="-1">Next: {key}{told}</h2>{content}</section>
<ol><li id="step_{key}" aria-current="step">{key}</li></ol>"""


@pytest.fixture
def frame(browser: Browser) -> Iterator[Frame]:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    made = Frame(context)
    made.page.clock.install()
    yield made
    context.close()


def press(frame: Frame) -> None:
    frame.page.fill("[name=token]", "secret")
    frame.page.locator("button").click()


def held(then: Answer) -> tuple[Answer, list[Route]]:
    """An answer that waits until the test takes it out of the list and gives it."""
    waiting: list[Route] = []
    return waiting.append, waiting


# Failing


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lost, "Not saved: no connection. What you typed is still here. Try again."),
        (html("", 500), "Not saved: something failed at our end."),
        (html("", 503), "Not saved: something failed at our end."),
        (html("", 404), "Not saved: this page is out of date."),
        (html("", 401), "Not saved: you are signed out."),
    ],
)
def test_says_what_failed_and_keeps_what_was_typed(frame: Frame, answer: Answer, said: str) -> None:
    frame.show(FORM)
    frame.answers["/answer/"] = answer
    press(frame)
    alert = frame.page.locator("form [role=alert]")
    expect(alert).to_contain_text(said)
    expect(alert).to_be_in_viewport()
    expect(frame.page.locator("button")).to_be_enabled()
    expect(frame.page.locator("button")).to_have_text("Save and test")
    assert frame.page.input_value("[name=token]") == "secret"


def test_says_when_no_answer_comes(frame: Frame) -> None:
    frame.show(FORM)
    frame.page.evaluate("htmx.config.timeout = 40")
    frame.answers["/answer/"] = late
    press(frame)
    expect(frame.page.locator("form [role=alert]")).to_contain_text("it may or may not be saved")
    expect(frame.page.locator("button")).to_be_enabled()


def test_sends_again_after_a_failure_and_forgets_it(frame: Frame) -> None:
    frame.show(FORM)
    frame.answers["/answer/"] = lost
    press(frame)
    expect(frame.page.locator("form [role=alert]")).to_have_count(1)
    frame.page.locator("button").click()
    expect(frame.page.locator("form [role=alert]")).to_have_count(1)
    frame.answers["/answer/"] = html(step("mappings"))
    frame.page.locator("button").click()
    expect(frame.page.locator("h2")).to_have_text("Next: mappings")
    expect(frame.page.locator("[role=alert]")).to_have_count(0)
    assert frame.asked.count("POST /answer/") == 3


def test_goes_on_saying_what_failed_when_the_page_refreshes(frame: Frame) -> None:
    frame.show(FORM)
    frame.answers["/answer/"] = lost
    press(frame)
    expect(frame.page.locator("form [role=alert]")).to_have_count(1)
    frame.refresh("<h1>News</h1>" + FORM)
    expect(frame.page.locator("h1")).to_have_text("News")
    expect(frame.page.locator("form .said")).to_contain_text("Not saved: no connection.")
    assert frame.page.input_value("[name=token]") == "secret"
    frame.answers["/answer/"] = html(FORM)
    frame.page.locator("button").click()
    expect(frame.page.locator("form .said")).to_have_count(0)


def test_leads_to_the_sign_in_and_back_to_what_was_typed(frame: Frame) -> None:
    frame.show(FORM)
    frame.answers["/answer/"] = html("", 401)
    press(frame)
    link = frame.page.locator("form [role=alert] a")
    assert str(link.get_attribute("href")).startswith("/sign-in/?next=")
    frame.answers["/"] = html(FORM.replace("old", "fresh"))
    frame.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(frame.page.locator("form [role=alert]")).to_contain_text("you are signed in again")
    frame.answers["/answer/"] = html("")
    frame.page.locator("button").click()
    expect(frame.page.locator("form")).to_have_count(0)
    assert "csrfmiddlewaretoken=fresh" in frame.sent[-1]
    assert "token=secret" in frame.sent[-1]


def test_takes_fresh_tokens_where_somebody_signed_in_anew_meanwhile(frame: Frame) -> None:
    frame.show(FORM)
    frame.answers |= {"/answer/": html("", 403), "/": html(FORM.replace("old", "fresh"))}
    press(frame)
    expect(frame.page.locator("form [role=alert]")).to_contain_text("you are signed in again")
    assert frame.page.input_value("[name=csrfmiddlewaretoken]") == "fresh"
    assert frame.page.input_value("[name=token]") == "secret"


def test_says_signed_out_where_the_page_itself_leads_to_the_sign_in(frame: Frame) -> None:
    frame.show(FORM)
    frame.answers |= {
        "/answer/": html("", 403),
        "/": lambda route: route.fulfill(status=302, headers={"Location": f"{HOME}sign-in/"}),
        "/sign-in/": html(FORM),
    }
    press(frame)
    expect(frame.page.locator("form [role=alert]")).to_contain_text("you are signed out")


# Waiting


def test_says_in_words_that_it_takes_long_and_is_usable_again_afterwards(frame: Frame) -> None:
    answer, waiting = held(lost)
    frame.show(FORM)
    frame.answers["/answer/"] = answer
    button = frame.page.locator("button")
    width = box(button)["width"]
    press(frame)
    expect(button).to_be_disabled()
    expect(button).to_have_text("Save and test")
    frame.page.clock.run_for(500)
    expect(button).to_have_text("Sending…")
    assert box(button)["width"] >= width
    assert frame.page.evaluate("document.activeElement.tagName") == "BUTTON"
    lost(waiting[0])
    expect(button).to_be_enabled()
    expect(button).to_have_text("Save and test")


def test_sends_once_however_often_it_is_pressed(frame: Frame) -> None:
    answer, waiting = held(lost)
    frame.show(FORM)
    frame.answers["/answer/"] = answer
    frame.page.fill("[name=token]", "secret")
    for _time in range(3):
        frame.page.locator("button").dispatch_event("click")
    frame.page.press("[name=token]", "Enter")
    html(step("mappings"))(waiting[0])
    expect(frame.page.locator("h2")).to_have_text("Next: mappings")
    assert frame.asked.count("POST /answer/") == 1


def test_says_the_same_of_a_form_that_the_browser_sends_itself(frame: Frame) -> None:
    frame.show(PLAIN.replace("<form", '<form target="beside"') + '<iframe name="beside"></iframe>')
    frame.answers["/plain/"] = lost
    for _time in range(2):
        frame.page.locator("button").dispatch_event("click")
    frame.page.clock.run_for(500)
    expect(frame.page.locator("button")).to_have_text("Sending…")
    frame.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(frame.page.locator("button")).to_have_text("Send")
    assert frame.sent == ["how=letter"]


def test_offers_a_file_again_soon_for_its_page_stays(frame: Frame) -> None:
    frame.show(PLAIN.replace("<form", "<form data-download"))
    frame.answers["/plain/"] = html("", 204)
    frame.page.locator("button").click()
    expect(frame.page.locator("button")).to_be_disabled()
    frame.page.clock.run_for(5000)
    expect(frame.page.locator("button")).to_be_enabled()
    expect(frame.page.locator("button")).to_have_text("Send")


# Afterwards


def test_puts_the_next_step_into_view_with_the_focus_on_its_headline(frame: Frame) -> None:
    frame.show(step("connection", content=TALL + FORM))
    frame.answers["/answer/"] = html(step("mappings", content=TALL))
    press(frame)
    expect(frame.page.locator("h2")).to_be_focused()
    expect(frame.page.locator("h2")).to_have_text("Next: mappings")
    expect(frame.page.locator("h2")).to_be_in_viewport(ratio=0.9)


def test_puts_the_message_into_view_with_it(frame: Frame) -> None:
    frame.show(MESSAGES.format("") + step("connection", content=TALL + FORM))
    frame.answers["/answer/"] = html(MESSAGES.format("") + step("mappings", content=TALL))
    press(frame)
    expect(frame.page.locator("h2")).to_be_focused()
    expect(frame.page.locator("#messages")).to_be_in_viewport(ratio=0.9)


def test_leaves_the_focus_on_a_field_that_the_server_points_to(frame: Frame) -> None:
    frame.show(step("connection", content=FORM))
    wrong = FORM.replace('name="token"', 'name="token" autofocus aria-invalid="true"')
    frame.answers["/answer/"] = html(step("connection", content=wrong))
    press(frame)
    expect(frame.page.locator("[aria-invalid]")).to_be_focused()


def test_leaves_the_focus_on_a_button_that_is_still_there(frame: Frame) -> None:
    frame.show(step("connection", content=FORM.replace("<button", '<button id="look"')))
    frame.answers["/answer/"] = html(step("connection", content=FORM.replace("<button", '<button id="look"'), told="!"))
    press(frame)
    expect(frame.page.locator("h2")).to_have_text("Next: connection!")
    expect(frame.page.locator("#look")).to_be_focused()


def test_moves_no_focus_when_only_the_page_refreshed(frame: Frame) -> None:
    frame.show(step("connection") + TALL)
    frame.refresh(step("mappings") + TALL)
    expect(frame.page.locator("h2")).to_have_text("Next: mappings")
    assert frame.page.evaluate("document.activeElement.tagName") == "BODY"


# Messages


def test_takes_a_message_away_with_the_next_act(frame: Frame) -> None:
    frame.show(step("consent", content=FORM))
    frame.page.evaluate("(html) => document.body.insertAdjacentHTML('afterbegin', html)", MESSAGES.format(""))
    frame.answers["/answer/"] = html(step("connection", content=FORM))
    press(frame)
    expect(frame.page.locator("h2")).to_have_text("Next: connection")
    expect(frame.page.locator(".note")).to_have_count(0)


def test_shows_the_message_of_an_act_until_something_has_changed(frame: Frame) -> None:
    frame.show(step("connection", content=FORM), told="asks")
    frame.page.evaluate("(html) => document.body.insertAdjacentHTML('afterbegin', html)", MESSAGES.format(""))
    saved = MESSAGES.format(' hx-swap-oob="innerHTML"').replace("Customer created.", "Saved.")
    frame.answers["/answer/"] = html(
        f'<div id="now" data-refresh hx-get="/again" hx-trigger="look" data-announce="checks">{FORM}</div>{saved}'
    )
    press(frame)
    expect(frame.page.locator(".note")).to_have_text("Saved.")
    frame.page.clock.run_for(60_000)
    frame.refresh(FORM, told="checks")
    expect(frame.page.locator(".note")).to_have_text("Saved.")
    frame.refresh(FORM, told="done")
    frame.page.clock.run_for(100)
    expect(frame.page.locator(".note")).to_have_count(0)


def test_leaves_time_to_read_a_message(frame: Frame) -> None:
    frame.show(FORM, told="asks")
    frame.page.evaluate("(html) => document.body.insertAdjacentHTML('afterbegin', html)", MESSAGES.format(""))
    frame.refresh(FORM, told="done")
    frame.page.clock.run_for(3000)
    expect(frame.page.locator(".note")).to_have_count(1)
    frame.page.clock.run_for(3000)
    expect(frame.page.locator(".note")).to_have_count(0)
