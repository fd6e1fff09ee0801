"""How many of a customer's people have lost their names, by all that the list of people is filtered by at once.

A row whose name is erased has one word for what it is listed by, and the onboarding's row counts these words
(`Onboarding.erased`): of however many people, nobody has to be counted when a page is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import attrgetter

from onboarding.models import Person

LISTED_BY = ("standing", "cause", "differs_in", "finding_codes")
BETWEEN = "|"

_listed_by = attrgetter(*LISTED_BY)


def word_of(person: Person) -> str:
    """The word by which the person is counted; empty where the name is kept."""
    return "" if person.erased_at is None else BETWEEN.join(map(str, _listed_by(person)))


def count(counts: Mapping[str, int], wanted: Mapping[str, Collection[str]]) -> int:
    """How many of those counted have one of the words wanted in each of these columns."""
    return sum(people for word, people in counts.items() if _fits(word, wanted))


def _fits(word: str, wanted: Mapping[str, Collection[str]]) -> bool:
    told = dict(zip(LISTED_BY, word.split(BETWEEN), strict=True))
    return all(told[column] in words for column, words in wanted.items())
