"""Sentences that earlier releases stored are still shown in the reader's language, in the words they were said in."""

from __future__ import annotations

import pytest
from django.utils import translation

from devtools.commands import messages, setup
from onboarding.domain.sentences import Sentence

FORMER = {
    path.parts[-3]: messages.load(path, path.parts[-3])
    for path in sorted((messages.ROOT / "onboarding" / "former_locale").glob("*/LC_MESSAGES/django.po"))
}
PRESENT = {language: messages.load(path, language) for language, path in messages.paths(messages.ROOT).items()}


def test_has_each_former_text_in_the_same_languages_as_the_present_ones():
    assert set(FORMER) == set(PRESENT)
    texts = [{str(message.id) for message in catalogue} for catalogue in FORMER.values()]
    assert all(each == texts[0] for each in texts)
    assert "onboarding/former_locale" in setup.CATALOGUES


@pytest.mark.parametrize("language", FORMER)
def test_translates_each_former_text_with_its_gaps(language):
    problems = [messages.problem_of(text, FORMER[language]) for text in FORMER[language] if text.id]
    assert [problem for problem in problems if problem] == []


@pytest.mark.parametrize("language", FORMER)
def test_keeps_no_text_that_is_said_today(language):
    assert [str(text.id) for text in FORMER[language] if text.id and text.id in PRESENT[language]] == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The customer was created."), ("de", "Der Kunde"), ("fi", "Asiakas")]
)
def test_shows_what_an_earlier_release_stored_in_the_readers_language(language, words):
    with translation.override(language):
        assert str(Sentence("The customer was created.")).startswith(words)
