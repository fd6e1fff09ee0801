"""What the reference leaves open, or what was not read, comes to no value, and says why."""

from __future__ import annotations

import pytest

from onboarding.expressions.evaluating import evaluate, names_of
from onboarding.expressions.parsing import MAX_DEPTH, parse
from onboarding.expressions.values import NotEvaluated, Why

OPEN = [
    ('Append([a], "x")', {"a": None}),  # the suffix alone, or nothing?
    ("Count([a])", {"a": None}),
    ("Item([a], 0)", {"a": ["x"]}),
    ("Item([a], 2)", {"a": ["x"]}),
    ('IIF([a] = "USA", 1, 2)', {"a": None}),
    ('IIF([a] = "", 1, 2)', {"a": ""}),
    ('IIF(IsPresent([a]), [a], "Other")', {"a": None}),
    ('IIF(IsNullOrEmpty([a]), "Other", [a])', {"a": ""}),
    ('IIF(IsNullOrEmpty([a])="True", "Other", [a])', {"a": None}),
    ('IIF(IsNullOrEmpty([a])="True", "Other", [a])', {"a": ""}),
    ('IIF("True"=IsNull([a]), "Other", [a])', {"a": None}),
    ('IIF(Not(IsNullOrEmpty([a])), [a], "Other")', {"a": None}),
    ('IIF(Not(IsPresent([a]))="True", "Other", [a])', {"a": None}),
    ('IIF([a] = "usa", 1, 2)', {"a": "USA"}),
    ('IIF([a] > "b", 1, 2)', {"a": "c"}),
    ("IIF([a] = 1, 1, 2)", {"a": "one"}),
    ("IIF([a] = 1, 1, 2)", {"a": "01"}),
    ("IIF([a], 1, 2)", {"a": "yes"}),
    ('Switch(IsPresent([a]), "x", "True", "y")', {"a": "z"}),
    ('InStr("aA", "A")', {}),
    ('InStr("aA", "")', {}),
    ("Mid([a], 0, 1)", {"a": "x"}),
    ('Not("TRUE")', {}),
    ("Not(1)", {}),
    ("Not([a])", {"a": ["x", "y"]}),
    ('IsString(CDate("2021-08-24"))', {}),
    ("DateFromNum(1)", {}),
    ('PCase("abc", "b")', {}),
    ('Word("brown", 1, " ")', {}),
    ('Append("\\d", "x")', {}),  # an escape that is not documented
    ('Append(IgnoreFlowIfNullOrEmpty(""), "x")', {}),
    ('NormalizeDiacritics("\u0111")', {}),
    ('NormalizeDiacritics("\u0439")', {}),
    ('PCase("O\'NEIL")', {}),
    ('ToLower("I", "tr-TR")', {}),
    ('Word("a,,b", 2, ",")', {}),
    ('Split("a,,b", ",")', {}),
    ('Split("a, b", ", ")', {}),
    ("RemoveDuplicates([a])", {"a": ["x", "X"]}),
    ("SingleAppRoleAssignment([a])", {"a": ["x", "y"]}),
    ('CDate("tomorrow")', {}),
    ('CDate("2021-02-30")', {}),
    ('DateDiff("h", "2021-08-24T10:50:00", "2021-08-24T12:10:00")', {}),
    ('DateDiff("ww", "2021-08-25", "2021-08-31")', {}),
    ('FormatDateTime("2020-12-31+08:00", , "yyyy-MM-ddzzz", "yyyy-MM-dd")', {}),
    ('Replace("a", "", , , "x", , )', {}),
    ('Replace("a", "a", "b", , "x", , )', {}),
    ('Replace("ab", , "x*", , "-", , )', {}),
    ('Replace("", , "(?<g>x)", "g", , "y", )', {}),
]
WRONG = [
    ('Switch([a], "x", "y")', {"a": "z"}),
    ("RandomString(1)", {}),
    ("Left([a], [b])", {"a": "x", "b": "y"}),
    ("Count([a])", {"a": "x"}),
    ("ToLower([a])", {"a": ["x", "y"]}),
    ("[a]", {"a": {"id": "x"}}),
    ('DateAdd("w", 1, "2021-08-24")', {}),
    ('DateAdd("yyyy", 99999, "2021-08-24")', {}),
    ("DateFromNum(99999999999990000000)", {}),
]
PATTERNS = [
    'Replace("a", , "(", , "x", , )',
    'Replace("a", , "(?<x-y>a)", , "x", , )',
    'Replace("a", , "[a-z-[b]]", , "x", , )',
    'Replace("a", , "a", , "${no}", , )',
    'Replace("a", , "a", "no", "x", , )',
    'FormatDateTime("2021-08-24", , "d", "yyyy")',
    'FormatDateTime("2021-08-24", , "yyyy-MM-dd", "g gg")',
    'FormatDateTime("2021-08-24 24", , "yyyy-MM-dd dd", "yyyy")',
]


def why(text: str, person: dict[str, object]) -> Why:
    found = evaluate(parse(text), person)
    assert isinstance(found, NotEvaluated), found
    return found.why


@pytest.mark.parametrize(("text", "person"), OPEN)
def test_does_not_choose_between_readings(text, person):
    assert why(text, person) is Why.NOT_DOCUMENTED


@pytest.mark.parametrize(("text", "person"), WRONG)
def test_tells_arguments_that_a_function_does_not_take(text, person):
    assert why(text, person) is Why.WRONG_ARGUMENTS


@pytest.mark.parametrize("text", PATTERNS)
def test_tells_a_pattern_that_it_does_not_understand(text):
    assert why(text, {}) is Why.BAD_PATTERN


def test_stops_a_regular_expression_that_takes_too_long():
    assert why('Replace([a], , "(a+)+$", , "x", , )', {"a": "a" * 5000 + "b"}) is Why.TOO_SLOW


@pytest.mark.parametrize("text", ["[mail]", "ToLower([mail])", "IsNull([mail])", 'Coalesce([mail], "x")'])
def test_takes_an_attribute_that_was_not_read_for_nothing_but_that(text):
    assert evaluate(parse(text), {"surname": "x"}) == NotEvaluated(Why.NOT_READ, "[mail]")


def test_needs_only_what_the_branch_taken_needs():
    assert evaluate(parse('Switch([a], [not_read], "x", "y")'), {"a": "x"}) == "y"
    assert evaluate(parse("Coalesce([a], [not_read])"), {"a": "x"}) == "x"
    assert evaluate(parse('IIF([a] = "x", "y", Guid())'), {"a": "x"}) == "y"


@pytest.mark.parametrize(
    ("text", "reason", "what"),
    [
        ('Len("a")', Why.UNKNOWN_FUNCTION, "Len"),
        ("tolower([a])", Why.UNKNOWN_FUNCTION, "tolower"),
        ("Append(x, y)", Why.UNKNOWN_WORD, "x"),
    ],
)
def test_names_the_function_or_word_that_it_does_not_know(text, reason, what):
    assert evaluate(parse(text), {"a": "x"}) == NotEvaluated(reason, what)


def test_follows_a_path_into_what_an_attribute_refers_to():
    expression = parse("[manager].displayName")
    assert evaluate(expression, {"manager": {"displayName": "Ada"}}) == "Ada"
    assert evaluate(expression, {"manager": None}) is None
    assert evaluate(expression, {"manager": {}}) == NotEvaluated(Why.NOT_READ, "[manager].[displayName]")


def test_takes_a_list_without_values_for_the_absence_of_the_attribute():
    assert evaluate(parse("IsNull([proxyAddresses])"), {"proxyAddresses": []}) is True


def test_works_out_the_deepest_expression_that_it_reads():
    text = "ToLower(" * MAX_DEPTH + "[a]" + ")" * MAX_DEPTH
    assert evaluate(parse(text), {"a": "X"}) == "x"


def test_names_each_attribute_of_whatever_branch():
    text = 'IIF([a] = "x", Switch([b], [c].[d], "y", [e]), Join("", "f", [g]))'
    assert names_of(parse(text)) == {"a", "b", "c", "e", "g"}
