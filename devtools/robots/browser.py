"""Pages as a person without JavaScript uses them: text, links, forms with their fields and buttons.

BeautifulSoup reads the pages, and MechanicalSoup knows what a browser sends of a form; here is what people do.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import mechanicalsoup
import requests
from bs4 import BeautifulSoup, Tag

TIMEOUT = 30.0  # seconds
MAX_REDIRECTS = 10
SILENT = ("script", "style", "template", "head")
FIELDS = "input[name]:not([type=submit], [disabled]), select[name]:not([disabled]), textarea[name]:not([disabled])"
BUTTONS = "button:not([type=button], [type=reset], [disabled]), input[type=submit]:not([disabled])"


class NotOnThePage(RuntimeError):
    """A person would not find the form or button; the message says what the page shows."""


@dataclass(frozen=True)
class Button:
    """What can be pressed in a form."""

    name: str
    value: str
    text: str
    tag: Tag


@dataclass(frozen=True)
class Field:
    """A field, what would be sent of it now, and the values that it offers."""

    kind: str
    value: str
    choices: list[str]


@dataclass(frozen=True)
class Form:
    """One form, ready to be filled in; `tag` is its part of the page whose address is `url`."""

    tag: Tag
    url: str

    @property
    def action(self) -> str:
        """The whole address that the form is sent to."""
        return urljoin(self.url, _attribute(self.tag, "action") or self.url)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field by its name; radios of one name are one field."""
        request, found = self.request({}, None), dict[str, Field]()
        sent = dict(request.get("data") or request.get("params") or [])
        for each in self.tag.select(FIELDS):
            name, kind = _attribute(each, "name"), str(each.get("type", each.name))
            field = found.setdefault(name, Field(kind, sent.get(name, ""), []))
            field.choices.extend(_attribute(option, "value", "on") for option in each("option") or [each])
        return found

    @property
    def buttons(self) -> list[Button]:
        """Buttons that send the form."""
        tags = self.tag.select(BUTTONS)
        return [Button(_attribute(each, "name"), _attribute(each, "value"), _text(each), each) for each in tags]

    def request(self, values: Mapping[str, str], button: Button | None) -> dict[str, Any]:
        """The request, as keywords of requests, that a browser would make after a person has typed `values`.

        Raises NotOnThePage for a field that is not there, or for a choice that is not offered.
        """
        filled = mechanicalsoup.Form(copy.copy(self.tag))
        try:
            for name, value in values.items():
                filled.set(name, value)
        except mechanicalsoup.LinkNotFoundError as error:
            raise NotOnThePage(f"{error}; there are {sorted(self.fields)}") from error
        filled.choose_submit(button.tag if button else False)
        request = dict(mechanicalsoup.Browser.get_request_kwargs(filled.form, self.url))
        if "params" in request:
            request["url"] = request["url"].partition("?")[0]
        return request

    def find_button(self, press: str) -> Button | None:
        """The first button whose value or text contains `press`. Raises NotOnThePage when there is none such."""
        for button in self.buttons:
            if press.lower() in f"{button.value} {button.text}".lower():
                return button
        if press:
            raise NotOnThePage(f"no button “{press}”, only {[button.text for button in self.buttons]}")
        return None


@dataclass(frozen=True)
class Page:
    """One page as it was answered."""

    url: str
    status: int
    html: str

    @cached_property
    def _soup(self) -> BeautifulSoup:
        """The page without what nobody sees, and each control inside the form that it belongs to."""
        soup = BeautifulSoup(self.html, "html.parser")
        for control in soup.select("[form]"):
            form = soup.find("form", id=_attribute(control, "form"))
            if form:
                form.append(control.extract())
        for silent in soup(SILENT):
            silent.decompose()
        return soup

    @cached_property
    def text(self) -> str:
        """What a person reads on the page."""
        return _text(self._soup)

    @cached_property
    def forms(self) -> list[Form]:
        """The forms in their order."""
        return [Form(each, self.url) for each in self._soup("form")]

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """Whole address and text of each link."""
        return [(urljoin(self.url, _attribute(each, "href")), _text(each)) for each in self._soup("a")]

    def form(self, *, having: str = "", action: str = "") -> Form:
        """The first form with a field of that name and that text in its action. Raises NotOnThePage."""
        found = self.find(having=having, action=action)
        if found is None:
            shown = [(each.action, sorted(each.fields)) for each in self.forms]
            raise NotOnThePage(
                f"no form with {having or action} on {self.url} ({self.status}), only {shown}:\n{self.text}"
            )
        return found

    def find(self, *, having: str = "", action: str = "") -> Form | None:
        """Like `form`, but None when there is none."""
        for each in self.forms:
            if (not having or having in each.fields) and action in each.action:
                return each
        return None


class Browser:
    """Cookies, the page that is open, and the two things a person does: open an address, send a form.

    With `stop_before` a redirect to an address containing that text is not followed; the page is then the redirect
    itself, its url the address. `http` is for a session of one's own, such as one that leads elsewhere.
    """

    def __init__(self, home: str, http: requests.Session | None = None) -> None:
        self.home = home
        self.page = Page(home, 0, "")
        self.stop_before = ""
        self._http = http or requests.Session()
        self._http.trust_env = False

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """Name and value of each that it holds."""
        return [(each.name, each.value or "") for each in self._http.cookies]

    def open(self, address: str) -> Page:
        """Open an address, relative ones from home, following redirects."""
        return self._show(self._ask(method="GET", url=urljoin(self.home, address)))

    def send(self, form: Form, values: Mapping[str, str] | None = None, *, press: str = "") -> Page:
        """Fill in and send, pressing the button whose value or text contains `press` (else the first)."""
        origin = "/".join(self.page.url.split("/")[:3])
        headers = {"Origin": origin, "Referer": self.page.url}
        return self._show(self._ask(**form.request(values or {}, form.find_button(press)), headers=headers))

    def _ask(self, **request: Any) -> requests.Response:
        return self._http.request(**request, timeout=TIMEOUT, allow_redirects=False)

    def _show(self, answer: requests.Response) -> Page:
        for _redirect in range(MAX_REDIRECTS):
            if not answer.is_redirect:
                self.page = Page(answer.url, answer.status_code, answer.text)
                return self.page
            address = urljoin(answer.url, answer.headers["Location"])
            if self.stop_before and self.stop_before in address:
                self.page = Page(address, answer.status_code, "")
                return self.page
            answer = self._ask(method="GET", url=address)
        raise requests.TooManyRedirects(answer.url)


def _attribute(tag: Tag, name: str, default: str = "") -> str:
    return str(tag.get(name, default))


def _text(tag: Tag) -> str:
    return " ".join(" ".join(tag.stripped_strings).split())
