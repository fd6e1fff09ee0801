"""The text functions of the expression language."""

from __future__ import annotations

import base64
import random
import re
import unicodedata
from collections.abc import Callable

from .values import EvaluationRefused, Value, as_list, as_number, as_text

_LETTERS = {"æ": "ae", "ø": "oe", "œ": "oe", "ß": "ss", "ı": "i", "ł": "l"}
_LETTERS |= {upper.upper(): plain.upper() for upper, plain in _LETTERS.items() if len(upper.upper()) == 1}
_LETTERS |= {"İ": "I", "đ": "d", "Đ": "D"}
_SPECIAL = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"


def each(change: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function of one text work on every value of a multi-valued attribute; null stays null."""

    def apply(value: Value, *rest: Value) -> Value:
        if value is None:
            return None
        if isinstance(value, list):
            return [change(as_text(one), *rest) for one in value]
        return change(as_text(value), *rest)

    return apply


@each
def append(value: str, suffix: Value) -> str:
    return value + as_text(suffix)


@each
def to_lower(value: str, culture: Value = None) -> str:
    return (value.replace("I", "ı").replace("İ", "i") if _is_turkic(culture) else value).lower()


@each
def to_upper(value: str, culture: Value = None) -> str:
    value = value.replace("i", "İ").replace("ı", "I") if _is_turkic(culture) else value
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in value)


def _is_turkic(culture: Value) -> bool:
    return as_text(culture).split("-")[0].lower() in ("tr", "az")


@each
def strip_spaces(value: str) -> str:
    return value.replace(" ", "")


@each
def normalize_diacritics(value: str) -> str:
    value = unicodedata.normalize("NFC", value)
    plain = "".join(_LETTERS.get(letter, letter) for letter in value)
    apart = unicodedata.normalize("NFD", plain)
    kept = "".join(_LETTERS.get(letter, letter) for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", kept)


def left(value: Value, count: Value) -> str:
    text, number = as_text(value), as_number(count, "NumChars")
    return text if number < 0 else text[:number]


@each
def mid(value: str, start: Value, length: Value) -> str:
    first = as_number(start, "start")
    if first < 1:
        raise EvaluationRefused("start of Mid counts from 1.")
    return value[first - 1 : first - 1 + max(0, as_number(length, "length"))]


def in_str(value: Value, wanted: Value, start: Value = None, kind: Value = None) -> int:
    text, part = as_text(value), as_text(wanted)
    if kind == "vbTextCompare":
        text, part = text.casefold(), part.casefold()
    return text.find(part, max(0, (1 if start is None else as_number(start, "start")) - 1)) + 1


def join(separator: Value, *sources: Value) -> str:
    parts = [as_text(one) for source in sources for one in as_list(source)]
    return as_text(separator).join(part for part in parts if part)


@each
def split(value: str, delimiter: Value) -> list[str]:
    mark = as_text(delimiter)
    return [part.strip() for part in value.split(mark)] if mark else [value]


def word(value: Value, number: Value, delimiters: Value) -> str:
    wanted, marks = as_number(number, "WordNumber"), as_text(delimiters)
    text = as_text(value)
    words = [part for part in re.split(f"[{re.escape(marks)}]", text) if part] if marks else [text]
    return words[wanted - 1] if 1 <= wanted <= len(words) and any(mark in text for mark in marks) else ""


@each
def pcase(value: str, separators: Value = None) -> str:
    marks = as_text(separators) if separators is not None else None
    result, begins = [], True
    for letter in value.lower():
        result.append(letter.upper() if begins and len(letter.upper()) == 1 else letter)
        begins = letter in marks if marks is not None else _separates(letter)
    return "".join(result)


def _separates(letter: str) -> bool:
    """Letters, digits, marks and the apostrophe stay inside a word, as in .NET's ToTitleCase."""
    return letter != "'" and unicodedata.category(letter)[0] not in "LMN"


@each
def to_base64(value: str) -> str:
    return base64.b64encode(value.encode("utf-16-le")).decode()


@each
def to_utf8_hex(value: str) -> str:
    return value.encode().hex().upper()


def random_string(chance: random.Random, *arguments: Value) -> str:
    """Length; least number of digits, special characters, capitals and lower-case letters; characters to avoid."""
    length, *least = (as_number(one, "A number") for one in arguments[:5])
    avoided = set(as_text(arguments[5])) if len(arguments) > 5 else set()
    kinds = [
        [letter for letter in letters if letter not in avoided]
        for letters in ("0123456789", _SPECIAL, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
    ]
    if length > 256 or length < sum(least):
        raise EvaluationRefused("Length must be at most 256 and at least the sum of the least numbers.")
    drawn = [chance.choice(letters) for letters, count in zip(kinds, least, strict=True) for _each in range(count)]
    wanted = [letters for letters, count in zip(kinds, least, strict=True) if count] or kinds
    drawn += [chance.choice(chance.choice(wanted)) for _each in range(length - len(drawn))]
    chance.shuffle(drawn)
    return "".join(drawn)
