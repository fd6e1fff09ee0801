"""What is said where others are in scope than those for whom a start was approved."""

from __future__ import annotations

import pytest

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import ApprovedPlan, Change, Todo
from onboarding.steps.enable.step import Enable, Facts
from tests.narrow import instance
from tests.steps.facts import NOW, SCOPE, at_step, job, with_token


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (False, True, "for assigned users and groups only, and now the whole directory is in scope"),
        (True, False, "for the whole directory, and now 200 people are in scope"),
    ],
)
def test_says_that_others_are_in_scope_since_the_plan_was_approved_and_counts_no_whole_directory(before, now, says):
    plan = Change("enable", say("x"), payload={"people": 0 if before else 200, "sync_all": before})
    scope = SCOPE | ({"sync_all": True, "total": 0} if now else {})
    desired = at_step(
        "enable", **with_token(), approved={"enable": ApprovedPlan(1, (plan,), NOW)}, evidence={"scope": scope}
    )
    why = str(instance(Todo, Enable().assess(desired, Facts(job()))).why)
    assert (says in why, "0 people" in why.replace("200", "")) == (True, False)
