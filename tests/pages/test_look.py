"""How pages look, asked of a real browser: what stands still, what a finger hits, paper, and contrast themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Done
from tests import builders
from tests.engine.drafts import as_page
from tests.flows.visits import WIDE, serious_in_all_modes
from tests.stored import Stored

from .desk import PLAN, stand
from .visitor import invited

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://localhost/"  # nobody listens there: every answer comes from the test
FINGER = 44  # CSS pixels
OF_A_CUSTOMER = ("record", "people", "contacts", "outbox", "questionnaire", "security_pack", "customer_edit")
LONG = say(
    "Create an access token in Haiilo for customer-with-a-long-address.smarpshare.com and enter it here, please."
)
# A link inside a sentence may be as high as its line; a row of the board is one link, as high as the row.
TOO_SMALL = """(least) => [...document.querySelectorAll("a, button, summary, input, select")]
  .filter((each) => each.checkVisibility() && each.type !== "hidden")
  .filter((each) => !each.closest(".sr, .skip, p:not(.crumbs), label, .rows"))
  .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect().height])
  .filter(([, height]) => height + 0.5 < least)"""
PLACES = """() => [".here__name", ".tabs", "main"].map((each) => {
  const { x, y, width, height } = document.querySelector(each).getBoundingClientRect();
  return each === "main" ? [x, width] : [x, y, width, height];
})"""


def opened(browser: Browser, html: str, **how) -> Page:
    """The page in a window of its own, with the product's own stylesheets and fonts, and without scripts."""
    page = browser.new_context(java_script_enabled=False, **how).new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        found = finders.find(path.removeprefix("static/")) if path else None
        if path and found:
            kind = "text/css" if path.endswith(".css") else "font/woff2"
            route.fulfill(content_type=kind, body=Path(found).read_bytes())
        else:
            route.fulfill(content_type="text/html; charset=utf-8", body=html)

    page.route("**/*", answer)
    page.goto(SITE)
    return page


@pytest.fixture(autouse=True)
def closed(browser: Browser) -> Iterator[None]:
    """No window outlives its test: each keeps a process of the browser."""
    yield
    for context in browser.contexts:
        context.close()


@pytest.fixture
def looked_at(browser: Browser, alice: Client) -> Callable[..., Page]:
    """A page of staff in a window."""

    def look(name: str, *arguments: int, **how) -> Page:
        answer = alice.get(reverse(name, args=arguments))
        assert answer.status_code == 200
        return opened(browser, answer.content.decode(), **how)

    return look


@pytest.mark.parametrize("width", [1280, 390])
def test_keeps_name_and_tabs_where_they_are(looked_at, customer, width):
    stand(customer, "mappings", PLAN)
    size = {"width": width, "height": 800}
    places = {name: looked_at(name, customer.pk, viewport=size).evaluate(PLACES) for name in OF_A_CUSTOMER}
    assert {name: place for name, place in places.items() if place != places["record"]} == {}


def test_shows_the_boards_sentence_whole(looked_at, customer):
    stand(customer, "connection", Asking(LONG, Court.CS, code="token_needed"))
    sentence = looked_at("board", viewport={"width": 1280, "height": 800}).locator(".rows__sentence")
    height = sentence.evaluate(
        "(each) => each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight)"
    )
    assert round(height) == 1, "there is room for it in one line"
    assert sentence.evaluate("(each) => each.scrollWidth <= each.clientWidth")


@pytest.mark.parametrize("name", ["board", "record", "people", "contacts", "outbox", "customer_edit", "customer_new"])
def test_gives_a_finger_room(looked_at, customer, name):
    stand(customer, "mappings", PLAN)
    arguments = [] if name in ("board", "customer_new") else [customer.pk]
    page = looked_at(name, *arguments, viewport={"width": 390, "height": 844})
    assert page.evaluate(TOO_SMALL, FINGER) == []


def test_gives_a_visitors_finger_room(browser, client):
    html = client.get(invited().path).content.decode()
    page = opened(browser, html, viewport={"width": 390, "height": 844})
    assert page.evaluate(TOO_SMALL, FINGER) == []


def sheets(page: Page) -> int:
    """How many sheets of paper it takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


def test_begins_a_list_on_the_first_sheet(looked_at):
    for number in range(40):
        stand(builders.onboarding(name=f"Customer {number:02}"), "live", Done(Stored({}), say("All are there.")))
    page = looked_at("board")
    assert sheets(page) <= 3
    page.emulate_media(media="print")
    top, whole = page.locator(".rows").evaluate("(each) => [each.offsetTop, getComputedStyle(each).breakInside]")
    assert (top < 200, whole) == (True, "auto")
    assert page.locator(".rows__item").first.evaluate("(each) => getComputedStyle(each).breakInside") == "avoid"


def test_unfolds_on_paper_what_is_read_and_leaves_out_what_is_pressed(looked_at, customer):
    stand(customer, "mappings", PLAN)
    page = looked_at("record", customer.pk)
    page.emulate_media(media="print")
    seen = page.locator("#fold_customer > div")
    assert seen.evaluate("(each) => each.checkVisibility({ contentVisibilityAuto: true })")
    assert page.locator(".btn, .tabs, .bar").evaluate_all("(all) => all.filter((each) => each.checkVisibility())") == []


def test_tells_done_from_open_and_here_from_there_in_a_contrast_theme(looked_at, customer):
    stand(customer, "mappings", PLAN)
    page = looked_at("board", forced_colors="active")
    colour = "(each) => getComputedStyle(each).backgroundColor"
    done, new = (page.locator(f".dots [data-kind={kind}]").first.evaluate(colour) for kind in ("done", "new"))
    assert done != new
    line = "(all) => all.map((each) => [getComputedStyle(each).borderBottomColor, each.ariaCurrent])"
    lines = page.locator(".tabs a").evaluate_all(line)
    (here,) = {colour for colour, current in lines if current}
    assert len(lines) > 4
    assert here not in {colour for colour, current in lines if not current}


@pytest.mark.parametrize("kind", ["invitation", "completion"])
def test_shows_a_letter_that_can_be_read_wide_and_narrow_and_in_the_dark(browser, kind):
    _text, html = as_page(kind, link=f"https://onboarding.example/l/{'x' * 43}/")
    page, asked = browser.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    assert serious_in_all_modes(page) == []
    assert asked == []
    page.set_viewport_size(WIDE)
    assert page.locator(".sheet").bounding_box()["width"] == 600
