"""Who a text speaks of in the third person although its reader is the customer's admin."""

from __future__ import annotations

import re

THIRD_PERSON = {
    "en": re.compile(
        r"\b(?:the|their|an) admin\b(?! center)|\bcustomer's admin\b|\b[Aa]sk the\b|\bthe customer\b"
        r"|\b(?:the|an) administrator\b(?! of privileged)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:der|den|dem|des) Admin\b|\bBitten Sie den\b|\b(?:der|den|dem|des) Kunden?\b"
        r"|\b(?:der|den|dem) Administrator\b",
        re.IGNORECASE,
    ),
    "fi": re.compile(
        r"\bjärjestelmänvalvojaa\b|\bjärjestelmänvalvojan on\b|\bjärjestelmänvalvojalle\b|\basiakkaan\b|\basiakasta\b",
        re.IGNORECASE,
    ),
}


def third_person(text: str, language: str = "en") -> str:
    """The words by which `text` speaks about its reader; empty where it speaks to them."""
    found = THIRD_PERSON[language].search(text)
    return found[0] if found else ""
