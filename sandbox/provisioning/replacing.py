"""Replace, the function with six ways of being called, and .NET's regular expressions."""

from __future__ import annotations

import re
from functools import lru_cache

from .values import EvaluationRefused, Value, as_text, is_empty

_GROUP = re.compile(r"\(\?(?:<|')(?P<name>[A-Za-z_]\w*)(?:>|')")
_REFERENCE = re.compile(r"\$(?:\{(?P<name>\w+)\}|(?P<number>\d+)|(?P<dollar>\$))")


@lru_cache(maxsize=512)
def pattern(text: str) -> re.Pattern[str]:
    """A .NET pattern as Python's. Raises EvaluationRefused."""
    try:
        return re.compile(_GROUP.sub(r"(?P<\g<name>>", text))
    except re.error as problem:
        raise EvaluationRefused(f"'{text}' is not a regular expression: {problem}.") from None


def replace(
    source: Value,
    old: Value = None,
    regex: Value = None,
    group: Value = None,
    new: Value = None,
    other: Value = None,
    template: Value = None,
) -> Value:
    """By which arguments are given, as the reference lists it. Raises EvaluationRefused for any other combination."""
    if isinstance(source, list):
        return [replace(one, old, regex, group, new, other, template) for one in source]
    if is_empty(regex):
        return _plainly(source, old, new, template)
    if not is_empty(group) and other is not None and new is None:
        return source if not is_empty(source) else _extracted(as_text(other), as_text(regex), as_text(group))
    if source is None:
        return None
    if new is None:
        raise EvaluationRefused("Replace with a regexPattern needs a replacementValue or a replacementAttributeName.")
    if not is_empty(group):
        return _group_replaced(as_text(source), as_text(regex), as_text(group), as_text(new))
    return pattern(as_text(regex)).sub(lambda found: _expanded(as_text(new), found), as_text(source))


def _plainly(source: Value, old: Value, new: Value, template: Value) -> Value:
    if source is None:
        return None
    if is_empty(old):
        raise EvaluationRefused("Replace needs an oldValue or a regexPattern.")
    if template is not None:
        return as_text(template).replace(as_text(old), as_text(source))
    if new is None:
        raise EvaluationRefused("Replace with an oldValue needs a replacementValue or a template.")
    return as_text(source).replace(as_text(old), as_text(new))


def _expanded(new: str, found: re.Match[str]) -> str:
    def value(reference: re.Match[str]) -> str:
        if reference["dollar"]:
            return "$"
        try:
            return found[reference["name"] or int(reference["number"])] or ""
        except IndexError:
            return reference[0]

    return _REFERENCE.sub(value, new)


def _group_replaced(source: str, regex: str, group: str, new: str) -> str:
    result, last = [], 0
    for found in pattern(regex).finditer(source):
        begin, end = _span(found, group)
        if begin >= last:
            result += [source[last:begin], new if end > begin else ""]
            last = end
    return "".join([*result, source[last:]])


def _span(found: re.Match[str], group: str) -> tuple[int, int]:
    try:
        begin, end = found.span(group)
    except IndexError:
        raise EvaluationRefused(f"The regular expression has no group named '{group}'.") from None
    return (begin, end) if begin >= 0 else (found.start(), found.start())


def _extracted(text: str, regex: str, group: str) -> str | None:
    found = pattern(regex).search(text)
    if found is None:
        return None
    begin, end = _span(found, group)
    return text[begin:end]
