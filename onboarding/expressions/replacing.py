"""The function Replace: which of its forms is meant is told by the arguments that are given.

The regular expressions are .NET's. The package `regex` knows their named groups and classes; what may not mean the
same there is not worked out. Somebody else wrote them, so each has a time limit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import regex

from onboarding.expressions.arguments import Arguments, Function
from onboarding.expressions.values import Unknown, Value, Why, is_empty

T = TypeVar("T")
SECONDS = 0.2
OLD, PATTERN, GROUP, NEW, OTHER, TEMPLATE = range(1, 7)
NAMED_GROUP = regex.compile(r"(?<!\\)((?:\\\\)*)\(\?<(?=[A-Za-z_]\w*>)")
ONLY_DOTNET = regex.compile(r"\(\?<\w*-|\(\?'|\\[pP]\{Is|\[[^\]]*-\[|\(\?\(|\(\?[imsx-]*n")
"""Balancing groups, quoted names, blocks of Unicode, classes that are taken off, conditions, the option n."""
IN_NEW = regex.compile(r"\$(?:(\$)|(\d+)|\{(\w+)\}|(.|$))", regex.DOTALL)


def _replace(arguments: Arguments) -> Value:
    form = _FORMS.get(frozenset(number for number in range(1, len(arguments)) if arguments.is_given(number)))
    if form is None:
        raise arguments.undocumented()
    return form(arguments)


def _old_by_new(arguments: Arguments) -> Value:
    source, old = arguments.text_or_null(0), arguments.text(OLD)
    if not old:
        raise arguments.undocumented()
    return None if source is None else source.replace(old, arguments.text(NEW))


def _into_template(arguments: Arguments) -> Value:
    old = arguments.text(OLD)
    if not old:
        raise arguments.undocumented()
    return arguments.text(TEMPLATE).replace(old, arguments.text(0))


def _pattern_by_new(arguments: Arguments) -> Value:
    source, new = arguments.text_or_null(0), arguments.text(NEW)
    if source is None:
        return None
    pattern = _compiled(arguments.text(PATTERN))
    return _substituted(pattern, source, partial(_expanded, new=new), may_be_empty=not new)


def _group_by_new(arguments: Arguments) -> Value:
    source, new = arguments.text_or_null(0), arguments.text(NEW)
    if source is None:
        return None
    pattern, group = _compiled(arguments.text(PATTERN)), arguments.text(GROUP)
    _check_group(pattern, group)
    return _substituted(pattern, source, partial(_without_group, group=group, new=new), may_be_empty=not new)


def _source_or_group(arguments: Arguments) -> Value:
    source = arguments.value(0)
    if not is_empty(source):
        return source
    pattern, group = _compiled(arguments.text(PATTERN)), arguments.text(GROUP)
    _check_group(pattern, group)
    found = _in_time(lambda: pattern.search(arguments.text(OTHER), timeout=SECONDS))
    if found is None or found[group] is None:
        raise arguments.undocumented()
    return str(found[group])


_FORMS: dict[frozenset[int], Callable[[Arguments], Value]] = {
    frozenset({OLD, NEW}): _old_by_new,
    frozenset({OLD, TEMPLATE}): _into_template,
    frozenset({PATTERN, NEW}): _pattern_by_new,
    frozenset({PATTERN, GROUP, NEW}): _group_by_new,
    frozenset({PATTERN, GROUP, OTHER}): _source_or_group,
}


def _compiled(pattern: str) -> regex.Pattern[str]:
    if ONLY_DOTNET.search(pattern):
        raise Unknown(Why.BAD_PATTERN, pattern)
    try:
        return regex.compile(NAMED_GROUP.sub(r"\1(?P<", pattern))
    except (regex.error, OverflowError, RecursionError):
        raise Unknown(Why.BAD_PATTERN, pattern) from None


def _check_group(pattern: regex.Pattern[str], group: str) -> None:
    if group not in pattern.groupindex:
        raise Unknown(Why.BAD_PATTERN, group)


def _substituted(
    pattern: regex.Pattern[str], text: str, change: Callable[[regex.Match[str]], str], *, may_be_empty: bool
) -> str:
    """Where a match without signs is replaced, engines differ in how often: that is not worked out."""

    def changed(found: regex.Match[str]) -> str:
        if not found[0] and not may_be_empty:
            raise Unknown(Why.NOT_DOCUMENTED, "Replace")
        return change(found)

    return _in_time(lambda: pattern.sub(changed, text, timeout=SECONDS))


def _in_time(work: Callable[[], T]) -> T:
    try:
        return work()
    except TimeoutError:
        raise Unknown(Why.TOO_SLOW, "Replace") from None


def _expanded(found: regex.Match[str], new: str) -> str:
    """`new` with what the pattern's groups found, written ``$1`` or ``${name}``; ``$$`` is a dollar sign."""
    return IN_NEW.sub(lambda reference: _reference(reference, found), new)


def _reference(reference: regex.Match[str], found: regex.Match[str]) -> str:
    dollar, number, name, other = reference.groups()
    if dollar:
        return "$"
    if other is not None:
        raise Unknown(Why.NOT_DOCUMENTED, "Replace")
    try:
        return str(found[int(number or name) if number or name.isdigit() else name] or "")
    except (IndexError, TypeError):
        raise Unknown(Why.BAD_PATTERN, reference[0]) from None


def _without_group(found: regex.Match[str], group: str, new: str) -> str:
    """The whole match with the group's part replaced."""
    start, end = (place - found.start() for place in found.span(group))
    if found[group] is None:
        return str(found[0])
    if start == end and new:
        raise Unknown(Why.NOT_DOCUMENTED, "Replace")
    return str(found[0][:start]) + new + str(found[0][end:])


FUNCTIONS = {"Replace": Function(_replace, 2, 7)}
