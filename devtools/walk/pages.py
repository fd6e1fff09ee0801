"""What people read about one customer: every page that tells a number or a cause, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from devtools.robots.browser import Page
from devtools.robots.people import Account, Admin, StaffMember

LETTER = re.compile(r"/letters/(\d+)/$")
MOST_LETTERS = 3
SILENT = ("script", "style", "template", "head")
BOARD, RECORD, USERS, CUSTOMER, LETTERS = "board", "record", "users page", "customer's page", "letter"


@dataclass(frozen=True)
class Text:
    """Part of a page. `past` where the page itself says that it is of an earlier time."""

    page: str
    text: str
    past: bool = False


@dataclass(frozen=True)
class Reason:
    """Why some people are not in, as the users page lists it."""

    code: str
    owner: str
    people: int
    sentence: str


@dataclass(frozen=True)
class Row:
    """One person as the users page lists them."""

    user_name: str
    standing: str
    why: str


@dataclass(frozen=True)
class Pages:
    """Everything that was read at one moment. `green`: pages that call the customer done."""

    texts: tuple[Text, ...] = ()
    reasons: tuple[Reason, ...] = ()
    rows: tuple[Row, ...] = ()
    green: tuple[str, ...] = ()

    def of(self, *pages: str) -> str:
        """All text of these pages."""
        return " ".join(text.text for text in self.texts if text.page in pages)


def read(staff: StaffMember, account: Account, admin: Admin | None, answer: Page | None = None) -> Pages:
    """Open every page, as staff and as the customer's admin, who got `answer` at the end of the way to Microsoft."""
    texts, green = list[Text](), list[str]()
    row = _board_row(staff, account)
    if row is not None:
        texts.append(Text(BOARD, _text(row)))
        green += [BOARD] if row.get("data-kind") == "done" else []
    record = _soup(staff.open(account))
    lead = record.select_one("section.card--lead")
    green += [RECORD] if lead is not None and lead.get("data-kind") == "done" else []
    texts += _record(record)
    users = _soup(staff.browser.open(f"{account.address}users/"))
    texts.append(Text(USERS, _text(users)))
    if answer is not None:
        texts.append(Text(CUSTOMER, _text(_soup(answer)), past=True))
    if admin is not None:
        shown = _soup(admin.browser.open("/progress/"))
        texts.append(Text(CUSTOMER, _text(shown)))
        green += [CUSTOMER] if "Everything is set up" in _text(shown) else []
    texts += _letters(staff, account)
    return Pages(tuple(texts), tuple(_reasons(users)), tuple(_rows(users)), tuple(green))


def record(staff: StaffMember, account: Account) -> str:
    """All that the record tells, folded or not."""
    return _text(_soup(staff.open(account)))


def reasons(staff: StaffMember, account: Account) -> tuple[Reason, ...]:
    """Why people are not in, as the users page has it now."""
    return tuple(_reasons(_soup(staff.browser.open(f"{account.address}users/"))))


def _soup(page: Page) -> BeautifulSoup:
    soup = BeautifulSoup(page.html, "html.parser")
    for silent in soup(SILENT):
        silent.decompose()
    return soup


def _text(tag: Tag) -> str:
    return " ".join(" ".join(tag.stripped_strings).split())


def _board_row(staff: StaffMember, account: Account) -> Tag | None:
    soup = _soup(staff.browser.open(f"/?search={account.customer.name.replace(' ', '+')}"))
    link = soup.select_one(f"#row_{account.pk}")
    return link.find_parent("li") if link is not None else None


def _record(soup: BeautifulSoup) -> Iterator[Text]:
    """What is folded tells when it was so; the rest is said of now."""
    folded = [*soup.select("ol.steps > li:not([aria-current])"), *soup.select("#timeline")]
    for each in folded:
        yield Text(RECORD, _text(each.extract()), past=True)
    shown = soup.select_one("main") or soup
    yield Text(RECORD, _text(shown))


def _reasons(soup: BeautifulSoup) -> Iterator[Reason]:
    for item in soup.select(".causes > li"):
        codes, parts = item.select("code.detail"), item.select(":scope > p")
        number = re.search(r"\d+", _text(parts[0])) if parts else None
        owner = _text(parts[2]).partition("·")[0].strip() if len(parts) > 2 else ""
        sentence = _text(parts[1]) if len(parts) > 1 else ""
        yield Reason(_text(codes[-1]) if codes else "", owner, int(number[0]) if number else 0, sentence)


def _rows(soup: BeautifulSoup) -> Iterator[Row]:
    for line in soup.select("table tbody tr"):
        cells = line.select("td")
        if len(cells) > 3:
            yield Row(_text(cells[1]), _text(cells[2]), _text(cells[3]))


def _letters(staff: StaffMember, account: Account) -> Iterator[Text]:
    page = staff.browser.open(f"{account.address}outbox/")
    addresses = dict.fromkeys(href for href, _name in page.links if LETTER.search(href))
    for address in list(addresses)[:MOST_LETTERS]:
        yield Text(LETTERS, _text(_soup(staff.browser.open(address))), past=True)
