"""What we make of an expression is what the far side makes of it, which works everything out by code of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.expressions.evaluating import AT_MOMENTS_OF_ITS_OWN, FUNCTIONS, evaluate, names_of
from onboarding.expressions.parsing import parse
from onboarding.expressions.tree import Attribute, Call, Expression, Number, Text
from onboarding.expressions.values import NotEvaluated
from onboarding.people.recipe import text_of
from sandbox.provisioning import parse_expression
from tests.expressions import published

TEXTS = st.text("abAB ,.-\u00e4\u00f6", max_size=6)
ARGUMENTS = st.one_of(
    st.sampled_from([Attribute("a"), Attribute("b")]), TEXTS.map(Text.of), st.integers(0, 4).map(str).map(Number)
)
PERSONS = st.fixed_dictionaries({"a": TEXTS, "b": st.one_of(st.none(), TEXTS)})
ALIKE = sorted(FUNCTIONS.keys() - AT_MOMENTS_OF_ITS_OWN - {"DefaultDomain"})


def can_be_told(text: str, person: Mapping[str, Any]) -> bool:
    """Whether a test object has all that the expression names: texts, one of each."""
    return names_of(parse(text)) <= {name for name, value in person.items() if not isinstance(value, list | tuple)}


PUBLISHED = [(text, person) for text, person, _value in published.ROWS if can_be_told(text, person)]


def far(text: str, person: Mapping[str, Any]) -> str | None:
    """As the far side's parseExpression tells it; None where it tells no value."""
    attributes = [{"name": name, "type": "String"} for name in person]
    there = [{"key": name, "value": value} for name, value in person.items() if value is not None]
    subject = {"definition": {"name": "User", "attributes": attributes}, "properties": there}
    answer = parse_expression({"expression": text, "testInputObject": subject}, {})
    return " ".join(answer["evaluationResult"]) if answer["evaluationSucceeded"] else None


@pytest.mark.parametrize(("text", "person"), PUBLISHED)
def test_makes_of_each_published_example_what_the_far_side_makes(text, person):
    assert text_of(evaluate(parse(text), person)) == far(text, person)


@pytest.mark.parametrize("function", ALIKE)
@given(data=st.data(), person=PERSONS)
def test_makes_of_anything_what_the_far_side_makes(function, data, person):
    """Where both know what it comes to."""
    arguments = data.draw(st.lists(ARGUMENTS, min_size=1, max_size=4))
    expression: Expression = Call(function, tuple(arguments))
    ours, theirs = evaluate(expression, person), far(str(expression), person)
    if not isinstance(ours, NotEvaluated) and theirs is not None:
        assert text_of(ours) == theirs
