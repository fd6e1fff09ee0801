"""Letters as pages: one button, the words of the text part, markup that mail programs take, nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from onboarding.models import Letter
from tests.engine.drafts import as_page, at_consent, drafted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_day")]

TOKENS = Path(__file__).resolve().parents[2] / "onboarding" / "static" / "onboarding" / "tokens.css"
ADDRESS = f"http://localhost:8000/l/{'T' * 43}/"
COLOUR = re.compile(r"#[0-9a-f]{3,6}\b")
CUT_OFF = 100_000  # bytes; Gmail shows no more of a letter than about 102 kB
VOID = {"br", "meta", "wbr"}
ELEMENTS = {"html", "head", "title", "style", "body", "div", "p", "table", "tr", "td", "a", "strong"} | VOID
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "style", "role", "href"}
LABELS = {
    "en": ("Review and approve", "If the button does not work, open this address:", "Answer the questions"),
    "de": (
        "Prüfen und genehmigen",
        "Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:",
        "Fragen beantworten",
    ),
    "fi": ("Tarkista ja hyväksy", "Jos painike ei toimi, avaa tämä osoite:", "Vastaa kysymyksiin"),
}


class Markup(HTMLParser):
    """A letter's markup, read strictly: elements close in order, and a paragraph holds no block.

    `lines` are those of the body that a reader sees, `links` the addresses with their labels, `looks` the sheet and
    then the style of each element.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.elements, self.attributes = list[str](), set[str](), list[tuple[str, str]]()
        self.looks, self.links, self._text = list[str](), list[list[str]](), ""
        self.feed(html)
        self.close()
        assert self.open == []
        self.lines = [line for line in (" ".join(each.split()) for each in self._text.split("\n")) if line]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _value in attrs}) == len(attrs), f"{tag} says one thing twice"
        assert not ("p" in self.open and tag in ("p", "div", "table")), f"a {tag} within a paragraph"
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.looks += [value or "" for name, value in attrs if name == "style"]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "a":
            self.links.append([dict(attrs)["href"] or "", ""])
        self._text += "" if tag in ("wbr", "a", "strong") else "\n"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._text += "" if tag in ("a", "strong") else "\n"

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.looks.append(data)
        elif "body" in self.open:
            self._text += data.replace("\n", " ")
            if "a" in self.open:
                self.links[-1][1] += data


@dataclass(frozen=True)
class Sent:
    """A letter as it goes out, its text part and its page read."""

    text: str
    html: str
    markup: Markup


def written(kind: str, language: str = "en", words: str = "") -> Sent:
    """The letter of this kind as it goes out; `words` stand in it instead of its own."""
    text, html = as_page(kind, language, link=ADDRESS, words=words)
    return Sent(text, html, Markup(html))


def expected_lines(text: str, language: str) -> list[str]:
    """What a reader of the page sees, by the text part: its lines, and the words of the button around its address."""
    button, otherwise, questions = LABELS[language]
    lines = ["haiilo"]
    for line in filter(None, text.splitlines()):
        lines += {ADDRESS: [button, otherwise, ADDRESS], f"{ADDRESS}questions/": [questions]}.get(line, [line])
    return lines


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("kind", Letter.Kind.values)
def test_says_on_the_page_what_the_text_says(kind, language):
    letter = written(kind, language)
    assert letter.markup.lines == expected_lines(letter.text, language)
    assert ("lang", language) in letter.markup.attributes


@pytest.mark.parametrize("kind", Letter.Kind.values)
def test_has_one_button_and_its_address_once_in_print(kind):
    letter = written(kind)
    with_link = kind in ("invitation", "request", "reminder")
    buttons = [label for address, label in letter.markup.links if address == ADDRESS]
    assert buttons == ["Review and approve"] * with_link
    assert letter.markup.lines.count(ADDRESS) == with_link


@pytest.mark.parametrize("kind", Letter.Kind.values)
def test_is_valid_and_loads_nothing_from_anywhere(kind):
    letter = written(kind)
    assert letter.html.startswith("<!doctype html>")
    assert letter.markup.elements <= ELEMENTS
    assert {name for name, _value in letter.markup.attributes} <= ATTRIBUTES
    assert {value for name, value in letter.markup.attributes if name == "href"} <= {ADDRESS, f"{ADDRESS}questions/"}
    assert not re.search(r"(?i)url\(|@import|@font-face|//", "".join(letter.markup.looks))
    assert len(letter.html.encode()) < CUT_OFF


def test_takes_its_colours_from_the_pages():
    light, dark = re.split(r"@media \(prefers-color-scheme: dark\)", TOKENS.read_text())[:2]
    [sheet, *inline] = written("invitation").markup.looks
    assert set(COLOUR.findall(sheet)) <= set(COLOUR.findall(dark))
    assert set(COLOUR.findall("".join(inline))) <= set(COLOUR.findall(light))


def test_keeps_an_address_within_a_sentence_where_a_person_put_it():
    letter = written("invitation", words="Open [link], please.\nOr [questions].\n[link]\nSincerely")
    assert letter.markup.lines == expected_lines(letter.text, "en")
    assert [label for _address, label in letter.markup.links] == [
        ADDRESS,
        f"{ADDRESS}questions/",
        "Review and approve",
    ]


def test_leads_nowhere_while_the_link_is_not_made():
    made = at_consent()
    html = drafted(made).html
    assert "href" not in html
    assert Markup(html).lines.count("http://localhost:8000/l/••••••/") == 1
