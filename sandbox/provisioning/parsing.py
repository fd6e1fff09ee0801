"""parseExpression: the tree of an expression and, if asked, its value for a test object.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .compiler import compile_text
from .grammar import SyntaxRefused, source
from .library import PARAMETER_NAMES
from .values import IGNORE, EvaluationRefused, Value, as_list, as_text


def tree(expression: str) -> dict[str, Any]:
    """The expression as attributeMappingSource. Raises SyntaxRefused."""
    return source(compile_text(expression).node, PARAMETER_NAMES)


def parse_expression(body: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parseExpressionResponse, also for an expression that is wrong."""
    text = body.get("expression")
    try:
        if not isinstance(text, str) or not text.strip():
            raise SyntaxRefused("The expression is empty.")
        expression = compile_text(text)
        _check_attributes(expression.attributes, schema, body.get("testInputObject"))
    except SyntaxRefused as problem:
        return _response(None, error=_error("AttributeMappingParsingError", str(problem)))
    parsed = source(expression.node, PARAMETER_NAMES)
    subject = _subject(body.get("testInputObject"))
    if subject is None:
        return _response(parsed)
    try:
        value = expression.evaluate(subject)
    except EvaluationRefused as problem:
        return _response(parsed, error=_error("AttributeMappingEvaluationError", str(problem)))
    return _response(parsed, value=value, evaluated=True)


def _check_attributes(names: frozenset[str], schema: Mapping[str, Any], test: Any) -> None:
    known = _source_attributes(schema)
    known |= {str(each.get("name")) for each in ((test or {}).get("definition") or {}).get("attributes") or []}
    known |= {str(each.get("key")) for each in (test or {}).get("properties") or []}
    unknown = sorted(names - known) if known else []
    if unknown:
        alike = [name for name in sorted(known) if name.lower() == unknown[0].lower()]
        hint = f" Did you mean '{alike[0]}'? Names are case-sensitive." if alike else ""
        raise SyntaxRefused(f"The source object has no attribute '{unknown[0]}'.{hint}")


def _source_attributes(schema: Mapping[str, Any]) -> set[str]:
    """Names of all attributes of all objects in the directories that rules read from."""
    sources = {rule.get("sourceDirectoryName") for rule in schema.get("synchronizationRules") or []}
    return {
        str(attribute.get("name"))
        for directory in schema.get("directories") or []
        if directory.get("name") in sources
        for thing in directory.get("objects") or []
        for attribute in thing.get("attributes") or []
    }


def _subject(test: Any) -> dict[str, Value] | None:
    if not isinstance(test, Mapping):
        return None
    values: dict[str, Value] = {}
    for each in test.get("properties") or []:
        values[str(each.get("key"))] = each.get("value", (each.get("values") or [None])[0])
    return values


def _response(
    parsed: dict[str, Any] | None, *, value: Value = None, evaluated: bool = False, error: dict[str, Any] | None = None
) -> dict[str, Any]:
    shown = [] if value is None or value is IGNORE else [as_text(one) for one in as_list(value)]
    return {
        "error": error,
        "evaluationSucceeded": evaluated,
        "evaluationResult": shown,
        "parsedExpression": parsed,
        "parsingSucceeded": parsed is not None,
    }


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "tenantActionable": True}
