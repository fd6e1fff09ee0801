"""What people paste with a secret token: taken off where that is certain, refused with a sentence where it is not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Sentence, say

LONGEST_TOKEN = 8192
_SCHEME = re.compile(r"(authorization\s*:\s*)?bearer(\s+|$|:\s*)", re.IGNORECASE)
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"
_MASK = re.compile(r"[*\u2022\u25cf.\u2026]+")


@dataclass(frozen=True)
class Cleaned:
    """The token as it is to be used, what was taken off, and why it cannot be used; never shown by repr."""

    value: str = field(repr=False)
    removed: tuple[Sentence, ...] = ()
    refused: Sentence | None = None

    @property
    def note(self) -> Sentence | None:
        """One sentence about what was taken off, or None where nothing was."""
        if not self.removed:
            return None
        parts = self.removed[0]
        for part in self.removed[1:]:
            parts = say(_("%(first)s, %(next)s"), first=parts, next=part)
        return say(_("Removed from the token: %(parts)s."), parts=parts)


def clean_token(typed: str) -> Cleaned:
    """Take off what no token has: invisible characters, blanks, line breaks, quotes, the word Bearer. Never raises."""
    removed: list[Sentence] = []
    text = _without_invisible(typed, removed)
    text = _without_ends(text, removed)
    scheme = _SCHEME.match(text)
    if scheme:
        removed.append(say(_("the word “Bearer”")))
        text = _without_ends(text[scheme.end() :], removed)
    if re.search(r"\s", text):
        removed.append(say(_("line breaks and blanks inside")))
        text = re.sub(r"\s+", "", text)
    return Cleaned(text, tuple({part.text: part for part in removed}.values()), _refusal(text))


def _without_invisible(text: str, removed: list[Sentence]) -> str:
    kept = "".join(
        char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cn")
    )
    if kept != text:
        removed.append(say(_("invisible characters")))
    return kept


def _without_ends(text: str, removed: list[Sentence]) -> str:
    while True:
        bare = text.strip()
        if bare != text:
            removed.append(say(_("blanks and line breaks around it")))
        unquoted = bare.strip(_QUOTES)
        if unquoted == bare:
            return bare
        removed.append(say(_("quotation marks")))
        text = unquoted


def _refusal(token: str) -> Sentence | None:
    if not token:
        return say(_("There is no token left. Copy it again from Haiilo and paste it here."))
    if "://" in token:
        return say(_("This is an address, not a token. Copy the access token itself from Haiilo."))
    if _MASK.fullmatch(token):
        return say(_("These are only the dots that hide a token. Create a new token in Haiilo and copy it at once."))
    if not token.isascii():
        return say(
            _("The token contains characters that no token has. Copy it again from Haiilo, without any text around it.")
        )
    if len(token) > LONGEST_TOKEN:
        return say(_("This is too long for a token. Copy only the access token from Haiilo."))
    return None
