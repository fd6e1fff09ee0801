"""Counted sentences: every number gets its own form in English, German and Finnish, and no text forgets to count."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages import Message
from django.utils import translation
from django.utils.translation import ngettext

from devtools.commands.messages import ROOT, load, paths

GAP = re.compile(r"%\((\w+)\)s")
QUANTITIES = (
    "count",
    "counter",
    "number",
    "total",
    "days",
    "hours",
    "minutes",
    "guard",
    "shown",
    "arrived",
    "done",
    "most",
)
BARE = re.compile(rf"%\(({'|'.join(QUANTITIES)})\)s")
WORDS_FOR_ONE = re.compile(r"\b(one|eine|yksi|yhden)\b", re.IGNORECASE)
# A text that shows a quantity and yet has one form: why that is right in every number.
ONE_FORM: dict[str, str] = {
    "The domains belong to %(count)s different Microsoft tenants. Enter the ID of the right one.": "always two or more",
    "%(count)s applications lead to %(host)s. Choose the one people really sign in with.": "always two or more",
    "Only the first %(most)s rows are here. Filter first.": "a limit of thousands",
    "Waiting for Microsoft to begin the first cycle; that takes up to %(minutes)s minutes.": "Microsoft's 40 minutes",
}
LABEL = re.compile(r"^[^%.]*: %\(number\)s$")
RATIO = re.compile(r"%\(\w+\)s of (about )?%\(\w+\)s")
TITLE = re.compile(r"%\(number\)s %\(title\)s")


def texts() -> Iterator[Message]:
    """All texts, once: both catalogues have the same."""
    yield from (message for message in load(paths(ROOT)["de"], "de") if message.id)


COUNTED = sorted(
    (str(message.id[0]), str(message.id[1])) for message in texts() if isinstance(message.id, tuple | list)
)
SINGLE = sorted(str(message.id) for message in texts() if isinstance(message.id, str))


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@pytest.mark.parametrize("number", [0, 1, 2, 5])
def test_counts_in_every_language(language, number):
    with translation.override(language):
        for one, several in COUNTED:
            said = ngettext(one, several, number)
            shown = said % dict.fromkeys(GAP.findall(one + several), str(number))
            assert "%(" not in shown
            has_number = re.search(rf"\b{number}\b", shown) is not None
            assert has_number or (number == 1 and WORDS_FOR_ONE.search(shown)), f"{language}: “{shown}” lacks {number}"


@pytest.mark.parametrize("language", ["de", "fi"])
def test_translates_both_forms(language):
    catalogue = load(paths(ROOT)[language], language)
    for one, _several in COUNTED:
        message = catalogue.get(one)
        assert message is not None, one
        assert [bool(form) for form in message.string or ()] == [True, True], one


def test_leaves_no_quantity_uncounted():
    forgotten = [
        text
        for text in SINGLE
        if BARE.search(text)
        and text not in ONE_FORM
        and not (LABEL.search(text) or RATIO.search(text) or TITLE.search(text))
    ]
    assert forgotten == [], "write these with plural() or with blocktranslate count"


def test_excuses_only_what_there_is():
    assert set(ONE_FORM) <= set(SINGLE)


SOME_OF_ALL = re.compile(
    r"%\(\w+\)s of (?:about |your )?%\(\w+\)s (?:person|people)\b[^.;:]*\b(?:is|are|was|were|has|have)\b"
)


def test_lets_the_verb_of_some_of_all_go_by_the_some():
    """ "1 of 12 people is": the one form counts the some, the other one, in a part of its own, the all."""
    said = [*SINGLE, *(form for forms in COUNTED for form in forms)]
    assert SOME_OF_ALL.search("%(failed)s of your %(all)s people have no account")
    assert [text for text in said if SOME_OF_ALL.search(text)] == []
