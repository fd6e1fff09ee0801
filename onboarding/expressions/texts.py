"""Functions of texts. Where nothing else is said, null stays null (docs/graph-facts.md, "Schema and mappings")."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable

from onboarding.expressions.arguments import Arguments, Function
from onboarding.expressions.values import Plain, Unknown, Value, Why, agreed, is_empty, text_of

OTHER_CASES = ("tr", "az", "lt", "crh")
"""Languages whose rules for capitals are not those of the others."""
EQUIVALENT = {"æ": "ae", "Æ": "AE", "ø": "oe", "Ø": "OE", "ß": "ss", "ł": "l", "Ł": "L", "\u0131": "i"}
WITH_MARK = {"œ": "oe", "Œ": "OE"}
"""In Microsoft's table with a macron alone."""
SEPARATORS = frozenset({"Zs", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"})
APOSTROPHES = frozenset("'\u2019")
DATES = ("CDate", "DateAdd", "DateFromNum", "Now")
COMPARE = ("vbTextCompare", "vbBinaryCompare")


def _of_one_text(change: Callable[[str, Arguments], str]) -> Callable[[Arguments], Value]:
    def work_out(arguments: Arguments) -> Value:
        source = arguments.text_or_null(0)
        return None if source is None else change(source, arguments)

    return work_out


def _append(arguments: Arguments) -> Value:
    return arguments.text(0) + arguments.text(1)


def _join(arguments: Arguments) -> Value:
    """Values without signs leave no separator behind: the reference's own example has one."""
    parts: list[str] = []
    for value in arguments.values(1):
        parts += value if isinstance(value, tuple) else [] if is_empty(value) else [text_of(value, arguments.function)]
    return arguments.text(0).join(part for part in parts if part)


def _left(arguments: Arguments) -> Value:
    source, wanted = arguments.text_or_null(0) or "", arguments.whole(1)
    return source if wanted < 0 else source[:wanted]


def _mid(source: str, arguments: Arguments) -> str:
    start, length = arguments.whole(1), arguments.whole(2)
    if start < 1 or length < 0:
        raise arguments.undocumented()
    return source[start - 1 : start - 1 + length]


def _word(arguments: Arguments) -> Value:
    """Whether a word may be empty, between two delimiters, is left open, and whether a text without any delimiter is a
    word: the readings have to agree.
    """
    source, number, delimiters = arguments.text_or_null(0) or "", arguments.whole(1), arguments.text(2)
    words = "".join("\0" if sign in delimiters else sign for sign in source).split("\0")
    readings: list[list[str]] = [words, [word for word in words if word], words if len(words) > 1 else []]
    return agreed("Word", [each[number - 1] if 0 < number <= len(each) else "" for each in readings])


def _in_str(arguments: Arguments) -> Value:
    """The place of the first occurrence, from 1; 0 where there is none."""
    text, wanted, start = arguments.text(0), arguments.text(1), arguments.whole(2) if arguments.is_given(2) else 1
    option = arguments.option(3)
    if start < 1 or not wanted or option not in ("", *COMPARE):
        raise arguments.undocumented()
    exact, regardless = _place(text, wanted, start), _place(text.lower(), wanted.lower(), start)
    return agreed("InStr", {"": (exact, regardless), COMPARE[0]: (regardless,), COMPARE[1]: (exact,)}[option])


def _place(text: str, wanted: str, start: int) -> int:
    return text.find(wanted, start - 1) + 1


def _lower(source: str, arguments: Arguments) -> str:
    return _in_culture(source, arguments, str.lower)


def _upper(source: str, arguments: Arguments) -> str:
    return _in_culture(source, arguments, str.upper)


def _in_culture(source: str, arguments: Arguments, change: Callable[[str], str]) -> str:
    """Sign by sign, as .NET does: a ß has no capital of one sign and stays."""
    if arguments.option(1).lower().partition("-")[0] in OTHER_CASES:
        raise arguments.undocumented()
    return "".join(_alone(sign, change) for sign in source)


def _alone(sign: str, change: Callable[[str], str]) -> str:
    made = change(sign)
    return made if len(made) == 1 else sign


def _strip_spaces(source: str, arguments: Arguments) -> str:
    return source.replace(" ", "")


def _proper_case(source: str, arguments: Arguments) -> str:
    own = arguments.text_or_null(1)
    if own is not None and any(sign.isalpha() for sign in own):
        raise arguments.undocumented()
    made, begins, before = [], True, ""
    for sign in source:
        if own is None:
            _check_title_case(before, sign, source)
        made.append(_alone(sign, str.upper if begins else str.lower))
        begins = sign in own if own is not None else unicodedata.category(sign) in SEPARATORS
        before = sign
    return "".join(made)


def _check_title_case(before: str, sign: str, source: str) -> None:
    """.NET's own rules for apostrophes and digits inside words are not those of the reference."""
    if sign.isalpha() and before and (before in APOSTROPHES or before.isdigit()):
        raise Unknown(Why.NOT_DOCUMENTED, "PCase")


def _normalize(source: str, arguments: Arguments) -> str:
    made: list[str] = []
    for sign in unicodedata.normalize("NFD", source):
        if unicodedata.combining(sign):
            _mark(made, sign)
        else:
            made.append(EQUIVALENT.get(sign, sign))
    return unicodedata.normalize("NFC", _checked("".join(made)))


def _mark(made: list[str], mark: str) -> None:
    """A mark goes with its letter: from one of ours, it is left out; any other letter keeps it, and is told below."""
    if made and made[-1] in WITH_MARK:
        made[-1] = WITH_MARK[made[-1]]
    elif not made or not made[-1].isascii():
        made.append(mark)


def _checked(text: str) -> str:
    """Of a letter that Microsoft's table does not have, such as đ or й, no equivalent is known."""
    if any(unicodedata.combining(sign) or "LATIN" in _name(sign) for sign in text):
        raise Unknown(Why.NOT_DOCUMENTED, "NormalizeDiacritics")
    return text


def _name(sign: str) -> str:
    return "" if sign.isascii() else unicodedata.name(sign, "")


def _base64(source: str, arguments: Arguments) -> str:
    return base64.b64encode(source.encode("utf-16-le", "surrogatepass")).decode()


def _hexadecimal(source: str, arguments: Arguments) -> str:
    return source.encode("utf-8", "surrogatepass").hex().upper()


def _c_str(arguments: Arguments) -> Value:
    value = arguments.value(0)
    return None if value is None else text_of(value, arguments.function)


def _is_string(arguments: Arguments) -> Value:
    """A date is a text here alone, so nothing is said of what a function of dates gives."""
    value: Plain = arguments.value(0)
    if isinstance(value, str) and arguments.called(0) not in DATES:
        return True
    raise arguments.undocumented()


def _redact(arguments: Arguments) -> Value:
    """Only the log shows something else than the value."""
    return arguments.value(0)


FUNCTIONS = {
    "Append": Function(_append, 2, 2),
    "ConvertToBase64": Function(_of_one_text(_base64), 1, 1),
    "ConvertToUTF8Hex": Function(_of_one_text(_hexadecimal), 1, 1),
    "CStr": Function(_c_str, 1, 1),
    "InStr": Function(_in_str, 2, 4),
    "IsString": Function(_is_string, 1, 1),
    "Join": Function(_join, 2, None),
    "Left": Function(_left, 2, 2),
    "Mid": Function(_of_one_text(_mid), 3, 3),
    "NormalizeDiacritics": Function(_of_one_text(_normalize), 1, 1),
    "PCase": Function(_of_one_text(_proper_case), 1, 2),
    "Redact": Function(_redact, 1, 1),
    "StripSpaces": Function(_of_one_text(_strip_spaces), 1, 1),
    "ToLower": Function(_of_one_text(_lower), 1, 2),
    "ToUpper": Function(_of_one_text(_upper), 1, 2),
    "Word": Function(_word, 3, 3),
}
