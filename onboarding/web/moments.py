"""A moment on a page: with its zone as it is, and in the reader's own zone where scripts run."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

KEPT = 4096


def moment(at: datetime) -> SafeString:
    """As HTML, in the language of the page."""
    local = localtime(at)
    return format_html(
        '<time datetime="{}" data-moment>{}</time>',
        local.isoformat(),
        _minute(local.replace(second=0, microsecond=0), get_language()),
    )


@lru_cache(maxsize=KEPT)
def _minute(local: datetime, language: str | None) -> str:
    """The minute in words of this language: a page of a hundred people has few, and the next one the same."""
    return f"{date_format(local, 'SHORT_DATETIME_FORMAT')} {local.tzname()}"
