"""Functions of several values."""

from __future__ import annotations

from onboarding.expressions.arguments import Arguments, Function
from onboarding.expressions.values import Unknown, Value, Why

ONE_SIGN = 1


def _count(arguments: Arguments) -> Value:
    values = arguments.many(0)
    if values is None:
        raise arguments.undocumented()
    return len(values)


def _item(arguments: Arguments) -> Value:
    values, number = arguments.many(0), arguments.whole(1)
    if values is None or not 0 < number <= len(values):
        raise arguments.undocumented()
    return values[number - 1]


def _remove_duplicates(arguments: Arguments) -> Value:
    """Whether capitals count is not said, so both readings have to agree."""
    values = arguments.many(0)
    if values is None:
        return None
    exact, regardless = dict.fromkeys(values), dict.fromkeys(each.lower() for each in values)
    if len(exact) != len(regardless):
        raise arguments.undocumented()
    return tuple(exact)


def _split(arguments: Arguments) -> Value:
    """The reference's own example loses the blank behind the comma. Of parts without signs it says nothing."""
    source, delimiter = arguments.text_or_null(0), arguments.text(1)
    if source is None:
        return None
    parts = tuple(part.strip(" ") for part in source.split(delimiter)) if len(delimiter) == ONE_SIGN else ("",)
    if "" in parts:
        raise arguments.undocumented()
    return parts


def _roles(arguments: Arguments) -> Value:
    """The roles by name; Entra writes each of them as a complex value."""
    return _assigned(arguments)


def _role(arguments: Arguments) -> Value:
    """One role's name; the reference does not support somebody with several."""
    roles = _assigned(arguments)
    if len(roles) != 1:
        raise arguments.undocumented()
    return roles[0]


def _assigned(arguments: Arguments) -> tuple[str, ...]:
    roles = arguments.value(0)
    if roles is None:
        raise arguments.undocumented()
    if not isinstance(roles, tuple):
        raise Unknown(Why.WRONG_ARGUMENTS, arguments.function)
    return roles


FUNCTIONS = {
    "AppRoleAssignmentsComplex": Function(_roles, 1, 1),
    "AssertiveAppRoleAssignmentsComplex": Function(_roles, 1, 1),
    "Count": Function(_count, 1, 1),
    "Item": Function(_item, 2, 2),
    "RemoveDuplicates": Function(_remove_duplicates, 1, 1),
    "SingleAppRoleAssignment": Function(_role, 1, 1),
    "Split": Function(_split, 2, 2),
}
