"""The gate before a tenant is bound: whichever one check is taken out, a test notices. Without it, the good answer
still counts, so that it is the forgery that is noticed and not a program that fell over.
"""

from __future__ import annotations

from functools import partial

import pytest

from graphclient.identity import id_token, sign_in
from onboarding.consent import return_visit, round_trip
from onboarding.engine import graph_access
from tests.graphclient import test_sign_in
from tests.graphclient.entra import CLIENT, Entra
from tests.graphclient.graph_stub import GraphStub

from . import (
    test_alarms,
    test_consent,
    test_consent_codes,
    test_consent_endings,
    test_consent_forgery,
    test_consent_races,
    test_link,
    test_returning,
)
from .mutants import mutants
from .probes import NOTICED, Fixtures, Probe, probes, those_first
from .visitor import Invitation, Visitor, invited

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def fixtures(far: GraphStub) -> Fixtures:
    """Fresh ones for each probe, by the names that the tests know."""

    def make():
        far.forget()
        graph_access.discoveries.cache_clear()
        graph_access.sign_in.cache_clear()
        visitor = Visitor(Entra(far).open())
        return {
            "far": lambda: far,
            "entra": lambda: visitor.entra,
            "visitor": lambda: visitor,
            "client": lambda: visitor.client,
            "invitation": invited,
            "session": graph_access.session,
            "sign_in": partial(graph_access.sign_in, CLIENT),
            "used": partial(used_by, visitor),
            "elsewhere": partial(Visitor, visitor.entra),
        }

    return make


def used_by(visitor: Visitor) -> Invitation:
    invitation = invited()
    assert visitor.go_all_the_way(invitation).status_code == 302
    return invitation


def good_answer_counts(*, visitor: Visitor, invitation: Invitation) -> None:
    assert visitor.go_all_the_way(invitation).status_code == 302


KNOWN = ("far", "entra", "visitor", "client", "invitation", "session", "sign_in", "used", "elsewhere")
ROUND_TRIP = probes(
    [test_consent_forgery, test_consent_endings, test_consent, test_consent_codes, test_link, test_alarms], KNOWN
)
TOKENS = probes([test_sign_in], KNOWN)
RETURNS = probes([test_returning], KNOWN)
GOOD = Probe(good_answer_counts, {})
GOOD_RETURN = Probe(test_returning.test_shows_the_progress_to_who_approved, {})
RACES = {
    "_on_to_consent": test_consent_races.test_goes_on_to_one_consent_page,
    "_end": test_consent_races.test_notes_one_no,
}
MUTANTS = {
    f"{module.__name__}.{mutant.name}": (mutant, watched_by, good)
    for module, watched_by, good in [
        (round_trip, ROUND_TRIP, GOOD),
        (sign_in, TOKENS, GOOD),
        (id_token, TOKENS, GOOD),
        (return_visit, RETURNS, GOOD_RETURN),
    ]
    for mutant in mutants(module)
}
IN_TURN = {name: row for name, row in MUTANTS.items() if row[0].function.__name__ not in RACES}
AT_ONCE = {name: mutant for name, (mutant, _watched_by, _good) in MUTANTS.items() if name not in IN_TURN}
# Only for speed: all other tests are asked as well, when these have not noticed.
WHERE_TO_LOOK_FIRST = {
    "link_seen": "notes_that_it_was_opened",
    "expected_tenant": "expects_no_tenant",
    "begin_sign_in": "begins_nothing|does_not_begin|tried",
    "finish_sign_in": "sign_in_if_one|redeems_no_code|after_ten_minutes|cannot_be_believed|private_account",
    "record_consent": "is_down|plain_yes|believes_the_error|record_was_changed|after_ten_minutes|consent_if_one",
    "_grant": "second_answer",
    "_attempt": "redeems_no_code|repeated_answer|consent_if_one",
    "_check_in_time": "after_ten_minutes",
    "_checked": "callback|redeems_nothing",
    "validate_id_token": "does_not_believe|also_without_msal",
    "_kid": "does_not_believe|also_without_msal",
    "_decode": "does_not_believe|also_without_msal",
    "_guid": "does_not_believe",
    "_approval": "another_link|begins_with_no_other",
    "begin": "begins_with_no_other",
    "finish": "to_anybody_else|after_ten_minutes|does_not_fit|on_the_way",
}


@pytest.mark.parametrize(("mutant", "watched_by", "good"), IN_TURN.values(), ids=IN_TURN.keys())
def test_is_missed_when_it_is_gone(fixtures, mutant, watched_by, good):
    likely = WHERE_TO_LOOK_FIRST.get(mutant.function.__name__, "")
    with mutant.in_place():
        assert not good.notices(fixtures)
        noticing = next((probe for probe in those_first(likely, watched_by) if probe.notices(fixtures)), None)
    assert noticing, "no test has noticed"
    assert not noticing.notices(fixtures), "that test fails anyway"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mutant", AT_ONCE.values(), ids=AT_ONCE.keys())
def test_is_missed_by_equal_answers_at_once_when_it_is_gone(far, mutant):
    with mutant.in_place(), pytest.raises(NOTICED):
        RACES[mutant.function.__name__](far)
