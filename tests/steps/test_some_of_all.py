"""Sentences that say something of some of all: the verb goes by the some, the noun by the all."""

from __future__ import annotations

import pytest
from django.utils import translation

from onboarding.domain.sentences import Plural, say
from onboarding.steps.enable import expected, step
from onboarding.steps.initial_cycle.step import FINISHED, STUCK
from onboarding.steps.live import causes
from onboarding.steps.shared import counted


def of(template: Plural, count: int) -> dict[str, object]:
    return {"of": say(template, count=count), "of_your": say(template, count=count)}


READY, THESE = step.READY_WITH_LINKED, expected.OF_THESE
FAILED, YOURS = causes.FAILED_FOR_CS.staff, causes.FAILED_BY_CUSTOMER.customer
SAID = [
    (
        READY,
        of(counted.OF_SCOPE_FIRST, 12) | {"there": 1, "new": 11},
        "Of 12 people in scope, Haiilo has 1 already, who is linked;",
        "Von 12 Personen im Bereitstellungsbereich hat Haiilo bereits 1, die verknüpft wird;",
        "Kohdejoukossa on 12 henkilöä, ja Haiilossa on heistä jo 1: tili yhdistetään.",
    ),
    (
        READY,
        of(counted.OF_SCOPE_FIRST, 12) | {"there": 2, "new": 10},
        "Of 12 people in scope, Haiilo has 2 already, who are linked;",
        "Von 12 Personen im Bereitstellungsbereich hat Haiilo bereits 2, die verknüpft werden;",
        "Kohdejoukossa on 12 henkilöä, ja Haiilossa on heistä jo 2: tilit yhdistetään.",
    ),
    (
        READY,
        of(counted.OF_SCOPE_FIRST, 1) | {"there": 1, "new": 0},
        "Of 1 person in scope, Haiilo has 1 already, who is linked;",
        "Von 1 Person im Bereitstellungsbereich hat Haiilo bereits 1, die verknüpft wird;",
        "Kohdejoukossa on 1 henkilö, ja Haiilossa on heistä jo 1: tili yhdistetään.",
    ),
    (
        THESE,
        of(counted.OF_SCOPE, 12) | {"failing": 1},
        "of 12 people in scope, 1 cannot get an account as the data is",
        "von 12 Personen im Bereitstellungsbereich kann 1 mit den jetzigen Daten kein Konto bekommen",
        "kohdejoukon 12 käyttäjästä 1 ei voi saada tiliä",
    ),
    (
        FAILED,
        of(counted.OF_PEOPLE, 2) | {"failed": 1, "why": ""},
        "1 of 2 people has no account",
        "1 von 2 Personen hat kein Konto",
        "2 käyttäjästä 1 on vailla tiliä",
    ),
    (
        YOURS,
        of(counted.OF_YOUR_PEOPLE, 2) | {"failed": 1, "advice": ""},
        "1 of your 2 people has no Haiilo account yet",
        "1 von 2 Personen bei Ihnen hat noch kein",
        "2 käyttäjästänne 1 on vielä vailla",
    ),
    (
        FINISHED,
        of(counted.OF_PEOPLE, 30) | {"done": 1, "at": "then"},
        "On then, 1 of 30 people was in Haiilo.",
        "Am then war 1 von 30 Personen in Haiilo.",
        "Haiilossa oli then 30 käyttäjästä 1.",
    ),
    (
        STUCK,
        of(counted.OF_ABOUT, 1) | {"done": 0, "hours": 2, "high": 2},
        "0 of about 1 person. Nothing has changed for 2 hours",
        "0 von etwa 1 Person. Seit 2 Stunden",
        "Valmiina 0 / noin 1 henkilöstä.",
    ),
    (
        step.OTHERWISE,
        {"before": say(counted.NEW_ACCOUNTS, count=1), "count": 2},
        "approved for 1 new account, and now 2 accounts can be created",
        "für 1 neues Konto genehmigt, jetzt können 2 Konten angelegt werden",
        "hyväksyttiin 1 uudelle tilille, ja nyt voidaan luoda 2 tiliä",
    ),
]


@pytest.mark.parametrize(("template", "values", "english", "german", "finnish"), SAID)
def test_gives_each_of_two_numbers_its_own_form(template, values, english, german, finnish):
    for language, told in (("en", english), ("de", german), ("fi", finnish)):
        with translation.override(language):
            assert told in str(say(template, **values))
