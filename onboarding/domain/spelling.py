"""A name that is resolved otherwise than it was typed is shown in both spellings, and confirmed before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from graphclient.names import both_spellings, in_letters, mixes_alphabets
from onboarding.domain.input_fields import DomainsField, TidyEmailField

SPELLING = "spelling"
FIELDS_WITH_NAMES = (DomainsField, TidyEmailField)


class AnyOfThem(forms.MultipleChoiceField):
    """Names that somebody ticked. Which count, the form says once it knows what was typed."""

    def valid_value(self, value: Any) -> bool:
        """Each is one of its own."""
        return True


class SpellingForm(forms.Form):
    """Has whoever types a name in other letters tick once that the spelling is right; what stood there is not asked."""

    spelling = AnyOfThem(
        label=_("Is this the name you mean?"),
        required=False,
        help_text=_("Names that look alike can be somebody else's. Tick each one that is right, or correct it."),
        widget=forms.MultipleHiddenInput(),
    )

    def clean(self) -> dict[str, Any]:
        """Ask, where a name has not been confirmed as it stands now."""
        cleaned = super().clean() or self.cleaned_data
        asked = list(dict.fromkeys(self._names_to_confirm(cleaned)))
        ticked = cleaned.get(SPELLING) or []
        if asked:
            self._ask(asked)
        if set(asked) - set(ticked):
            self.add_error(SPELLING, forms.ValidationError(_("Not confirmed yet."), code="unconfirmed"))
        return cleaned

    def _names_to_confirm(self, cleaned: dict[str, Any]) -> Iterator[str]:
        fields = [key for key, field in self.fields.items() if isinstance(field, FIELDS_WITH_NAMES)]
        known = {name for key in fields for name in _names(self.initial.get(key))}
        for key in fields:
            typed = str(self[key].data or "").lower()
            for name in _names(cleaned.get(key)):
                if name not in known and (name not in typed or in_letters(name) != name):
                    yield name

    def _ask(self, names: list[str]) -> None:
        field = self.fields[SPELLING]
        assert isinstance(field, forms.MultipleChoiceField)
        field.widget, field.required = forms.CheckboxSelectMultiple(), True
        field.choices = [(name, _label(name)) for name in names]


def isolated(text: Any) -> SafeString:
    """Text that others wrote: whatever signs of direction are in it turn nothing beside it around."""
    # Plain text is most of it, and a page has hundreds: what escapes anything else takes three times as long.
    shown = escape(text) if type(text) is str else conditional_escape(text)
    return SafeString(f"<bdi>{shown}</bdi>")


def spelled(name: str) -> str:
    """A domain or mail address in letters, and behind it how it is resolved where that differs.

    Letters that run from right to left stay by themselves (`bdi`).
    """
    both = both_spellings(name)
    return both if both.isascii() else isolated(both)


def _label(name: str) -> str | SafeString:
    if mixes_alphabets(name):
        return format_html("{} · {}", spelled(name), gettext("letters of different alphabets are mixed in it"))
    return spelled(name)


def _names(value: Any) -> list[str]:
    """The names of a field's value: domains, or the one of an e-mail address."""
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    _local, at, domain = str(value or "").rpartition("@")
    return [domain] if at else []
