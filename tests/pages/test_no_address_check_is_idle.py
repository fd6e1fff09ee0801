"""The checks that keep a customer's people and token where they belong: whichever one is taken out, a test notices.

Without it, two people still move a customer and one creates it, so that it is the attack that is noticed and not a
program that fell over.
"""

from __future__ import annotations

import pytest

from onboarding.customers import addresses, answers, proposals, tenant_change
from onboarding.domain import hosts
from onboarding.models import Onboarding
from tests import builders
from tests.graphclient.entra import OTHER_TENANT, Entra
from tests.graphclient.graph_stub import GraphStub

from . import test_addresses, test_customer_form, test_hosts, test_tenant_proposals
from .mutants import Mutant, mutants
from .probes import Fixtures, Probe, probes, those_first
from .visitor import Visitor, invited

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
KNOWN = ("alice", "bob", "charlie", "customer", "bound", "made", "far")


@pytest.fixture
def fixtures(far: GraphStub) -> Fixtures:
    """Fresh ones for each probe, by the names that the tests know; within one probe they are about one customer."""

    def make():
        far.forget()
        known: dict[str, Onboarding] = {}

        def customer() -> Onboarding:
            return known.get("customer") or known.setdefault("customer", builders.onboarding())

        return {
            "alice": lambda: builders.signed_in("alice"),
            "bob": lambda: builders.signed_in("bob"),
            "charlie": lambda: builders.signed_in("charlie", "Another team"),
            "customer": customer,
            "bound": lambda: test_addresses.bind(customer()),
            "made": lambda: known.get("made") or known.setdefault("made", answered_by_another(far)),
            "far": lambda: far,
        }

    return make


def answered_by_another(far: GraphStub) -> Onboarding:
    """A customer for whom another tenant answered."""
    visitor, invitation = Visitor(Entra(far).open()), invited()
    visitor.granted({**visitor.consent(invitation), "tenant": OTHER_TENANT})
    return invitation.onboarding


ADDRESSES = probes([test_hosts, test_addresses, test_customer_form], KNOWN)
TENANTS = probes([test_tenant_proposals, test_addresses], KNOWN)
MOVES = Probe(test_addresses.test_moves_when_a_second_person_approves, {})
CREATES = Probe(test_customer_form.test_creates_the_customer_and_opens_it, {})
CHANGES = Probe(test_tenant_proposals.test_changes_what_is_expected_when_a_second_person_approves, {})
# Only for speed: all other tests are asked as well, when these have not noticed.
WHERE_TO_LOOK_FIRST = {
    "checked": "in_other_letters|for_haiilos_only|own_host_that_is_not|to_no_other|tenant_of_another|moves_a|is_free",
    "_bare": "look_alike|beside_the_host|is_no_host",
    "_check_own": "own_host_that_is_not",
    "is_taken": "customers_and_opens_it|to_no_other|no_tenant_is_bound",
    "is_frozen": "no_tenant_is_bound",
    "changed_by_one": "elsewhere_alone",
    "_propose": "so_already",
    "approve": "author|another_state",
    "_check_second_person": "author",
    "_check_still_possible": "another_state",
    "_open": "rejected",
    "_seal": "nowhere_to_send|read_off|two_customers_apart",
}


def _guards(mutant: Mutant) -> bool:
    """Whether it is about where data goes; there is one kind of secret, so which kind it is forbids nothing."""
    name = mutant.function.__name__
    if mutant.function.__module__ == answers.__name__:
        return name == "_seal" and mutant.without != "kind=kind"
    return name != "carry_out"


MUTANTS = {
    f"{module.__name__}.{mutant.name}": (mutant, watched_by, good)
    for module, watched_by, good in [
        (hosts, ADDRESSES, (CREATES,)),
        (addresses, ADDRESSES, (CREATES, MOVES)),
        (answers, ADDRESSES, (MOVES,)),
        (proposals, TENANTS, (MOVES, CHANGES)),
        (tenant_change, TENANTS, (CHANGES,)),
    ]
    for mutant in mutants(module)
    if _guards(mutant)
}


@pytest.mark.parametrize(("mutant", "watched_by", "good"), MUTANTS.values(), ids=MUTANTS.keys())
def test_is_missed_when_it_is_gone(fixtures, mutant, watched_by, good):
    likely = WHERE_TO_LOOK_FIRST.get(mutant.function.__name__, "")
    with mutant.in_place():
        assert not any(each.notices(fixtures) for each in good)
        noticing = next((probe for probe in those_first(likely, watched_by) if probe.notices(fixtures)), None)
    assert noticing, "no test has noticed"
    assert not noticing.notices(fixtures), "that test fails anyway"
