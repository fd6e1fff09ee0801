"""Sentences that are decided in one place and read in another, perhaps in another language.

A verdict is reached by a worker and shown later to people who read English, German or Finnish. So what is stored is
the English template and its values, and the translation happens when a page is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext


@dataclass(frozen=True)
class Plural:
    """A template in two forms, for one and for several. `by` names the value that is counted."""

    one: str
    several: str
    by: str = "count"


def plural(one: str, several: str, by: str = "count") -> Plural:
    """Mark both forms of a template for translation, as ``gettext_noop`` does for one form."""
    return Plural(one, several, by)


Template = str | Plural
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ISOLATES = re.compile("[\u2066-\u2069]")
TEMPLATE_KEYS = frozenset({"text", "several", "by"})
"""The keys of a stored sentence that hold our own words, and never a name."""


@dataclass(frozen=True)
class Sentence:
    """A template in English, marked with ``gettext_noop`` or `plural` where it is written, and what fills its gaps.

    Values are JSON scalars, or Sentences in their turn. ``str()`` gives the sentence in the active language. A
    whole number is an amount and gets that language's separators; ids and codes are given as text and stay as they are.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    several: str = ""
    by: str = ""

    def __str__(self) -> str:
        if self.several:
            translated = ngettext(self.text, self.several, int(self.values[self.by]))
        else:
            translated = _translated(self.text)
        return translated % {name: _shown(value) for name, value in self.values.items()} if self.values else translated

    def as_json(self) -> dict[str, Any]:
        """The stored form: ``{"text": …, "values": {…}}``, with ``"several"`` and ``"by"`` where there is a plural."""
        stored: dict[str, Any] = {
            "text": self.text,
            "values": {
                name: value.as_json() if isinstance(value, Sentence) else value for name, value in self.values.items()
            },
        }
        return {**stored, "several": self.several, "by": self.by} if self.several else stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Sentence | None:
        """The sentence that `as_json` stored, or None where none was."""
        if not stored or "text" not in stored:
            return None
        values = {
            name: (cls.from_json(value) or "") if isinstance(value, dict) else value
            for name, value in stored.get("values", {}).items()
        }
        return cls(stored["text"], values, stored.get("several", ""), stored.get("by", ""))


def _translated(text: str) -> str:
    """In the active language. A text that was stored before it had a plural is that one's singular now, which `gettext`
    of Python 3.11.2 (Debian 12) does not find.
    """
    translated = gettext(text)
    return translated if translated != text else ngettext(text, text, 1)


def moment_text(at: datetime) -> str:
    """A point in time as a value of a sentence, the same in each language and wherever it is read: in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def amount(number: int) -> str:
    """`number` with the thousands separators of the active language."""
    return number_format(number, decimal_pos=0, force_grouping=True)


def _shown(value: Any) -> str:
    """A value in its gap. A text with signs that turn text around is kept by itself (UAX 9, isolates)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return amount(value)
    text = str(value)
    if isinstance(value, str) and TURNING.search(text):
        return f"\u2068{ISOLATES.sub('', text)}\u2069"
    return text


def say(template: Template, **values: Any) -> Sentence:
    """Make a `Sentence`: ``say(_("…%(name)s…"), name=…)`` with ``gettext_noop as _``, so that the text is found.

    Of an amount: ``say(plural("%(count)s person …", "%(count)s people …"), count=…)``.
    """
    return sentence_of(template, values)


def sentence_of(template: Template, values: Mapping[str, Any]) -> Sentence:
    """The sentence that `template` makes of `values`."""
    if isinstance(template, Plural):
        return Sentence(template.one, values, template.several, template.by)
    return Sentence(template, values)
