"""Expressions are read as Entra writes them; what is none says where it goes wrong and what could stand there."""

from __future__ import annotations

import pytest

from onboarding.expressions.parsing import MAX_DEPTH, MAX_LENGTH, NotAnExpression, Place, Wanted, parse
from onboarding.expressions.tree import Attribute, Call, Comparison, Number, Omitted, Text, Word

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
VALUE = {Wanted.ATTRIBUTE, Wanted.FUNCTION, Wanted.NUMBER, Wanted.TEXT}
GOES_ON = {Wanted.COMMA, Wanted.CLOSING_PARENTHESIS, Wanted.OPERATOR}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("[mail]", Attribute("mail")),
        ("[extension_0123_costCentre]", Attribute("extension_0123_costCentre")),
        (f"[{URN}]", Attribute(URN)),
        ('[addresses[type eq "work"].country]', Attribute('addresses[type eq "work"].country')),
        ("[manager].displayName", Attribute("manager", ("displayName",))),
        ("[manager].[displayName]", Attribute("manager", ("displayName",))),
        ('"DE"', Text("DE")),
        ("12", Number("12")),
        ("-1.5", Number("-1.5")),
        ("&HF7", Number("&HF7")),
        ("True", Word("True")),
        ("Now()", Call("Now")),
        ("Now( )", Call("Now")),
        ("A(,)", Call("A", (Omitted(), Omitted()))),
        ("A(B([c]),\n 1)", Call("A", (Call("B", (Attribute("c"),)), Number("1")))),
        ('A([b]<>"c")', Call("A", (Comparison(Attribute("b"), "<>", Text("c")),))),
        ("A(1 >= 2)", Call("A", (Comparison(Number("1"), ">=", Number("2")),))),
    ],
)
def test_reads(text, read):
    assert parse(text) == read
    assert parse(str(read)) == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"say \"yes\""', 'say "yes"'),
        ('"say ""yes"""', 'say "yes"'),
        (r'"a\\b"', "a\\b"),
        (r'"\\d"', r"\d"),
        ('""', ""),
        ('"two\nlines"', "two\nlines"),
        (r'"\d"', None),
        (r'"\\\d"', None),
    ],
)
def test_reads_escapes_in_both_forms_and_no_others(text, value):
    assert parse(text) == Text(text[1:-1])
    assert Text(text[1:-1]).value == value


@pytest.mark.parametrize(("text", "value"), [("&HF7", 247), ("&hf", 15), ("007", 7), ("-10", -10), ("1.5", 1.5)])
def test_reads_numbers(text, value):
    assert parse(text) == Number(text)
    assert Number(text).value == value


@pytest.mark.parametrize(
    ("text", "place", "found", "wanted"),
    [
        ("", Place(0, 1, 1), "", VALUE),
        ("Append([a]", Place(10, 1, 11), "", GOES_ON | {Wanted.PATH}),
        ("Append([a] [b])", Place(11, 1, 12), "[b]", GOES_ON | {Wanted.PATH}),
        ("A(\n  1 2)", Place(7, 2, 5), "2", GOES_ON),
        ("A(1))", Place(4, 1, 5), ")", {Wanted.END, Wanted.OPERATOR}),
        ('A("b', Place(2, 1, 3), '"', {Wanted.CLOSING_QUOTE}),
        ("A([b", Place(2, 1, 3), "[", {Wanted.CLOSING_BRACKET}),
        ("A(1 & 2)", Place(4, 1, 5), "&", GOES_ON),
        ("[a] = [b] = [c]", Place(10, 1, 11), "=", {Wanted.END, Wanted.PATH}),
        ("[manager].", Place(10, 1, 11), "", {Wanted.ATTRIBUTE, Wanted.FUNCTION}),
        ("A(" * (MAX_DEPTH + 1) + ")" * (MAX_DEPTH + 1), Place(129, 1, 130), "(", {Wanted.LESS_NESTING}),
        ('"' + "x" * MAX_LENGTH + '"', Place(MAX_LENGTH, 1, MAX_LENGTH + 1), "x", {Wanted.FEWER_SIGNS}),
    ],
)
def test_says_where_it_goes_wrong_and_what_could_stand_there(text, place, found, wanted):
    with pytest.raises(NotAnExpression) as caught:
        parse(text)
    assert (caught.value.place, caught.value.found) == (place, found)
    assert set(caught.value.wanted) == wanted
