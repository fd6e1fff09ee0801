"""What people do in a real browser on the admin's pages and on Microsoft's, and what axe finds there."""

from __future__ import annotations

from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

from devtools.robots.people import StaffMember

WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# What does not depend on size and colour is asked once.
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
MODES: list[tuple[Literal["light", "dark"], ViewportSize, list[str] | None]] = [
    ("light", WIDE, None),
    ("dark", NARROW, LOOKS),
]
# Of all that axe tells of a page, what is read here: each rule that is broken, how much it hinders, and where.
BROKEN = """(options) => axe.run({ resultTypes: ["violations"], ...options }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html)]))"""


def sign_in_staff(page: Page, user_name: str, password: str) -> None:
    """From our own sign-in page to the board."""
    page.goto("/sign-in/")
    page.fill("[name=username]", user_name)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


def come_as(page: Page, staff: StaffMember) -> None:
    """Let the page be of a browser in which this member of staff has signed in before."""
    page.context.add_cookies(
        [{"name": name, "value": value, "url": staff.browser.home} for name, value in staff.browser.cookies]
    )


def sign_in(page: Page, link: str, person: dict[str, str]) -> None:
    """From the link's page through Microsoft's sign-in."""
    page.goto(link)
    page.locator("form[action*='/begin/'] button").click()
    enter(page, person)


def enter(page: Page, person: dict[str, str]) -> None:
    """Fill in Microsoft's sign-in page."""
    page.fill("[name=login]", person["user_name"])
    page.fill("[name=passwd]", person["password"])
    with page.expect_navigation():
        page.press("[name=passwd]", "Enter")


def decide(page: Page, decision: str) -> None:
    """Press a button of Microsoft's consent page; what it leads to has been loaded then."""
    with page.expect_navigation():
        page.locator(f"button[name=decision][value={decision}]").click()


def serious(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds that keeps somebody from using the page as it is now: by these rules, or by all."""
    if page.evaluate("!('axe' in window)"):  # a document keeps it; to read it in takes as long as a small page
        page.evaluate(AXE_SCRIPT)
    broken = page.evaluate(BROKEN, {"runOnly": rules} if rules else {})
    return [f"{rule}: {html}" for rule, impact, where in broken if impact in ("serious", "critical") for html in where]


def serious_in_all_modes(page: Page) -> list[str]:
    """The same in a wide light window and in a narrow dark one, where it must not have to be scrolled sideways."""
    found = []
    for scheme, size, rules in MODES:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is looked at half-way
        found += [f"{scheme}, {size['width']}: {each}" for each in serious(page, rules)]
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} pixels wide in {size['width']}"] * (width > size["width"])
    return found
