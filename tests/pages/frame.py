"""A page with the house's scripts and htmx in a real browser, in front of a server that answers as a test says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import django_htmx
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, FloatRect, Locator, Page, Route

STATIC = Path(__file__).resolve().parent.parent.parent / "onboarding" / "static" / "onboarding"
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
HOME = "http://localhost/"  # nobody listens there: whatever is asked, the test answers
Answer = Callable[[Route], None]

WHOLE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="htmx-config" content='{{"allowEval": false, "timeout": 30000}}'></head>
<body><main id="main"><div id="part" hx-target="#part" hx-swap="innerHTML">{part}</div></main>
<div id="announcer" role="status"></div>{said}</body></html>"""
REFRESHING = '<div id="now" data-refresh hx-get="/again" hx-trigger="look" data-announce="{told}">{html}</div>'
# One look of the part, until what came of it is in the page, was left out of it, or is said to have failed.
ENDS = ["htmx:afterSettle", "house:postponed", "htmx:sendError", "htmx:responseError"]
REFRESH = """(ends) => new Promise((done) => {
  for (const end of ends) document.addEventListener(end, done, { once: true });
  document.querySelector("[data-refresh]").dispatchEvent(new CustomEvent("look"));
}).then(() => {})"""


def scripts() -> list[Path]:
    """The house's own, as base.html names them."""
    return sorted(STATIC.glob("*.js"))


def html(text: str, status: int = 200) -> Answer:
    """An answer of the server that arrives."""
    return lambda route: route.fulfill(status=status, content_type="text/html; charset=utf-8", body=text)


def lost(route: Route) -> None:
    """No answer: the line is cut."""
    route.abort("connectionfailed")


def late(route: Route) -> None:
    """No answer: the server is silent, until the browser gives up."""


def box(found: Locator) -> FloatRect:
    """Where it stands in the window."""
    made = found.bounding_box()
    assert made
    return made


class Frame:
    """A page whose one part refreshes: `show` opens it, `refresh` brings new content, `answers` is by path.

    `asked` and `sent` keep methods with paths, and what was posted.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.page.route("**/*", self._answer)

    def show(self, content: str, *, told: str = "") -> None:
        """Open the page with this content in its refreshing part."""
        part = REFRESHING.format(html=content, told=told)
        said = render_to_string("parts/said.html", {"user": get_user_model()()})
        self.answers.setdefault("/", html(WHOLE.format(part=part, said=said)))
        self.page.goto(HOME)
        self.page.add_script_tag(path=HTMX)
        for script in scripts():
            self.page.add_script_tag(path=script, type="module")
        self.page.evaluate("htmx.process(document.body)")

    def refresh(self, content: str, *, told: str = "") -> None:
        """Let the part refresh by itself, once."""
        self.answers["/again"] = html(REFRESHING.format(html=content, told=told))
        self.look()

    def look(self) -> None:
        """Let the part ask once."""
        self.page.evaluate(REFRESH, ENDS)

    def _answer(self, route: Route) -> None:
        path = "/" + route.request.url.removeprefix(HOME).partition("?")[0]
        self.asked.append(f"{route.request.method} {path}")
        self.sent += [route.request.post_data] if route.request.post_data else []
        self.answers.get(path, html("", 404))(route)
