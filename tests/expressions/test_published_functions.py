"""Each function does what Microsoft's reference says of it."""

from __future__ import annotations

import pytest

from onboarding.expressions.evaluating import evaluate
from onboarding.expressions.parsing import parse
from onboarding.expressions.values import DROPPED, NotEvaluated, Why
from tests.expressions import published


@pytest.mark.parametrize(("text", "person", "value"), published.ROWS)
def test_comes_to_what_the_reference_says(text, person, value):
    found = evaluate(parse(text), person)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("text", "person"), published.DROPPED)
def test_leaves_out_of_the_flow_what_is_null_or_empty(text, person):
    assert evaluate(parse(text), person) is DROPPED


def test_lets_flow_what_is_neither_null_nor_empty():
    assert evaluate(parse(published.PREFIX), {"prefix": "3444"}) == "Prof."


@pytest.mark.parametrize(
    "text", ["Guid()", "RandomString(6,3,0,0,3)", 'SelectUniqueValue("a", "b")', "DefaultDomain()"]
)
def test_does_not_guess_what_only_microsoft_knows(text):
    assert evaluate(parse(text), {}) == NotEvaluated(Why.ONLY_AT_MICROSOFT, text.partition("(")[0])


@pytest.mark.parametrize(
    "letters", ["äàâãåáąăāā́ā̀ā̂ā̃ǟā̈ǡa̱å̄", "ëèéêęěėēḗḕē̂ē̃ê̄e̱ë̄e̊̄", "öòőõôóōṓṑō̂ō̃ȫō̈ǭȭȱo̱", "üùûúůűūū́ū̀ū̂ū̃u̇̄ǖṻṳ̄u̱", "łľl̄ḹḻ"]
)
def test_takes_the_marks_off_the_letters_of_the_table(letters):
    found = str(evaluate(parse("NormalizeDiacritics([x])"), {"x": letters + letters.upper()}))
    [small] = set(found[: len(found) // 2])
    assert set(found[len(found) // 2 :]) == {small.upper()}


@pytest.mark.parametrize(
    ("letters", "plain"), [("æǣÆǢ", "aeaeAEAE"), ("øœ̄ØŒ̄", "oeoeOEOE"), ("ßıİ", "ssiI"), ("東 京-Ж", "東 京-Ж")]
)
def test_writes_some_letters_as_two_and_leaves_other_scripts(letters, plain):
    assert evaluate(parse("NormalizeDiacritics([x])"), {"x": letters}) == plain
