"""The keys of steps and the codes of verdicts are written where they are declared, and nowhere else in the product."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from onboarding.steps import BESIDE, STEPS

ROOT = Path(__file__).resolve().parent.parent.parent
THEIR_ROOMS = ("steps", "causes", "migrations")
KEYS = {step.key for step in (*STEPS, *BESIDE)}
CODES = {str(cause.code) for step in (*STEPS, *BESIDE) for cause in step.causes}
# The same word for something else: a field or a gap of a template, a court, a state, an address, a line's kind.
OTHER_MEANINGS = {
    "consent": {"consent/round_trip.py", "management/explanation.py"},
    "customer": {
        "domain/verdicts.py",
        "causes/base.py",
        "mail/compose.py",
        *("management/commands/explain.py", "management/commands/support_bundle.py"),
        "staff/people/views.py",
    },
    "failed": {
        "domain/standings.py",
        "mail/rules.py",
        "models/letter.py",
        "models/person.py",
        "models/rollup.py",
        "people/rollup.py",
        "portal/progress/views.py",
        "web/over_time.py",
    },
    "live": {"domain/lifecycle.py"},
    "no_link": {"staff/contacts/views.py"},
    "silent": {"haiilo/abilities.py"},
    "scope": {  # a column of a person, and by it a filter
        *("people/failures.py", "people/outcome.py", "people/roster.py", "people/look_up.py"),
        *("people/scope.py", "people/scope_rows.py", "staff/people/filters.py"),
    },
    "paused": {"domain/lifecycle.py", "portal/progress/views.py"},
    "read_only": {"models/onboarding.py", "urls.py"},
}
GAPS = {"customer", "live", "mode"}  # names of values that views hand to their templates


def _strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each text of the code, but for names of a template's values: keys of a dictionary and names of relations."""
    passed_over: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            passed_over |= {id(key) for key in node.keys if isinstance(key, ast.Constant) and key.value in GAPS}
        if isinstance(node, ast.keyword) and node.arg == "related_name":
            passed_over.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "select_related":
            passed_over |= {id(each) for each in node.args}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext_lazy"):
            passed_over |= {id(each) for each in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed_over:
            yield node.lineno, node.value


def _found(words: set[str]) -> Iterator[str]:
    for path in sorted((ROOT / "onboarding").rglob("*.py")):
        place = str(path.relative_to(ROOT / "onboarding"))
        if place.split("/")[0] in THEIR_ROOMS:
            continue
        for line, text in _strings(ast.parse(path.read_text())):
            if text in words and place not in OTHER_MEANINGS.get(text, ()):
                yield f"{place}:{line}: {text}"


def test_writes_no_key_of_a_step_above_the_steps():
    assert list(_found(KEYS)) == []


def test_writes_no_code_of_a_verdict_above_the_causes():
    assert list(_found(CODES)) == []


def test_compares_no_key_or_code_in_a_template_that_is_not_a_steps():
    compared = re.compile(r"""(?:key|code) (?:==|!=|in) "([^"]+)\"""")
    found = [
        f"{path.relative_to(ROOT)}: {match[1]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "steps" not in path.relative_to(ROOT).parts
        for match in compared.finditer(path.read_text())
        if match[1] in KEYS | CODES
    ]
    assert found == []
