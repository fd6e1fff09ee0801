"""Collecting, checking and compiling translations."""

from __future__ import annotations

import gettext

import pytest

from devtools.commands import messages

TEMPLATE = """{% load i18n %}<p title="it's">{% translate "Board" %}{% translate "May" context "month" %}
  {% blocktranslate count n=people %}One of {{ name }}{% plural %}{{ n }} of {{ name }}{% endblocktranslate %}
      {% blocktranslate trimmed %}
        Two
        lines
      {% endblocktranslate %}</p>
"""
PYTHON = 'say(_("a %(x)s " "b"), x=1)\ngettext(variable)\nngettext("%(n)s day", "%(n)s days", n)\nother("no text")\n'


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house of one module and one template."""
    (tmp_path / "onboarding").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "onboarding" / "x.py").write_text(PYTHON)
    (tmp_path / "templates" / "x.html").write_text(TEMPLATE)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "onboarding" / "locale")
    monkeypatch.setattr(messages, "PYTHON_ROOMS", ("onboarding",))
    return tmp_path


def translate(language: str, **texts: str | tuple[str, str]) -> None:
    """Put translations into a .po, by the first words of the text."""
    catalogue = messages.load(language)
    for message in catalogue:
        form = message.id[0] if isinstance(message.id, tuple) else message.id
        for beginning, text in texts.items():
            if form and form.startswith(beginning.replace("_", " ")):
                message.string = text
    with messages.path_of(language).open("wb") as file:
        messages.write_po(file, catalogue)


def translate_all(language: str) -> None:
    translate(
        language,
        Board="Tafel",
        May="Mai",
        One=("Eine von %(name)s", "%(n)s von %(name)s"),
        Two="Zwei Zeilen",
        a="%(x)s und b",
    )
    catalogue = messages.load(language)
    catalogue.get("%(n)s day").string = ("%(n)s Tag", "%(n)s Tage")
    with messages.path_of(language).open("wb") as file:
        messages.write_po(file, catalogue)


def test_finds_texts_in_python_and_templates(house):
    found = {(text.context, *text.forms) for text in messages.collect()}
    assert found == {
        (None, "a %(x)s b"),
        (None, "%(n)s day", "%(n)s days"),
        (None, "Board"),
        ("month", "May"),
        (None, "One of %(name)s", "%(n)s of %(name)s"),
        (None, "Two lines"),
    }


def test_names_every_text_without_translation(house, capsys):
    assert messages.extract() == 0
    capsys.readouterr()
    assert messages.check() == 1
    assert "fi: no translation of “Board” (templates/x.html)" in capsys.readouterr().out


def test_is_content_when_all_is_translated(house, capsys):
    messages.extract()
    translate_all("de")
    translate_all("fi")
    assert messages.check() == 0, capsys.readouterr().out


def test_keeps_translations_when_texts_come_and_go(house):
    messages.extract()
    translate_all("de")
    (house / "templates" / "x.html").write_text("{% load i18n %}{% translate 'Board' %}{% translate 'Users' %}")
    messages.extract()
    catalogue = messages.load("de")
    assert catalogue.get("Board").string == "Tafel"
    assert catalogue.get("Users").string == ""
    assert catalogue.get("Two lines") is None


@pytest.mark.parametrize("wrong", ["und b", "%(y)s und b", "%(x)s %(x2)s b"])
def test_refuses_a_translation_with_other_gaps(house, capsys, wrong):
    messages.extract()
    translate_all("de")
    translate_all("fi")
    translate("de", a=wrong)
    assert messages.check() == 1
    assert f"de: “{wrong}” has other gaps" in capsys.readouterr().out


def test_compiles_what_gettext_reads(house):
    messages.extract()
    translate_all("de")
    messages.compile_all()
    read = gettext.translation("django", messages.LOCALE, ["de"])
    assert read.gettext("Board") == "Tafel"
    assert read.ngettext("%(n)s day", "%(n)s days", 2) == "%(n)s Tage"
    assert read.pgettext("month", "May") == "Mai"
