"""Stored sentences in their reader's language: amounts with its separators, everything else as it was given."""

from __future__ import annotations

import pytest
from django.utils import translation

from onboarding.domain.sentences import Sentence, say

SENTENCE = say("%(count)s people are in Haiilo", count=12345)


@pytest.mark.parametrize(("language", "amount"), [("en", "12,345"), ("de", "12.345"), ("fi", "12\xa0345")])
def test_separates_the_thousands_of_an_amount(language, amount):
    with translation.override(language):
        assert str(SENTENCE).startswith(amount)
        stored = Sentence.from_json(SENTENCE.as_json())
        assert str(stored) == str(SENTENCE)


@pytest.mark.parametrize("given", ["12345", "8443", "AADSTS90002"])
def test_leaves_ids_ports_and_codes_as_they_are(given):
    assert str(say("It says %(code)s.", code=given)) == f"It says {given}."


def test_separates_also_within_a_sentence_in_a_sentence():
    inner = say("%(count)s people", count=4006)
    assert str(say("Seen: %(what)s.", what=inner)) == "Seen: 4,006 people."


def test_takes_no_yes_or_no_for_an_amount():
    assert str(say("%(found)s", found=True)) == "True"


def test_keeps_a_value_that_turns_text_around_by_itself():
    """Public case 17: what stands behind the name is read as it was written (UAX 9: an isolate ends an override)."""
    told = str(say("%(person)s was created.", person="Eva \u202egpj.exe\u2069"))
    assert told == "\u2068Eva \u202egpj.exe\u2069 was created."
    assert str(say("%(person)s was created.", person="Eva Ärm")) == "Eva Ärm was created."
