"""Whatever somebody writes is an expression or says where it is none; what is written out is read as the same."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from onboarding.expressions.evaluating import FUNCTIONS, evaluate
from onboarding.expressions.parsing import NotAnExpression, parse
from onboarding.expressions.tree import Attribute, Call, Comparison, Expression, Number, Omitted, Text, Word
from onboarding.expressions.values import Dropped, NotEvaluated

NAMES = st.text(string.ascii_letters, min_size=1, max_size=8)
ATTRIBUTE_NAMES = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), min_size=1, max_size=12)
ATTRIBUTES = st.builds(Attribute, ATTRIBUTE_NAMES, st.lists(ATTRIBUTE_NAMES, max_size=2).map(tuple))
NUMBERS = st.one_of(st.integers().map(str), st.from_regex(r"\A&H[0-9A-F]{1,6}\Z"), st.just("-1.5")).map(Number)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(Text.of)
LEAVES = st.one_of(ATTRIBUTES, TEXTS, NUMBERS, NAMES.map(Word))
FUNCTION_NAMES = st.one_of(NAMES, st.sampled_from(sorted(FUNCTIONS)))


def calls(inside: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    operators = st.sampled_from(["=", "<>", ">", ">=", "<", "<="])
    arguments = st.one_of(inside, st.just(Omitted()), st.builds(Comparison, inside, operators, inside))
    several = st.lists(arguments, max_size=7).map(lambda them: () if them == [Omitted()] else tuple(them))
    return st.builds(Call, FUNCTION_NAMES, several)


EXPRESSIONS = st.recursive(LEAVES, calls, max_leaves=12)
PIECES = [*'[]()",.\\=<> \n&H-1a', "Replace", "Switch(", '""', "\u00e9", "\u2028"]
SIGNS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
PERSONS = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.one_of(st.none(), st.text(max_size=8), st.booleans(), st.integers(), st.lists(st.text(max_size=3), max_size=3)),
)
VALUES = st.sampled_from([Attribute("a"), Attribute("b"), Text.of("2021-08-24"), Text.of("d"), Number("1")])
KNOWN = st.recursive(
    st.one_of(VALUES, TEXTS, NUMBERS, st.just(Omitted())),
    lambda inside: st.builds(Call, st.sampled_from(sorted(FUNCTIONS)), st.lists(inside, max_size=7).map(tuple)),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_reads_what_it_has_written(expression):
    assert parse(str(expression)) == expression


def outcome(text: str) -> Expression | NotAnExpression:
    try:
        return parse(text)
    except NotAnExpression as problem:
        return problem


@given(st.one_of(st.text(), SIGNS))
def test_reads_anything_or_says_where_it_is_no_expression(text):
    found = outcome(text)
    if isinstance(found, NotAnExpression):
        place = found.place
        assert 0 <= place.offset <= len(text)
        assert text[place.offset :].startswith(found.found)
        assert place.line == text[: place.offset].count("\n") + 1
        assert found.wanted
    else:
        assert parse(str(found)) == found


@given(KNOWN, PERSONS)
def test_comes_to_a_value_or_says_why_not(expression, person):
    value = evaluate(expression, person)
    assert value is None or isinstance(value, (str, bool, int, float, tuple, Dropped, NotEvaluated))
    assert evaluate(expression, person) == value
