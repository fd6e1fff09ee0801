"""The gate before a customer's tenant: whichever one check is taken out, a test notices, and what is right passes."""

from __future__ import annotations

import pytest

from onboarding.customers import answers
from onboarding.engine import gate
from tests.pages.mutants import Mutant, mutants
from tests.pages.probes import Probe, probes

from . import test_gate, test_people

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


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_is_missed_when_it_is_gone(mutant: Mutant):
    with mutant.in_place():
        assert not any(good.notices(dict) for good in GOOD)
        noticing = next((probe for probe in PROBES if probe.notices(dict)), None)
    assert noticing, "no test has noticed"
    assert not noticing.notices(dict), "that test fails anyway"
