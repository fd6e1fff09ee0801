"""Which attributes a refusal calls empty, where only its text says so.

Microsoft hands the target's answer through as text (docs/graph-facts.md, "Provisioning log"), and no reference fixes
its words, so the usual ways to say it are understood, and anything else is no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

READ_OF_TEXT = 4000
"""Letters of a text that are read; the target's whole answer may be behind it."""
MAX_NAME = 120
SEPARATOR = ", "
_ANY_NAME = r"[A-Za-z_$](?:[\w:$-]|\.(?=[\w$]))*(?:\[[^\[\]]{1,60}\](?:\.[\w$]+)*)?"
_NAME = rf"(?P<name>{_ANY_NAME})"
_KIND = r"(?:propert(?:y|ies)|attributes?|fields?|parameters?)"
_NEEDED, _QUOTE = r"(?:required|mandatory)", r"[\"'“”\u2018\u2019`]?"
_EMPTY = r"(?:missing|empty|null|not set|not present|required|mandatory)"
_NAMED = rf"{_QUOTE}{_NAME}{_QUOTE}"
_AND = r"\s*(?:,\s*(?:and\s+)?|\band\b\s+)"
_FURTHER = re.compile(rf"(?:{_AND}{_QUOTE}{_ANY_NAME}{_QUOTE})+(?=\s*(?:[.;}}\"\r\n]|$))", re.IGNORECASE)
"""Names behind the first one; they are names only where the sentence ends with them."""
_ONE_NAME = re.compile(rf"{_AND}{_QUOTE}({_ANY_NAME})", re.IGNORECASE)
_PLAIN_WORDS = frozenset({"is", "are", "was", "were", "has", "have", "missing", "empty", "in", "for", "of", "the", "a"})
_WAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_NEEDED} {_KIND}(?: is| are)? (?:missing|empty|not set)\s*[:=-]?\s*{_NAMED}",
        rf"\bmissing (?:the )?(?:{_NEEDED} )?{_KIND}\s*[:=-]?\s*{_NAMED}",
        rf"\b{_NEEDED} {_KIND}\s*[:=-]?\s*{_NAMED} (?:has no value|(?:is|was) {_EMPTY})",
        rf"\b{_KIND}\s*[:=-]?\s*{_NAMED} (?:has no value|(?:is|was) {_EMPTY})",
    )
)


def named_in(text: str) -> str:
    """The attributes that `text` calls empty or missing, as they are written there, with `SEPARATOR` between them: as
    many as fit. Empty where the text names none.
    """
    if not text:
        return ""
    read = text[:READ_OF_TEXT].replace('\\"', '"')
    found = next((names for way in _WAYS if (names := list(_named_by(way, read)))), [])
    kept = ""
    for name in dict.fromkeys(found):
        joined = f"{kept}{SEPARATOR}{name}" if kept else name[:MAX_NAME]
        kept = joined if len(joined) <= MAX_NAME else kept
    return kept


def _named_by(way: re.Pattern[str], text: str) -> Iterator[str]:
    for match in way.finditer(text):
        if match["name"].lower() not in _PLAIN_WORDS:
            yield match["name"]
            further = _FURTHER.match(text, match.end())
            yield from _ONE_NAME.findall(further[0]) if further else ()
