"""Which attribute a refusal calls empty, where only its text says so.

Microsoft hands the target's answer through as text (docs/graph-facts.md, "Provisioning log"), and no reference fixes
its words, so the usual ways to say it are understood, and anything else is no name.
"""

from __future__ import annotations

import re

READ_OF_TEXT = 4000
"""Letters of a text that are read; the target's whole answer may be behind it."""
MAX_NAME = 120
_NAME = r"""(?P<name>[A-Za-z_$](?:[\w:$-]|\.(?=[\w$]))*(?:\[[^\[\]]{1,60}\](?:\.[\w$]+)*)?)"""
_KIND = r"(?:propert(?:y|ies)|attributes?|fields?|parameters?)"
_NEEDED, _QUOTE = r"(?:required|mandatory)", r"[\"'“”\u2018\u2019`]?"
_EMPTY = r"(?:missing|empty|null|not set|not present|required|mandatory)"
_NAMED = rf"{_QUOTE}{_NAME}{_QUOTE}"
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
    """The attribute that `text` calls empty or missing, as it is written there; of several the first. Empty where the
    text names none.
    """
    read = text[:READ_OF_TEXT].replace('\\"', '"')
    for way in _WAYS:
        for match in way.finditer(read):
            if match["name"].lower() not in _PLAIN_WORDS:
                return match["name"][:MAX_NAME]
    return ""
