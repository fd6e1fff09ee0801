"""The gate before a customer's tenant: whichever one check is taken out, a test notices, and what is right passes."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from onboarding.customers import answers
from onboarding.engine import approvals, gate, ledger
from onboarding.models.onboarding import OnboardingQuerySet
from tests.pages.mutants import Mutant, mutants
from tests.pages.probes import NOTICED, Probe, probes, those_first

from . import test_gate, test_people, test_settling

pytestmark = pytest.mark.django_db

PROBES = probes([test_gate, test_people], ())
GOOD = [
    Probe(test_gate.test_lets_a_customer_that_is_not_live_act_by_itself, {}),
    Probe(test_gate.test_permits_what_was_approved_as_it_was_approved, {}),
    Probe(test_people.test_keeps_what_two_people_said_of_different_things, {}),
]
OF_PEOPLE = {"approve_plan", "_check_mine", "_check_nobody_said_otherwise"}
MUTANTS = {
    mutant.name: mutant
    for mutant in [*mutants(gate), *(each for each in mutants(answers) if each.function.__name__ in OF_PEOPLE)]
}
# Only for speed: all other tests are asked as well, when these have not noticed.
WHERE_TO_LOOK_FIRST = {
    "permit": "permits_n|may_not_any_more",
    "check": "at_rest|holds_all|nobody_approved|approved_once",
    "_check_acts_by_itself": "nobody_approved",
    "_check_approved": "approved_once|in_another_step|another_c|may_not_any_more",
    "_check_nobody_said_otherwise": "what_the_first_said|answer_to_another_step",
    "approve_plan": "approves_n|same_yes_twice|who_has_approved|as_they_were_shown",
    "_check_mine": "who_has_approved",
}

ENDS_THE_RUN = test_people.test_ends_the_run_that_is_under_way
# What the attacks of people at once need to be gone: the whole of it at one place.
ATTACKS = {
    "the gate before each request": (
        ledger,
        "permitted",
        test_settling.test_sends_no_second_request_once_all_changes_are_stopped,
    ),
    "the gate with the intent": (gate, "check", test_gate.test_holds_all_while_all_changes_are_stopped),
    "the end of a run": (
        OnboardingQuerySet,
        "interrupt",
        partial(test_people.test_ends_the_run_that_is_under_way, "pause"),
    ),
    "the end of an approval": (approvals, "settle", test_gate.test_is_used_up_once_the_step_is_done),
}


@pytest.mark.parametrize(("where", "name", "attack"), ATTACKS.values(), ids=ATTACKS.keys())
def test_lets_the_attack_through_when_it_is_gone(monkeypatch, where, name, attack):
    with transaction.atomic():
        attack()
        transaction.set_rollback(True)
    monkeypatch.setattr(where, name, lambda *_given, **_named: None)
    with pytest.raises(NOTICED):
        attack()


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_is_missed_when_it_is_gone(mutant: Mutant):
    likely = WHERE_TO_LOOK_FIRST[mutant.function.__name__]
    with mutant.in_place():
        assert not any(good.notices(dict) for good in GOOD)
        noticing = next((probe for probe in those_first(likely, PROBES) if probe.notices(dict)), None)
    assert noticing, "no test has noticed"
    assert not noticing.notices(dict), "that test fails anyway"
