"""A moment on a page: with its zone as it is, and in the reader's own zone where scripts run."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

KEPT = 4096


def moment(at: datetime | None) -> SafeString:
    """As HTML, in the language of the page; empty where there was none."""
    if not at:
        return SafeString()
    local = localtime(at)
    return SafeString(f'<time datetime="{local.isoformat()}" data-moment>{_minute(local, get_language())}</time>')


def _minute(local: datetime, language: str | None) -> str:
    return _in_words(local.replace(second=0, microsecond=0), language)


@lru_cache(maxsize=KEPT)
def _in_words(minute: datetime, language: str | None) -> str:
    """The minute in this language, escaped: a page of a hundred people has few, and the next one the same."""
    return escape(f"{date_format(minute, 'SHORT_DATETIME_FORMAT')} {minute.tzname()}")
