"""Every function of the published reference: its parameters as Graph lists them, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import dates, replacing, texts
from .values import IGNORE, EvaluationRefused, Redacted, Value, as_list, as_number, as_text, as_truth, is_empty


@dataclass(frozen=True)
class Parameter:
    """One parameter (attributeMappingParameterSchema)."""

    name: str
    type: str = "String"
    required: bool = True
    repeats: bool = False


@dataclass(frozen=True)
class Function:
    """One function; `apply` takes the evaluated arguments, an empty one as None."""

    name: str
    parameters: tuple[Parameter, ...]
    apply: Callable[..., Value]
    least: int
    most: int | None

    def as_graph(self) -> dict[str, Any]:
        """As attributeMappingFunctionSchema."""
        return {
            "id": self.name,
            "parameters": [
                {
                    "name": each.name,
                    "required": each.required,
                    "allowMultipleOccurrences": each.repeats,
                    "type": each.type,
                }
                for each in self.parameters
            ],
        }


def _parameter(text: str) -> Parameter:
    """`name`, `name?` (optional), `name*` (any number), with `:Type` unless String."""
    name, _colon, kind = text.partition(":")
    bare = name.rstrip("?*")
    return Parameter(bare, kind or "String", "?" not in name, "*" in name)


def _function(signature: str, apply: Callable[..., Value], *, least: int | None = None) -> Function:
    name, *written = signature.split()
    parameters = tuple(_parameter(text) for text in written)
    required = sum(each.required for each in parameters)
    most = None if any(each.repeats for each in parameters) else len(parameters)
    return Function(name, parameters, apply, required if least is None else least, most)


def _coalesce(*sources: Value) -> Value:
    return next((source for source in sources if source is not None), None)


def _switch(source: Value, default: Value, *pairs: Value) -> Value:
    if len(pairs) % 2:
        raise EvaluationRefused("Switch needs a value for every key.")
    wanted = as_text(source)
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        if as_text(key) == wanted:
            return value
    return default


def _item(values: Value, index: Value) -> Value:
    number, items = as_number(index, "index"), as_list(values)
    if number < 1:
        raise EvaluationRefused("index of Item counts from 1.")
    return items[number - 1] if number <= len(items) else None


def _redact(value: Value) -> Value:
    return value if value is None else Redacted(as_text(value))


def _is_string(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and len(value) == 1 and isinstance(value[0], str))


def _role(value: Value) -> str:
    return str(value.get("displayName") or value.get("value") or "") if isinstance(value, dict) else as_text(value)


def _single_role(value: Value) -> Value:
    roles = as_list(value)
    if len(roles) > 1:
        raise EvaluationRefused("SingleAppRoleAssignment: the user has more than one role of this application.")
    return _role(roles[0]) if roles else None


def _complex_roles(value: Value) -> Value:
    return [
        {"primary": False, "type": "WindowsAzureActiveDirectoryRole", "display": _role(role), "value": _role(role)}
        for role in as_list(value)
    ]


def _never(*arguments: Value) -> Value:
    raise EvaluationRefused("This function is evaluated by its compiler.")  # Now, Guid, RandomString, IIF


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        _function("Append source suffix", texts.append),
        _function("AppRoleAssignmentsComplex source", _complex_roles),
        _function(
            "BitAnd value1:Integer value2:Integer",
            lambda one, other: as_number(one, "value1") & as_number(other, "value2"),
        ),
        _function("CBool source:Boolean", as_truth),
        _function("CDate source", dates.to_date),
        _function("Coalesce source* defaultValue?", _coalesce, least=1),
        _function("ConvertToBase64 source", texts.to_base64),
        _function("ConvertToUTF8Hex source", texts.to_utf8_hex),
        _function("Count source", lambda value: len(as_list(value))),
        _function("CStr source", lambda value: None if value is None else as_text(value)),
        _function("DateAdd interval value:Integer dateTime:DateTime", dates.date_add),
        _function("DateDiff interval date1:DateTime date2:DateTime", dates.date_diff),
        _function("DateFromNum value:Integer", dates.date_from_num),
        _function("FormatDateTime source dateTimeStyles? inputFormat outputFormat", dates.format_date_time, least=4),
        _function("Guid", _never),
        _function("IgnoreFlowIfNullOrEmpty source", lambda value: IGNORE if is_empty(value) else value),
        _function("IIF condition:Boolean valueIfTrue valueIfFalse", _never),
        _function("InStr value1 value2 start?:Integer compareType?", texts.in_str),
        _function("IsNull source", lambda value: value is None),
        _function("IsNullOrEmpty source", is_empty),
        _function("IsPresent source", lambda value: not is_empty(value)),
        _function("IsString source", _is_string),
        _function("Item source index:Integer", _item),
        _function("Join separator source*", texts.join),
        _function("Left source NumChars:Integer", texts.left),
        _function("Mid source start:Integer length:Integer", texts.mid),
        _function("NormalizeDiacritics source", texts.normalize_diacritics),
        _function("Not source:Boolean", lambda value: not as_truth(value)),
        _function("Now", _never),
        _function("NumFromDate value", dates.num_from_date),
        _function("PCase source wordSeparators?", texts.pcase),
        _function(
            "RandomString Length:Integer MinimumNumbers:Integer MinimumSpecialCharacters:Integer"
            " MinimumCapital:Integer MinimumLowerCase:Integer CharactersToAvoid?",
            _never,
        ),
        _function("Redact source", _redact),
        _function("RemoveDuplicates source", lambda value: list(dict.fromkeys(as_list(value)))),
        _function(
            "Replace source Find? RegularExpression? RegularExpressionGroupName? Replacement?"
            " ReplacementPropertyName? Template?",
            replacing.replace,
            least=2,
        ),
        _function("SelectUniqueValue uniqueValueRule*", _never, least=2),
        _function("SingleAppRoleAssignment source", _single_role),
        _function("Split source delimiter", texts.split),
        _function("StripSpaces source", texts.strip_spaces),
        _function("Switch source defaultValue? switchValue?*", _switch, least=2),
        _function("ToLower source culture?", texts.to_lower),
        _function("ToUpper source culture?", texts.to_upper),
        _function("Word source WordNumber:Integer delimiters", texts.word),
    )
}
PARAMETER_NAMES = {name: [each.name for each in function.parameters] for name, function in FUNCTIONS.items()}


def functions() -> list[dict[str, Any]]:
    """All functions as Graph's schema/functions lists them (attributeMappingFunctionSchema)."""
    return [function.as_graph() for function in FUNCTIONS.values()]
