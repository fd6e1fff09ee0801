"""Collecting, checking and compiling translations."""

from __future__ import annotations

import gettext
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import write_po

from devtools.commands import messages, setup
from tests.narrow import present

TEMPLATE = """{% load i18n %}<p title="it's">{% translate "Board" %}{% translate "May" context "month" %}
  {% blocktranslate count n=people %}One of {{ name }}{% plural %}{{ n }} of {{ name }}{% endblocktranslate %}
      {% blocktranslate trimmed %}
        Two
        lines
      {% endblocktranslate %}</p>
"""
PYTHON = """say(_("a %(x)s " "b"), x=1)
gettext(variable)
ngettext("%(n)s day", "%(n)s days", n)
other("no text")
gettext_noop("Later")
plural("{n} file", "{n} files", by="n")
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of one module and one template, collected as [tool.babel] of pyproject.toml says."""
    (tmp_path / "onboarding").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "pyproject.toml").write_text((messages.ROOT / "pyproject.toml").read_text())
    (tmp_path / "onboarding" / "x.py").write_text(PYTHON)
    (tmp_path / "templates" / "x.html").write_text(TEMPLATE)
    for language in ("de", "fi"):
        path = tmp_path / messages.CATALOGUES / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_po(file, Catalog(locale=language, charset="utf-8", fuzzy=False))
    return tmp_path


def load(house, language: str) -> Catalog:
    return messages.load(messages.paths(house)[language], language)


def save(house, language: str, catalogue: Catalog) -> None:
    with messages.paths(house)[language].open("wb") as file:
        write_po(file, catalogue)


def translate(house, language: str, **texts: str | tuple[str, str]) -> None:
    """Put translations into a .po, by the first words of the text."""
    catalogue = load(house, language)
    for message in catalogue:
        form = message.id if isinstance(message.id, str) else message.id[0]
        for beginning, text in texts.items():
            if form and form.startswith(beginning.replace("_", " ")):
                message.string = text
    save(house, language, catalogue)


def translate_all(house, language: str) -> None:
    translate(
        house,
        language,
        Board="Tafel",
        May="Mai",
        One=("Eine von %(name)s", "%(n)s von %(name)s"),
        Two="Zwei Zeilen",
        a="%(x)s und b",
        Later="Später",
    )
    catalogue = load(house, language)
    present(catalogue.get("%(n)s day")).string = ("%(n)s Tag", "%(n)s Tage")
    present(catalogue.get("{n} file")).string = ("{n} Datei", "{n} Dateien")
    save(house, language, catalogue)


def test_finds_texts_in_python_and_templates(house, tmp_path_factory):
    template = messages.load(messages.extract(tmp_path_factory.mktemp("template"), house))
    assert {(text.context, text.id, text.locations[0][0]) for text in template if text.id} == {
        (None, "a %(x)s b", "onboarding/x.py"),
        (None, ("%(n)s day", "%(n)s days"), "onboarding/x.py"),
        (None, "Later", "onboarding/x.py"),
        (None, ("{n} file", "{n} files"), "onboarding/x.py"),
        (None, "Board", "templates/x.html"),
        ("month", "May", "templates/x.html"),
        (None, ("One of %(name)s", "%(n)s of %(name)s"), "templates/x.html"),
        (None, "Two lines", "templates/x.html"),
    }


def test_names_every_text_without_translation(house, capsys):
    assert messages.update(house) == 0
    capsys.readouterr()
    assert messages.check(house) == 1
    assert "fi: no translation of “Board” (templates/x.html)" in capsys.readouterr().out


def test_is_content_when_all_is_translated(house, capsys):
    messages.update(house)
    translate_all(house, "de")
    translate_all(house, "fi")
    assert messages.check(house) == 0, capsys.readouterr().out


def test_begins_a_language_whose_folder_is_there(house, capsys):
    (house / messages.CATALOGUES / "sv").mkdir()
    messages.update(house)
    assert "sv: 8 texts, 8 to translate" in capsys.readouterr().out
    assert not load(house, "sv").fuzzy


def test_keeps_translations_when_texts_come_and_go(house):
    messages.update(house)
    translate_all(house, "de")
    (house / "templates" / "x.html").write_text("{% load i18n %}{% translate 'Board' %}{% translate 'Users' %}")
    messages.update(house)
    catalogue = load(house, "de")
    assert present(catalogue.get("Board")).string == "Tafel"
    assert present(catalogue.get("Users")).string == ""
    assert catalogue.get("Two lines") is None


def test_refuses_a_catalogue_that_would_not_be_compiled(house, capsys):
    messages.update(house)
    translate_all(house, "de")
    translate_all(house, "fi")
    catalogue = load(house, "fi")
    catalogue.fuzzy = True
    save(house, "fi", catalogue)
    assert messages.check(house) == 1
    assert "fi: marked fuzzy" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["und b", "%(y)s und b", "%(x)s %(x2)s b"])
def test_refuses_a_translation_with_other_gaps(house, capsys, wrong):
    messages.update(house)
    translate_all(house, "de")
    translate_all(house, "fi")
    translate(house, "de", a=wrong)
    assert messages.check(house) == 1
    assert f"de: “{wrong}” has other gaps" in capsys.readouterr().out


def test_compiles_what_gettext_reads(house):
    messages.update(house)
    translate_all(house, "de")
    subprocess.run([sys.executable, *setup.COMPILE, str(messages.CATALOGUES)], cwd=house, check=True)  # noqa: S603 - the command is ours
    read = gettext.translation("django", house / messages.CATALOGUES, ["de"])
    assert read.gettext("Board") == "Tafel"
    assert read.ngettext("%(n)s day", "%(n)s days", 2) == "%(n)s Tage"
    assert read.pgettext("month", "May") == "Mai"
