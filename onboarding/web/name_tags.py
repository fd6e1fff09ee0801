"""How templates show names of the DNS and text that others wrote: `{% load names %}`, by TEMPLATES in the settings."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from graphclient.names import both_spellings
from onboarding.steps.scope.evidence import ends_shown

register = template.Library()


@register.filter
def spelled(names: str | Sequence[str]) -> str:
    """A domain or mail address, or several, in letters, and behind it how it is resolved where that differs.

    Letters that run from right to left stay by themselves (`bdi`).
    """
    if isinstance(names, str):
        return _isolated(both_spellings(names))
    return format_html_join(", ", "{}", ((_isolated(both_spellings(name)),) for name in names))


@register.filter
def isolated(text: object) -> SafeString:
    """Text that others wrote: whatever signs of direction are in it turn nothing beside it around."""
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def ends(text: object) -> SafeString:
    """Text that others wrote, with blanks at its ends to be seen."""
    return isolated(ends_shown(str(text)))


def _isolated(text: str) -> str:
    return text if text.isascii() else isolated(text)
