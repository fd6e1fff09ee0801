"""The typeface: made of a package's files, small, under a name of its own, and served under a name to be cached."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from fontTools.ttLib import TTFont

from config import fonts
from tests.house.test_layout import ROOT

BUDGET = 58_000  # bytes of both weights, which a telephone loads before it shows the first page
FROM_THE_SYSTEM = set("✓✕◐▸")


@pytest.fixture(params=sorted(fonts.WEIGHTS))
def font(request: pytest.FixtureRequest) -> Iterator[TTFont]:
    found = finders.find(f"onboarding/fonts/{request.param}")
    assert found, "the finder makes it"
    with TTFont(found) as font:
        yield font


def test_has_every_letter_that_a_translation_uses(font):
    catalogues = sorted(ROOT.glob("onboarding/locale/*/LC_MESSAGES/django.po"))
    assert len(catalogues) > 1
    used = {letter for path in catalogues for letter in path.read_text() if unicodedata.category(letter)[0] in "LNP"}
    assert len(used) > 80
    assert sorted(used - FROM_THE_SYSTEM - {chr(code) for code in font.getBestCmap()}) == []


def test_keeps_the_reserved_name_for_the_unchanged_font(font):
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert names[1] == names[4] == fonts.NAME
    assert "Open Font License" in names[13]
    assert not [text for number, text in names.items() if number not in fonts.KEPT and "Lato" in text]


def test_stays_within_what_a_telephone_may_load():
    folder = fonts.made() / fonts.PLACE
    assert sum((folder / name).stat().st_size for name in fonts.WEIGHTS) <= BUDGET


def test_is_named_in_the_stylesheet_as_production_serves_it(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    (sheet,) = tmp_path.glob("onboarding/base.????????????.css")
    named = re.findall(r'url\("([^"]+)"\)', sheet.read_text())
    assert len(named) == len(fonts.WEIGHTS)
    assert [name for name in named if not (sheet.parent / name).is_file()] == []
    assert all(re.fullmatch(r"fonts/sans-\w+\.[0-9a-f]{12}\.woff2", name) for name in named)
