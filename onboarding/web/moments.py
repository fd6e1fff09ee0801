"""A moment on a page: with its zone as it is, and in the reader's own zone where scripts run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import lru_cache, partial

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import get_language, override

KEPT = 4096


def moment(at: datetime | None) -> SafeString:
    """As HTML, in the language of the page; empty where there was none."""
    return moments()(at) if at else SafeString()


def moments() -> Callable[[datetime], SafeString]:
    """As `moment`, for whoever shows many of them at once: which zone and language these are in is asked once."""
    return partial(_written, get_current_timezone(), get_language())


def _written(zone: tzinfo, language: str | None, at: datetime) -> SafeString:
    local = localtime(at, zone)
    minute = _in_words(local.replace(second=0, microsecond=0, tzinfo=None), local.tzname(), language)
    return SafeString(f'<time datetime="{local.isoformat()}" data-moment>{minute}</time>')


@lru_cache(maxsize=KEPT)
def _in_words(minute: datetime, zone: str | None, language: str | None) -> str:
    """The minute in this language, escaped: a page of a hundred people has few, and the next one the same. It has no
    zone of its own, or the same moment elsewhere would count as equal.
    """
    with override(language):
        return escape(f"{date_format(minute, 'SHORT_DATETIME_FORMAT')} {zone}")
