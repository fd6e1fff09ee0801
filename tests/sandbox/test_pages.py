"""The sandbox's pages: templates alone make HTML, and what others wrote is escaped in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import sandbox

from .conftest import Browser, Entra, RunningSandbox

ROOT = Path(sandbox.__file__).parent
TAG = re.compile(r"<(!doctype|/?(html|head|body|main|p|form|input|button|table|tr|td|ul|li|h1|style)\b)", re.IGNORECASE)
NAME = "<b>Bold & Sons</b>"
ESCAPED = "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;"
LONGEST = 120


def test_assembles_no_html_by_hand() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and TAG.search(node.value))
        or (isinstance(node, ast.Name) and node.id == "Markup")
    ]
    assert found == []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.html")), ids=lambda path: path.stem)
def test_keeps_templates_readable(path: Path) -> None:
    assert [line for line in path.read_text().splitlines() if len(line) > LONGEST] == []
    assert "safe" not in re.findall(r"\|\s*(\w+)", path.read_text())


def test_escapes_names_on_the_control_port_s_page(running: RunningSandbox) -> None:
    running.tenant(name=NAME)
    text = running.session.get(running.control_url, timeout=10).text
    assert ESCAPED in text
    assert NAME not in text


def test_escapes_names_on_microsoft_s_pages(running: RunningSandbox, person: Browser) -> None:
    entra = running.tenant(name=NAME)
    page = person.consent_page(entra, entra.made["admin"])
    assert ESCAPED in page.html
    assert NAME not in page.html


def test_escapes_what_comes_back_in_a_form(entra: Entra, person: Browser) -> None:
    page = person.consent_page(entra, entra.made["admin"], response_mode="form_post", state='"><b>x')
    page = person.send(page, decision="accept")
    assert page.hidden("state") == '"><b>x'
    assert "<b>" not in page.html


def test_says_so_where_there_is_no_platform(running: RunningSandbox) -> None:
    answer = running.session.get(f"{running.url}/api/scim/v2/Users", headers={"Host": "nobody.example"}, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "There is no Haiilo platform here" in answer.text
