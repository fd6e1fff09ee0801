"""What a step says when it is done stays on the page until it is read again: it tells what was so, not what is."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from onboarding.domain.sentences import Template, say
from onboarding.steps.connection import step as connection
from onboarding.steps.enable import step as enable
from onboarding.steps.initial_cycle import step as initial_cycle
from onboarding.steps.readiness import step as readiness
from onboarding.steps.scope import step as scope

SAID: list[tuple[Template, str]] = [
    (
        enable.RUNS,
        "Provisioning was started. More than 2 deletions at once need the customer's confirmation (“Prevent "
        "accidental deletions”).",
    ),
    (scope.COUNTED, "2 people in scope when last counted: 2 assigned directly, 2 through groups"),
    (readiness.SUPPORTS, "When last checked, all permissions were granted and 2 applications supported provisioning."),
    (connection.TESTED, "Connection tested: on 2 Microsoft reached Haiilo at 2."),
    (connection.UNTESTED, "When last checked, the job sent to 2. While we only read, its token is not tested."),
    (initial_cycle.FINISHED, "First cycle finished. On 2, 2 of 2 people were in Haiilo."),
]
GAPS = dict.fromkeys(("guard", "total", "direct", "by_group", "count", "address", "at", "done"), 2) | {
    "of": "of 2 people"
}


@pytest.mark.parametrize(("template", "told"), SAID)
def test_says_of_what_may_have_moved_on_how_it_was(template, told):
    assert str(say(template, **GAPS)) == told
    for language in ("de", "fi"):
        with translation.override(language):
            assert not re.search(r"\b(läuft|erreicht|unterstützt|on käynnissä|tukee)\b", str(say(template, **GAPS)))
