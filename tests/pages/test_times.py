"""Times: with their zone named as the server writes them, and in the reader's own zone and days in a browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from playwright.sync_api import Browser, Page

from onboarding.models import clock
from onboarding.web.moments import moment, moments
from onboarding.web.step_view import age_of

APP = Path(__file__).resolve().parent.parent.parent / "onboarding" / "static" / "onboarding" / "app.js"
AT = datetime(2026, 11, 24, 22, 56, tzinfo=UTC)
PAGE = """<!doctype html><html lang="{language}"><body>
<time id="moment" datetime="2026-11-24T22:56:00+00:00" data-moment>24 Nov 2026, 22:56 UTC</time>
<time id="age" datetime="2026-11-24T22:56:00+00:00" data-age>just now</time>
<time id="other" datetime="2026-11-24T22:56:00+00:00" data-relative>as it was</time>
</body></html>"""


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "24 Nov 2026, 22:56 UTC"), ("de", "24.11.2026 22:56 UTC"), ("fi", "24.11.2026 22.56 UTC")],
)
def test_names_the_zone_without_scripts(language, written):
    with translation.override(language):
        assert moment(AT) == f'<time datetime="2026-11-24T22:56:00+00:00" data-moment>{written}</time>'


def test_writes_many_moments_in_the_zone_and_language_of_the_page():
    with timezone.override(ZoneInfo("Europe/Helsinki")), translation.override("fi"):
        written = moments()
    later = AT + timedelta(minutes=1)
    assert [str(written(each)) for each in (AT, later, AT)] == [
        f'<time datetime="2026-11-25T00:{minute}:00+02:00" data-moment>25.11.2026 00.{minute} EET</time>'
        for minute in ("56", "57", "56")
    ]


def test_says_nothing_of_a_moment_that_never_was():
    assert moment(None) == ""


@pytest.mark.django_db
def test_says_just_now_rather_than_no_minutes():
    assert age_of(clock.now()) == "just now"
    assert age_of(clock.now() - timedelta(minutes=2)) == "2\xa0minutes"


def read(browser: Browser, now: str, *, language: str = "en", zone: str = "Europe/Berlin") -> Page:
    """A page whose reader's clock shows `now`, an ISO time with its offset."""
    page = browser.new_context(timezone_id=zone, locale=language).new_page()
    page.clock.install(time=now)
    page.set_content(PAGE.format(language=language))
    page.add_script_tag(path=APP)
    return page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("now", "zone", "said"),
    [
        ("2026-11-24T23:00:00+00:00", "Europe/Berlin", "yesterday 23:56"),  # midnight is over there, not in UTC
        ("2026-11-24T22:58:00+00:00", "Europe/Berlin", "today 23:56"),
        ("2026-11-25T23:30:00+00:00", "Europe/Berlin", "24 Nov, 23:56"),
        ("2026-11-24T23:00:00+00:00", "America/New_York", "today 17:56"),
        ("2027-01-02T12:00:00+00:00", "UTC", "24 Nov 2026, 22:56"),
    ],
)
def test_counts_by_the_readers_own_days(browser, now, zone, said):
    page = read(browser, now, zone=zone)
    assert page.locator("#moment").text_content() == said
    assert page.locator("#other").text_content() == "as it was"
    assert "2026" in str(page.locator("#other").get_attribute("title"))
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "said"), [("de", "gestern 23:56"), ("fi", "eilen 23.56")])
def test_speaks_the_pages_language(browser, language, said):
    page = read(browser, "2026-11-24T23:30:00+00:00", language=language)
    assert page.locator("#moment").text_content() == said
    page.context.close()


@pytest.mark.browser
def test_stays_true_when_a_page_is_left_open_over_midnight(browser):
    page = read(browser, "2026-11-24T22:56:30+00:00")
    assert page.locator("#moment").text_content() == "today 23:56"
    assert page.locator("#age").text_content() == "just now"
    page.clock.run_for(5 * 60 * 1000)
    assert page.locator("#moment").text_content() == "yesterday 23:56"
    assert page.locator("#age").text_content() == "5 minutes"
    page.context.close()
