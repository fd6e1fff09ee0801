"""The expression language: reading, the tree as Graph shows it, writing back, and parseExpression."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provisioning import default_schema, functions, parse_expression
from sandbox.provisioning.compiler import check, compile_text
from sandbox.provisioning.grammar import (
    Attribute,
    Call,
    Comparison,
    Constant,
    Node,
    SyntaxRefused,
    attributes,
    parse,
    quoted,
    write,
)
from sandbox.provisioning.parsing import tree
from sandbox.world import Tenant

ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
SCHEMA = default_schema("scim", Tenant("t", "T", ["t.example"], "t.onmicrosoft.example"))

LETTERS = "abcxyzABCXYZ"
SIGNS = "ab Z09_.äß漢😀\u2028\\\"'[](),;=<>&+-\t\n\x00"
"""Everything that means something to the reader, and some of what does not."""


def _number(value: int) -> Constant:
    return Constant(value, str(value))


names = st.builds("".join, st.tuples(st.sampled_from("aXz"), st.text(LETTERS + "0189_.", max_size=8)))
leaves = st.one_of(
    st.builds(Attribute, names),
    st.builds(quoted, st.text(SIGNS, max_size=12)),
    st.builds(_number, st.integers(-(10**9), 10**9)),
)
comparisons = st.builds(Comparison, st.sampled_from(["=", "<>", "<=", ">"]), leaves, leaves)


def _calls(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Calls with up to three arguments; a lone empty one cannot be told from none."""
    given_one = st.one_of(comparisons, inner)
    maybe_one = st.one_of(st.none(), given_one)
    arguments = st.one_of(
        st.just(()), st.tuples(given_one), st.tuples(maybe_one, maybe_one), st.tuples(maybe_one, maybe_one, maybe_one)
    )
    return st.builds(Call, st.text(LETTERS, min_size=1, max_size=8), arguments)


nodes = st.one_of(leaves, _calls(leaves), _calls(_calls(leaves)))


@given(nodes)
def test_what_is_written_is_read_back_the_same(node: Node) -> None:
    assert parse(write(node)) == node


def _read(text: str) -> Node | str:
    try:
        return parse(text)
    except SyntaxRefused as problem:
        return str(problem)


@given(st.text(SIGNS, max_size=40) | st.text(max_size=20))
def test_reading_anything_gives_a_tree_or_a_clear_refusal(text: str) -> None:
    found = _read(text)
    assert found
    assert isinstance(found, str) or parse(write(found)) == found


def test_an_empty_argument_stays_empty_in_the_tree() -> None:
    node = parse(ACTIVE)
    assert isinstance(node, Call)
    assert node.arguments[1] is None
    assert write(node) == ACTIVE


def test_spaces_and_line_breaks_do_not_matter() -> None:
    assert parse('Join( "," ,\n  [a],[b] )') == parse('Join(",", [a], [b])')


def test_quotation_marks_and_backslashes_are_escaped_in_strings() -> None:
    node = parse(r'Append([a], "Company \"X\" \\ Y")')
    assert isinstance(node, Call)
    assert node.arguments[1] == Constant('Company "X" \\ Y', r'"Company \"X\" \\ Y"')


def test_attributes_are_found_at_every_depth() -> None:
    node = parse('IIF([country]="USA", Coalesce([mail], ToLower([userPrincipalName], "")), "x")')
    assert attributes(node) == {"country", "mail", "userPrincipalName"}


def test_the_tree_has_graphs_shape() -> None:
    parameters = tree(ACTIVE).pop("parameters")
    assert tree(ACTIVE) == {"expression": ACTIVE, "name": "Switch", "type": "Function", "parameters": parameters}
    assert [each["key"] for each in parameters] == ["source"] + ["switchValue"] * 4
    assert parameters[0]["value"] == {
        "expression": "[IsSoftDeleted]",
        "name": "IsSoftDeleted",
        "type": "Attribute",
        "parameters": [],
    }
    assert parameters[1]["value"] == {"expression": '"False"', "name": "False", "type": "Constant", "parameters": []}


def test_parameter_names_in_the_tree_are_those_of_functions() -> None:
    listed = {each["id"]: [one["name"] for one in each["parameters"]] for each in functions()}
    assert [each["key"] for each in tree('Append([mail], ".x")')["parameters"]] == listed["Append"]


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("", "ends too early"),
        ("[mail", "closing bracket"),
        ("[]", "no name"),
        ("[ \u2028 ]", "no name"),
        ('"open', "no closing quotation mark"),
        ("Join(", "ends too early"),
        ('Join(",", [a]', "no closing bracket"),
        ('Join(",", [a]))', "Unexpected ')'"),
        ("[a] [b]", "Unexpected '[b]'"),
        ("Join(',', [a])", "Unexpected character '''"),
        ("mail", "neither a function call"),
        ('Append([a] "b")', "Expected ',' or ')'"),
        ('"x" = "y"', "inside a function"),
        ("Trim([mail])", "no function 'Trim'"),
        ('switch([a], , "b", "c")', "Did you mean 'Switch'"),
        ("Append([mail])", "takes 2 parameters; 1 were given"),
        ("ToLower([a], [b], [c])", "1 to 2 parameters"),
        ('Switch([a], "d", "key")', "even number"),
        ('Append(, "x")', "'source' of Append is required"),
        ('ToLower(SelectUniqueValue([a], [b]), "")', "top level"),
        ("Now(1)", "takes 0 parameters"),
        ("[" + "a" * 10_000 + "]", "10000 are allowed"),
    ],
)
def test_a_wrong_expression_is_refused_with_the_reason(expression: str, says: str) -> None:
    with pytest.raises(SyntaxRefused) as refused:
        check(parse(expression))
    assert says in str(refused.value)


# parseExpression


def _test_object(**values: str) -> dict[str, object]:
    return {
        "definition": {"name": "User", "attributes": [{"name": name, "type": "String"} for name in values]},
        "properties": [{"key": name, "value": value} for name, value in values.items()],
    }


def test_parse_expression_evaluates_the_test_object() -> None:
    body = {
        "expression": ACTIVE,
        "targetAttributeDefinition": None,
        "testInputObject": _test_object(IsSoftDeleted="False"),
    }
    answer = parse_expression(body, SCHEMA)
    assert answer["parsedExpression"]["name"] == "Switch"
    del answer["parsedExpression"]
    assert answer == {
        "error": None,
        "evaluationSucceeded": True,
        "evaluationResult": ["True"],
        "parsingSucceeded": True,
    }


def test_parse_expression_answers_without_a_test_object() -> None:
    answer = parse_expression({"expression": "[mail]"}, SCHEMA)
    assert (answer["parsingSucceeded"], answer["evaluationSucceeded"], answer["evaluationResult"]) == (True, False, [])


def test_parse_expression_shows_every_value_of_a_multi_valued_result() -> None:
    body = {"expression": 'Split([department], ",")', "testInputObject": _test_object(department="One, Two")}
    assert parse_expression(body, SCHEMA)["evaluationResult"] == ["One", "Two"]


@pytest.mark.parametrize("expression", ["Switch([IsSoftDeleted], , )(", "", None, "Nope()", "[favouriteColour]"])
def test_parse_expression_answers_a_wrong_one_too(expression: str | None) -> None:
    answer = parse_expression({"expression": expression}, SCHEMA)
    assert answer["parsingSucceeded"] is False
    assert answer["parsedExpression"] is None
    assert set(answer["error"]) == {"code", "message", "tenantActionable"}


def test_parse_expression_names_the_attribute_in_the_right_case() -> None:
    answer = parse_expression({"expression": "[Mail]"}, SCHEMA)
    assert "Did you mean 'mail'" in answer["error"]["message"]


def test_parse_expression_tells_reading_from_evaluating() -> None:
    body = {"expression": "CDate([department])", "testInputObject": _test_object(department="soon")}
    answer = parse_expression(body, SCHEMA)
    assert (answer["parsingSucceeded"], answer["evaluationSucceeded"]) == (True, False)
    assert "'soon' is not a date" in answer["error"]["message"]


def test_a_compiled_expression_can_be_used_again_and_again() -> None:
    expression = compile_text('Coalesce([mail], [userPrincipalName], "none")')
    assert [expression.evaluate(each) for each in ({"mail": "m"}, {"userPrincipalName": "u"}, {})] == ["m", "u", "none"]
