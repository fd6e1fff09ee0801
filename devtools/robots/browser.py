"""Reading pages as a person without JavaScript does: text, links, forms with their fields and buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import requests

TIMEOUT = 30.0
MOST_REDIRECTS = 10
SILENT = {"script", "style", "template", "head"}
DEFAULT_KIND = {"input": "text", "button": "submit"}


class NotOnThePage(RuntimeError):
    """A person would not find the form or button; the message says what the page shows."""


@dataclass
class Button:
    """What can be pressed in a form."""

    name: str
    value: str
    text: str = ""


@dataclass
class Field:
    """A field and what it holds now. `choices` are the values of a radio group or a select."""

    kind: str
    value: str = ""
    sent: bool = True
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form, ready to be filled in."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    def data(self, values: dict[str, str], button: Button | None) -> dict[str, str]:
        """What a browser would send after typing `values`. Raises NotOnThePage for a field that is not there."""
        unknown = set(values) - set(self.fields)
        if unknown:
            raise NotOnThePage(f"no field {sorted(unknown)} in the form; there are {sorted(self.fields)}")
        sent = {name: each.value for name, each in self.fields.items() if each.sent}
        pressed = {button.name: button.value} if button and button.name else {}
        return {**sent, **values, **pressed}


@dataclass
class Page:
    """One page as it was answered."""

    url: str
    status: int
    html: str
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]

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


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: dict[str, Form] = {}
        self.open_form: Form | None = None
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.silent = 0
        self.select: Field | None = None
        self.textarea: Field | None = None
        self.button: Button | None = None
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self.silent += 1
        match tag:
            case "form":
                action = urljoin(self.url, found.get("action") or self.url)
                self.open_form = Form(action, found.get("method", "get").lower())
                self.forms[found.get("id") or f"#{len(self.forms)}"] = self.open_form
            case "a":
                self.href = urljoin(self.url, found.get("href", ""))
                self.links.append((self.href, ""))
            case "input" | "select" | "textarea" | "button":
                self._control(tag, found)
            case "option" if self.select is not None:
                self.select.choices.append(found.get("value", ""))
                if "selected" in found or len(self.select.choices) == 1:
                    self.select.value = found.get("value", "")

    def _control(self, tag: str, found: dict[str, str]) -> None:
        form = self.forms.get(found.get("form", "")) or self.open_form
        name, kind = found.get("name", ""), found.get("type", DEFAULT_KIND.get(tag, tag))
        if form is None or "disabled" in found:
            return
        if tag == "button" or (tag == "input" and kind == "submit"):
            if kind == "submit":
                self.button = Button(name, found.get("value", ""))
                form.buttons.append(self.button)
            return
        if not name:
            return
        value = found.get("value", "on" if kind in ("checkbox", "radio") else "")
        if kind == "radio":
            self._radio(form, name, value, "checked" in found)
            return
        made = Field(kind, value, sent=kind != "checkbox" or "checked" in found)
        form.fields[name] = made
        if tag == "select":
            self.select = made
        if tag == "textarea":
            self.textarea = made

    def _radio(self, form: Form, name: str, value: str, checked: bool) -> None:
        group = form.fields.setdefault(name, Field("radio", sent=False))
        group.choices.append(value)
        if checked:
            group.value, group.sent = value, True

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent -= 1
        match tag:
            case "form":
                self.open_form = None
            case "select":
                self.select = None
            case "textarea":
                self.textarea = None
            case "button":
                self.button = None
            case "a":
                self.href = ""

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            self.textarea.value += data
        text = " ".join(data.split())
        if not text or self.silent:
            return
        self.words.append(text)
        if self.button is not None:
            self.button.text = f"{self.button.text} {text}".strip()
        if self.href and self.links:
            href, before = self.links[-1]
            self.links[-1] = (href, f"{before} {text}".strip())


def read(url: str, status: int, html: str) -> Page:
    """The page as a person sees it."""
    reader = _Reader(url)
    reader.feed(html)
    return Page(url, status, html, " ".join(reader.words), list(reader.forms.values()), reader.links)


class Browser:
    """Cookies, the page that is open, and the two things a person does: open an address, send a form.

    `trail` keeps the addresses of the last step's redirects. With `stop_before` a redirect to an address containing
    that text is not followed; the page is then the redirect itself, its url the address.
    """

    def __init__(self, home: str, http: requests.Session | None = None) -> None:
        self.home = home
        self.page = Page(home, 0, "", "", [], [])
        self.trail: list[str] = []
        self.stop_before = ""
        self._http = http or requests.Session()
        self._http.trust_env = False

    def open(self, address: str) -> Page:
        """Open an address, relative ones from home, following redirects."""
        return self._show(self._http.get(urljoin(self.home, address), timeout=TIMEOUT, allow_redirects=False))

    def send(self, form: Form, values: dict[str, str] | None = None, *, press: str = "") -> Page:
        """Fill in and send, pressing the button whose value or text contains `press` (else the first)."""
        data = form.data(values or {}, _button(form, press))
        if form.method == "get":
            query = urlencode(data)
            return self.open(f"{form.action.partition('?')[0]}?{query}")
        origin = "/".join(self.page.url.split("/")[:3])
        headers = {"Origin": origin, "Referer": self.page.url}
        return self._show(
            self._http.post(form.action, data=data, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        )

    def _show(self, answer: requests.Response) -> Page:
        self.trail = []
        while answer.is_redirect:
            address = urljoin(answer.url, answer.headers["Location"])
            self.trail.append(address)
            if self.stop_before and self.stop_before in address:
                self.page = Page(address, answer.status_code, "", "", [], [])
                return self.page
            if len(self.trail) > MOST_REDIRECTS:
                raise requests.TooManyRedirects(address)
            answer = self._http.get(address, timeout=TIMEOUT, allow_redirects=False)
        self.page = read(answer.url, answer.status_code, answer.text)
        return self.page


def _button(form: Form, press: str) -> Button | None:
    for button in form.buttons:
        if press.lower() in f"{button.value} {button.text}".lower():
            return button
    if press:
        raise NotOnThePage(f"no button “{press}”, only {[button.text for button in form.buttons]}")
    return None
