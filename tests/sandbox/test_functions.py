"""Every function of the published reference, by its documented examples and the edges around them."""

from __future__ import annotations

import random
import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provisioning import datepatterns, functions
from sandbox.provisioning.compiler import EvaluationContext, compile_text
from sandbox.provisioning.library import FUNCTIONS
from sandbox.provisioning.values import IGNORE, EvaluationRefused, Redacted, as_text

NOW = datetime(2021, 8, 25, 17, 41, 18, tzinfo=UTC)
DOCUMENTED = (
    "Append AppRoleAssignmentsComplex BitAnd CBool CDate Coalesce ConvertToBase64 ConvertToUTF8Hex Count CStr DateAdd"
    " DateDiff DateFromNum FormatDateTime Guid IgnoreFlowIfNullOrEmpty IIF InStr IsNull IsNullOrEmpty IsPresent"
    " IsString Item Join Left Mid NormalizeDiacritics Not Now NumFromDate PCase RandomString Redact RemoveDuplicates"
    " Replace SelectUniqueValue SingleAppRoleAssignment Split StripSpaces Switch ToLower ToUpper Word"
)


def evaluate(expression: str, **values: Any) -> Any:
    around = EvaluationContext(now=lambda: NOW, chance=random.Random(7))
    return compile_text(expression, around).evaluate(values)


def test_the_list_of_functions_is_that_of_the_reference() -> None:
    assert list(FUNCTIONS) == DOCUMENTED.split()


def test_functions_are_described_as_graph_does() -> None:
    for each in functions():
        assert set(each) == {"id", "parameters"}
        for parameter in each["parameters"]:
            assert set(parameter) == {"name", "required", "allowMultipleOccurrences", "type"}
            assert parameter["type"] in ("String", "Integer", "Reference", "Binary", "Boolean", "DateTime")


UPN = "John.Doe@contoso.com"
TEXTS: list[tuple[str, dict[str, Any], Any]] = [
    ('Append([u], ".test")', {"u": UPN}, "John.Doe@contoso.com.test"),
    ('Append([u], ".test")', {}, None),
    ('Append([p], "!")', {"p": ["a", "b"]}, ["a!", "b!"]),
    ("Coalesce([mail], [u])", {"u": UPN}, UPN),
    ("Coalesce([mail], [u])", {}, None),
    ('Coalesce([mail], "")', {}, ""),
    ('ConvertToBase64("Hello world!")', {}, "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
    ('ConvertToUTF8Hex("Hello world!")', {}, "48656C6C6F20776F726C6421"),
    ("CStr([dn])", {"dn": "cn=Joe,dc=contoso,dc=com"}, "cn=Joe,dc=contoso,dc=com"),
    ("CStr([flag])", {"flag": True}, "True"),
    ("CStr([n])", {"n": 7}, "7"),
    ('InStr("The quick brown fox", "quick")', {}, 5),
    ('InStr("repEated", "e", 3, vbBinaryCompare)', {}, 7),
    ('InStr("repEated", "e", 3, vbTextCompare)', {}, 4),
    ('InStr("abc", "x")', {}, 0),
    ('Join(", ", "", [s], [g])', {"g": "John", "s": "Doe"}, "Doe, John"),
    ('Join(" ", [g], [s])', {"s": "Doe"}, "Doe"),
    ('Join("-", [p], "z")', {"p": ["a", "b"]}, "a-b-z"),
    ('Join("", 1000, [s])', {"s": "x"}, "1000x"),
    ('Left("John Doe", 3)', {}, "Joh"),
    ('Left("John", 0)', {}, ""),
    ('Left("John", -1)', {}, "John"),
    ('Left("John", 99)', {}, "John"),
    ("Left([s], 3)", {}, ""),
    ("Append(Mid([g], 1, 3), Mid([s], 1, 5))", {"g": "John", "s": "Doe"}, "JohDoe"),
    ("Mid([g], 2, 99)", {"g": "John"}, "ohn"),
    ("Mid([g], 9, 2)", {"g": "John"}, ""),
    ("NormalizeDiacritics([g])", {"g": "Zoë"}, "Zoe"),
    ("NormalizeDiacritics([g])", {"g": "Ærøskøbing ßtraße Łódź İı ǣ Ǭ ṻ"}, "AEroeskoebing sstrasse Lodz Ii ae O u"),
    ("PCase([f])", {"f": "PABLO GONSALVES (SECOND)"}, "Pablo Gonsalves (Second)"),
    ('PCase([l], " \'-")', {"l": "PINTO-DE'SILVA"}, "Pinto-De'Silva"),
    ('PCase(Join(" ", [f], [l]))', {"f": "GREGORY", "l": "JAMES"}, "Gregory James"),
    ('Split([e], ",")', {"e": "PermissionSetOne, PermissionSetTwo"}, ["PermissionSetOne", "PermissionSetTwo"]),
    ("StripSpaces([s])", {"s": " a b  c "}, "abc"),
    ("ToLower([s])", {"s": "ÄB İ"}, "äb i̇"),
    ('ToLower([s], "tr-TR")', {"s": "KIZ"}, "k\u0131z"),
    ("ToUpper([s])", {"s": "straße"}, "STRAßE"),
    ('ToUpper([s], "tr-TR")', {"s": "iz"}, "İZ"),
    (
        'ToLower(Join("@", NormalizeDiacritics(StripSpaces(Join(".", [f], [l]))), "contoso.com"))',
        {"f": "John", "l": "Smith"},
        "john.smith@contoso.com",
    ),
    ('Word("The quick brown fox", 3, " ")', {}, "brown"),
    ('Word("This,string!has&many separators", 3, ",!&#")', {}, "has"),
    ('Word("one two", 0, " ")', {}, ""),
    ('Word("one two", 3, " ")', {}, ""),
    ('Word("onetwo", 1, " ")', {}, ""),
    ('Word([s], 1, " ")', {}, ""),
    ('Redact("StringToBeRedacted")', {}, Redacted("StringToBeRedacted")),
]


@pytest.mark.parametrize(("expression", "values", "expected"), TEXTS, ids=[row[0] for row in TEXTS])
def test_text_function_gives_the_documented_result(expression: str, values: dict[str, Any], expected: Any) -> None:
    assert evaluate(expression, **values) == expected


SWITCH = 'Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney", "QLD", "Australia/Brisbane")'
LOGIC: list[tuple[str, dict[str, Any], Any]] = [
    ("BitAnd(&HF, &HF7)", {}, 7),
    ("CBool([a] = [b])", {"a": "x", "b": "x"}, True),
    ("CBool([a])", {"a": "0"}, False),
    ("Count([p])", {"p": ["a", "b"]}, 2),
    ("Count([p])", {}, 0),
    ('IIF([country] = "USA", [country], [department])', {"country": "USA", "department": "D"}, "USA"),
    ('IIF([country] = "USA", [country], [department])', {"country": "usa", "department": "D"}, "D"),
    ('IIF([c]="USA", IIF([s]="CA", "True", "False"), "False")', {"c": "USA", "s": "CA"}, "True"),
    ('IIF([n] > 5, "big", "small")', {"n": "10"}, "big"),
    ('IIF([n] <= 5, "small", "big")', {"n": "10"}, "big"),
    ('IIF([n] <> "x", "other", "x")', {"n": "y"}, "other"),
    ('IIF([country] = "", "Other", [country])', {}, None),
    ('IIF(IsNullOrEmpty([country]), "Other", [country])', {}, None),
    ("IsNull([d])", {}, True),
    ("IsNull([d])", {"d": ""}, False),
    ("IsNullOrEmpty([d])", {"d": ""}, True),
    ("IsPresent([d])", {"d": "x"}, True),
    ("IsString([d])", {"d": "x"}, True),
    ("IsString([d])", {"d": 7}, False),
    ("Item([p], 1)", {"p": ["a", "b"]}, "a"),
    ("Item([p], 3)", {"p": ["a", "b"]}, None),
    ('Not("True")', {}, False),
    ('Not("False")', {}, True),
    ("RemoveDuplicates([p])", {"p": ["a", "b", "a"]}, ["a", "b"]),
    (SWITCH, {"state": "QLD"}, "Australia/Brisbane"),
    (SWITCH, {"state": "qld"}, "Australia/Sydney"),
    ('Switch([IsSoftDeleted], , "False", "True", "True", "False")', {"IsSoftDeleted": False}, "True"),
    ('Switch([IsSoftDeleted], , "False", "True", "True", "False")', {"IsSoftDeleted": True}, "False"),
    ('Switch([s], , "a", "b")', {"s": "z"}, None),
    ('Switch([flag], "Default Value", "true", "1", "", "0")', {}, "0"),
    ('Switch([country], [country], "", "Other")', {"country": "Finland"}, "Finland"),
    ("IgnoreFlowIfNullOrEmpty([department])", {}, IGNORE),
    ("IgnoreFlowIfNullOrEmpty([department])", {"department": "x"}, "x"),
    ("SingleAppRoleAssignment([r])", {"r": [{"displayName": "Editor"}]}, "Editor"),
    ("SelectUniqueValue([a], [b])", {"b": "second"}, "second"),
    (
        "AppRoleAssignmentsComplex([r])",
        {"r": [{"displayName": "Editor"}]},
        [{"primary": False, "type": "WindowsAzureActiveDirectoryRole", "display": "Editor", "value": "Editor"}],
    ),
]


@pytest.mark.parametrize(("expression", "values", "expected"), LOGIC, ids=[row[0] for row in LOGIC])
def test_logic_function_gives_the_documented_result(expression: str, values: dict[str, Any], expected: Any) -> None:
    assert evaluate(expression, **values) == expected


PHONE = r'Replace([telephoneNumber], , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", , "${phoneNumber}", , )'
OTHER = r'Replace([t], , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", "phoneNumber" , , [mobile], )'
REPLACES: list[tuple[str, dict[str, Any], Any]] = [
    ('Replace([t], "Product Developer", , , "Software Engineer", , )', {"t": "Product Developer"}, "Software Engineer"),
    ('Replace([u], "<username>", , , , , "<username>@contoso.com")', {"u": "jsmith"}, "jsmith@contoso.com"),
    (PHONE, {"telephoneNumber": "+91 9998887777"}, "9998887777"),
    (r'Replace([m], , "[()\\s-]+", , "", , )', {"m": "+1 (999) 888-7777"}, "+19998887777"),
    (
        r'Replace([a], , "(?<streetNumber>^\\d*)", "streetNumber", "888", , )',
        {"a": "545 Tremont Street"},
        "888 Tremont Street",
    ),
    (r'Replace([u], , "(?<Suffix>@(.)*)", "Suffix", "", , )', {"u": "jsmith@contoso.com"}, "jsmith"),
    (OTHER, {"t": "", "mobile": "+91 8887779999"}, "8887779999"),
    (OTHER, {"t": "123", "mobile": "+91 8887779999"}, "123"),
    ('Replace([n], , "[a-zA-Z_]*", , "", , )', {"n": "john_doe72"}, "72"),
    ('Replace([mail], "@contoso.com", , , "", , )', {"mail": "john.doe@contoso.com"}, "john.doe"),
    ('Replace([mail], "@contoso.com", , , "", , )', {}, None),
    ('Replace([p], "a", , , "b", , )', {"p": ["aa", "c"]}, ["bb", "c"]),
]


@pytest.mark.parametrize(("expression", "values", "expected"), REPLACES, ids=[row[0] for row in REPLACES])
def test_replace_works_in_each_of_its_ways(expression: str, values: dict[str, Any], expected: Any) -> None:
    assert evaluate(expression, **values) == expected


HIRED = "2012-03-16-07:00"
DATES: list[tuple[str, dict[str, Any], str]] = [
    ("CDate([d])", {"d": "2020-03-16-07:00"}, "3/16/2020 7:00:00 AM"),
    ('CDate("2021-06-30+08:00")', {}, "6/29/2021 4:00:00 PM"),
    ('CDate("2009-06-15T01:45:30-07:00")', {}, "6/15/2009 8:45:30 AM"),
    ('CDate("12/31/2020 11:59:59 PM")', {}, "12/31/2020 11:59:59 PM"),
    ('DateAdd("d", 7, CDate([h]))', {"h": HIRED}, "3/23/2012 7:00:00 AM"),
    ('DateAdd("d", -10, CDate([h]))', {"h": HIRED}, "3/6/2012 7:00:00 AM"),
    ('DateAdd("ww", 2, CDate([h]))', {"h": HIRED}, "3/30/2012 7:00:00 AM"),
    ('DateAdd("m", 10, CDate([h]))', {"h": HIRED}, "1/16/2013 7:00:00 AM"),
    ('DateAdd("yyyy", 2, CDate([h]))', {"h": HIRED}, "3/16/2014 7:00:00 AM"),
    ('DateAdd("m", 1, CDate("2024-01-31"))', {}, "2/29/2024 12:00:00 AM"),
    ('DateDiff("d", CDate("2021-08-18+08:00"), CDate("2021-08-31+08:00"))', {}, "13"),
    ('DateDiff("d", Now(), CDate([h]))', {"h": HIRED}, "-3449"),
    ('DateDiff("ww", Now(), CDate([h]))', {"h": HIRED}, "-493"),
    ('DateDiff("m", Now(), CDate([h]))', {"h": HIRED}, "-113"),
    ('DateDiff("yyyy", Now(), CDate([h]))', {"h": HIRED}, "-9"),
    ('DateDiff("d", CDate("2021-08-31+08:00"), CDate("2021-08-31+08:00"))', {}, "0"),
    ('DateDiff("h", CDate("2021-08-24"), CDate("2021-08-25"))', {}, "24"),
    ('DateDiff("n", CDate("2021-08-24"), CDate("2021-08-25"))', {}, "1440"),
    ('DateDiff("s", CDate("2021-08-24"), CDate("2021-08-25"))', {}, "86400"),
    ("DateFromNum(129699324000000000)", {}, "1/1/2012 11:00:00 PM"),
    ('FormatDateTime([x], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")', {"x": "20150123105347.1Z"}, "2015-01-23"),
    ('FormatDateTime([x], , "M/d/yyyy hh:mm:ss tt", "yyyy-MM-dd")', {"x": "3/5/2021 01:02:03 PM"}, "2021-03-05"),
    ("Now()", {}, "8/25/2021 5:41:18 PM"),
    (
        'NumFromDate(Join("", FormatDateTime([e], , "yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))',
        {"e": "2020-12-31-08:00"},
        "132539615990000000",
    ),
    (
        'Switch([Active], , "1", IIF(DateDiff("d", Now(), CDate([h])) > 5, "False", "True"), "0", "False")',
        {"Active": "1", "h": "2021-09-15"},
        "False",
    ),
]


@pytest.mark.parametrize(("expression", "values", "expected"), DATES, ids=[row[0] for row in DATES])
def test_date_function_gives_the_documented_result(expression: str, values: dict[str, Any], expected: str) -> None:
    assert as_text(evaluate(expression, **values)) == expected


LAYOUTS = ["yyyy-MM-ddTHH:mm:ss.fffzzz", "d MMM yyyy h:mm:ss.fff tt", "dddd, dd MMMM yyyy HH:mm:ss.fffK"]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(moment=st.datetimes(NOW.replace(year=1950, tzinfo=None), NOW.replace(year=2049, tzinfo=None)))
def test_a_date_survives_writing_and_reading(layout: str, moment: datetime) -> None:
    wanted = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    assert datepatterns.read(datepatterns.write(wanted, layout), layout) == wanted


def test_guid_is_a_new_random_one_each_time() -> None:
    expression = compile_text("Guid()")
    first, second = (uuid.UUID(expression.evaluate({})) for _each in range(2))
    assert first != second
    assert first.version == 4


def test_random_string_keeps_its_minimums_and_avoids_what_it_must() -> None:
    drawn = evaluate('RandomString(10, 2, 2, 2, 1, "?,")')
    assert len(drawn) == 10
    assert not set(drawn) & set("?,")
    wanted = {r"\d": 2, r"[^A-Za-z0-9]": 2, r"[A-Z]": 2, r"[a-z]": 1}
    assert all(len(re.findall(kind, drawn)) >= least for kind, least in wanted.items())


def test_random_string_has_no_special_characters_unless_asked() -> None:
    assert re.fullmatch(r"[a-z0-9]{6}", evaluate("RandomString(6, 3, 0, 0, 3)"))


@pytest.mark.parametrize(
    ("expression", "values", "says"),
    [
        ("BitAnd([a], 1)", {"a": "x"}, "whole number"),
        ("CDate([a])", {"a": "soon"}, "not a date"),
        ('DateAdd("fortnight", 1, Now())', {}, "no interval"),
        ("Item([p], 0)", {"p": ["a"]}, "counts from 1"),
        ("Mid([a], 0, 2)", {"a": "abc"}, "counts from 1"),
        ('ToLower(Switch([p], , "a", "b"))', {"p": ["a", "b"]}, "multi-valued"),
        ("SingleAppRoleAssignment([r])", {"r": ["A", "B"]}, "more than one role"),
        ('Replace([a], , "(", , "x", , )', {"a": "x"}, "not a regular expression"),
        ('Replace([a], , "x", "g", "y", , )', {"a": "x"}, "no group named 'g'"),
        ('Replace([a], , , , "y", , )', {"a": "x"}, "oldValue or a regexPattern"),
        ('FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', {"a": "13/12/2020"}, "not a date in the format"),
        ("RandomString(2, 3, 0, 0, 0)", {}, "at least the sum"),
        ('Not("perhaps")', {}, "neither true nor false"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_reason(
    expression: str, values: dict[str, Any], says: str
) -> None:
    with pytest.raises(EvaluationRefused) as refused:
        evaluate(expression, **values)
    assert says in str(refused.value)
