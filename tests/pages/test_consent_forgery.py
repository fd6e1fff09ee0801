"""Answers that do not belong together. A consent counts only if state, browser, link and tenant all agree."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from graphclient import GLOBAL
from onboarding.consent import round_trip
from onboarding.consent.round_trip import Redirect
from onboarding.models import ConsentAttempt, Event, Link, StepState
from tests import builders
from tests.graphclient.entra import Entra

from .visitor import Invitation, Visitor, invited

pytestmark = pytest.mark.django_db

_numbers = itertools.count(1)
CONDITIONS: dict[str, dict[str, Any]] = {
    "open": {},
    "revoked": {"revoked_at": timezone.now()},
    "expired": {"expires_at": timezone.now() - timedelta(minutes=1)},
    "used": {"used_at": timezone.now()},
}


@dataclass(frozen=True)
class Answer:
    """What comes back to us, part by part. The default is Anna's own answer for her own customer."""

    state: str = "anna's"
    browser: str = "anna's"
    tenant: str = "anna's"
    link: str = "open"
    in_time: bool = True

    @property
    def agrees(self) -> bool:
        return self.state in ("anna's", "boris's") and self == Answer(self.state, self.state, self.state)


ANSWERS = st.builds(
    Answer,
    state=st.sampled_from(["anna's", "boris's", "an ended one of anna's", "another kind of anna's", "made up"]),
    browser=st.sampled_from(["anna's", "boris's", "nobody's"]),
    tenant=st.sampled_from(["anna's", "boris's"]),
    link=st.sampled_from(list(CONDITIONS)),
    in_time=st.booleans(),
)
DIFFERENCES: list[dict[str, Any]] = [
    {"state": "boris's"},
    {"state": "an ended one of anna's"},
    {"state": "another kind of anna's"},
    {"state": "made up"},
    {"browser": "boris's"},
    {"browser": "nobody's"},
    {"tenant": "boris's"},
    {"link": "revoked"},
    {"link": "expired"},
    {"link": "used"},
    {"in_time": False},
]
ONE_THING_WRONG = [replace(Answer(), **difference) for difference in DIFFERENCES]
many = examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Party:
    """A customer, its link, its tenant at Microsoft, and its admin's browser."""

    def __init__(self, far) -> None:
        self.tenant = f"2f1b7c52-6a0f-4e0a-8c5d-{next(_numbers):012d}"
        self.entra = Entra(far, tenant=self.tenant).open()
        self.invitation: Invitation = invited(self.tenant)
        self.visitor = Visitor(self.entra)


class World:
    """Anna and Boris, each with a round trip under way; Anna has another one that ended with a no."""

    def __init__(self, far) -> None:
        self.anna, self.boris = Party(far), Party(far)
        self.nobody = Visitor(self.anna.entra)
        self.parties = {"anna's": self.anna, "boris's": self.boris}

    def spoil(self, answer: Answer) -> None:
        """Make the link of the state's owner what the answer says, and the attempts old."""
        owner = self.parties.get(answer.state, self.anna)
        Link.objects.filter(pk=owner.invitation.link.pk).update(**CONDITIONS[answer.link])
        if not answer.in_time:
            long_ago = timezone.now() - round_trip.MAX_TIME_EACH_WAY - timedelta(seconds=5)
            ConsentAttempt.objects.update(started_at=long_ago)
            ConsentAttempt.objects.exclude(signed_in_at=None).update(signed_in_at=long_ago)

    def browser(self, answer: Answer) -> Visitor:
        return self.parties[answer.browser].visitor if answer.browser in self.parties else self.nobody

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens in the block is undone at its end: rows, cookies, and what the tenants claim."""
        visitors = [self.nobody, *(party.visitor for party in self.parties.values())]
        cookies = [copy.deepcopy(each.client.cookies) for each in visitors]
        before = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(before)
            for visitor, kept in zip(visitors, cookies, strict=True):
                visitor.client.cookies = kept
            for party in self.parties.values():
                party.entra.claims = {}


def ended_state(party: Party) -> str:
    """The state of a round trip that the admin declined."""
    state = party.visitor.consent(party.invitation)["state"]
    party.visitor.granted({"state": state, "error": "access_denied"})
    return state


@pytest.fixture
def world(far) -> World:
    return World(far)


@pytest.fixture
def consents(world: World) -> dict[str, str]:
    """The states of the round trips that are under way to Microsoft's consent page."""
    return consents_in(world)


@many
@given(answer=ANSWERS)
@example(answer=Answer())
@example(answer=Answer("boris's", "boris's", "boris's"))
def test_takes_a_consent_only_if_everything_agrees(world, consents, answer):
    with world.undone():
        check_consent(world, consents, answer)


@pytest.mark.parametrize("answer", ONE_THING_WRONG, ids=str)
def test_takes_no_consent_if_one_thing_differs(far, answer):
    assert not answer.agrees
    world = World(far)
    check_consent(world, consents_in(world), answer)


def consents_in(world: World) -> dict[str, str]:
    return {
        "an ended one of anna's": ended_state(world.anna),
        "another kind of anna's": world.anna.visitor.begin(world.anna.invitation)["state"],
        "made up": "made-up",
        **{name: party.visitor.consent(party.invitation)["state"] for name, party in world.parties.items()},
    }


def check_consent(world: World, states: dict[str, str], answer: Answer) -> None:
    world.spoil(answer)
    tenant = world.parties[answer.tenant].tenant
    params = {"state": states[answer.state], "tenant": tenant, "admin_consent": "True"}
    response = world.browser(answer).granted(params)
    assert (response.status_code == 302) is answer.agrees
    for name, party in world.parties.items():
        mine = answer.agrees and answer.state == name
        assert party.invitation.is_granted is mine
        assert (ConsentAttempt.objects.filter(link=party.invitation.link).exclude(granted_at=None).count() == 1) is mine
        assert Event.objects.filter(onboarding=party.invitation.onboarding, kind="consent").exists() is mine
        assert (party.visitor.client.get(reverse("progress")).status_code == 200) is mine


@dataclass(frozen=True)
class SignIns:
    """Those under way, by who began them: what Microsoft answers, and what msal kept. And a state of another kind."""

    begun: dict[str, dict[str, str]]
    flows: dict[str, Mapping[str, Any]]
    other_state: str


@pytest.fixture
def sign_ins(world: World) -> SignIns:
    return sign_ins_in(world)


@many
@given(answer=ANSWERS)
@example(answer=Answer())
@example(answer=Answer("boris's", "boris's", "boris's"))
def test_goes_on_after_a_sign_in_only_if_everything_agrees(world, sign_ins, answer):
    with world.undone():
        check_sign_in(world, sign_ins, answer)


@pytest.mark.parametrize("answer", ONE_THING_WRONG, ids=str)
def test_does_not_go_on_after_a_sign_in_if_one_thing_differs(far, answer):
    world = World(far)
    check_sign_in(world, sign_ins_in(world), answer)


def sign_ins_in(world: World) -> SignIns:
    begun, flows = {}, {}
    for name, party in world.parties.items():
        redirect = round_trip.begin_sign_in(party.invitation.link, browser=name)
        begun[name], flows[name] = party.entra.visit(redirect.url), redirect.flow
    nonce = world.anna.entra.nonce
    other_state = world.anna.visitor.consent(world.anna.invitation)["state"]
    world.anna.entra.nonce = nonce
    return SignIns(begun, flows, other_state)


def check_sign_in(world: World, sign_ins: SignIns, answer: Answer) -> None:
    """Here the browser's session also holds what msal kept, so the answer is carried with the state's own flow.

    A forger who could also plant that would still be refused: the functions are asked directly.
    """
    begun, flows = sign_ins.begun, sign_ins.flows
    states = {"another kind of anna's": sign_ins.other_state, "made up": "made-up"}
    if answer.state == "an ended one of anna's":
        ConsentAttempt.objects.filter(link=world.anna.invitation.link, signed_in_at=None).update(
            answered_at=timezone.now()
        )
    owner = answer.state if answer.state in world.parties else "anna's"
    signs_in = world.parties[answer.tenant]
    party = world.parties[owner]
    party.entra.claims = {"tid": signs_in.tenant, "iss": f"{GLOBAL.login}/{signs_in.tenant}/v2.0"}
    world.spoil(answer)
    params = {**begun[owner], "state": states.get(answer.state, begun[owner]["state"])}
    try:
        granting: Redirect | None = round_trip.finish_sign_in(
            {**flows[owner], "state": params["state"]}, params, browser=answer.browser
        )
    except round_trip.ConsentProblem:
        granting = None
    assert (granting is not None) is answer.agrees
    if granting:
        assert f"/{party.tenant}/v2.0/adminconsent" in granting.url
    for name, each in world.parties.items():
        signed_in = [attempt for attempt in each.invitation.attempts() if attempt.signed_in_at]
        assert all(attempt.signed_in_tenant == each.tenant for attempt in signed_in)
        expected = (1 if name == "anna's" else 0) + (1 if answer.agrees and answer.state == name else 0)
        assert len(signed_in) == expected


def test_redeems_no_code_for_an_answer_that_was_seen_before(far):
    """A repeated answer is refused before Microsoft is asked."""
    anna = Party(far)
    redirect = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    params = anna.entra.visit(redirect.url)
    round_trip.finish_sign_in(redirect.flow, params, browser="anna's")
    with pytest.raises(round_trip.ConsentProblem, match="forged"):
        round_trip.finish_sign_in(redirect.flow, params, browser="anna's")
    assert len(far.seen("POST", anna.entra.token_path)) == 1


@pytest.mark.parametrize("answer", [replace(Answer(), browser="nobody's"), replace(Answer(), link="revoked")], ids=str)
def test_redeems_no_code_for_somebody_else(far, answer):
    world = World(far)
    redirect = round_trip.begin_sign_in(world.anna.invitation.link, browser="anna's")
    params = world.anna.entra.visit(redirect.url)
    world.spoil(answer)
    with pytest.raises(round_trip.ConsentProblem):
        round_trip.finish_sign_in(redirect.flow, params, browser=answer.browser)
    assert far.seen("POST", world.anna.entra.token_path) == []


def test_is_not_misled_by_the_answer_to_another_begin_of_the_same_browser(far):
    """State of one round trip, what msal kept of another: neither counts."""
    anna = Party(far)
    first = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    second = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    with pytest.raises(round_trip.ConsentProblem, match="forged"):
        round_trip.finish_sign_in(first.flow, anna.entra.visit(second.url), browser="anna's")
    assert not [attempt for attempt in anna.invitation.attempts() if attempt.signed_in_at]


def test_expects_no_tenant_but_that_of_the_customers_domains(far):
    """Another step has seen a tenant as well; what was resolved before the link was sent is what counts."""
    anna = Party(far)
    elsewhere = Party(far).tenant
    builders.done(anna.invitation.onboarding, consent={"tenant_id": elsewhere})
    StepState.objects.filter(onboarding=anna.invitation.onboarding, key="customer").delete()
    with pytest.raises(round_trip.ConsentProblem, match="not_ready"):
        round_trip.begin_sign_in(anna.invitation.link, browser="anna's")


@pytest.mark.parametrize("condition", ["revoked", "expired", "used"])
def test_begins_nothing_with_a_closed_link(far, condition):
    anna = Party(far)
    Link.objects.filter(pk=anna.invitation.link.pk).update(**CONDITIONS[condition])
    with pytest.raises(round_trip.ConsentProblem, match="link_closed"):
        round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    assert not ConsentAttempt.objects.exists()


def test_takes_the_second_answer_of_one_link_for_a_closed_link(far):
    """Two admins with the same link, both signed in: the first yes wins."""
    anna = Party(far)
    colleague = Visitor(anna.entra)
    answers = [anna.visitor.consent(anna.invitation), colleague.consent(anna.invitation)]
    assert anna.visitor.granted(answers[0]).status_code == 302
    assert colleague.granted(answers[1]).status_code == 410
    assert sum(attempt.granted_at is not None for attempt in anna.invitation.attempts()) == 1


def test_counts_a_repeated_answer_once_and_leads_to_the_progress_again(far):
    anna = Party(far)
    answer = anna.visitor.consent(anna.invitation)
    assert [anna.visitor.granted(answer).status_code for _time in range(3)] == [302, 302, 302]
    assert Event.objects.filter(kind="consent").count() == 1


def at_once(times: int, act: Any) -> list[Any]:
    """The results of as many threads that do the same; each gives its database connection back."""

    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def twin(visitor: Visitor) -> Visitor:
    """The same browser, asking a second time at the same moment."""
    made = Visitor(visitor.entra)
    made.client.cookies.update(visitor.client.cookies)
    return made


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_twenty_equal_answers_win(far):
    anna = Party(far)
    answer = anna.visitor.consent(anna.invitation)
    statuses = at_once(20, lambda _number: twin(anna.visitor).granted(answer).status_code)
    assert set(statuses) == {302}
    assert Event.objects.filter(kind="consent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_twenty_admins_with_the_same_link_win(far):
    anna = Party(far)
    visitors = [Visitor(anna.entra) for _number in range(20)]
    answers = [visitor.consent(anna.invitation) for visitor in visitors]
    statuses = at_once(20, lambda number: visitors[number].granted(answers[number]).status_code)
    assert sorted(statuses) == [302] + [410] * 19
    assert sum(attempt.granted_at is not None for attempt in anna.invitation.attempts()) == 1
    assert Event.objects.filter(kind="consent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_goes_on_to_the_consent_page_once_of_twenty_equal_sign_ins(far):
    anna = Party(far)
    redirect = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    params = anna.entra.visit(redirect.url)

    def finish(_number: int) -> str:
        try:
            return round_trip.finish_sign_in(redirect.flow, params, browser="anna's").url
        except round_trip.ConsentProblem as problem:
            return problem.kind

    results = at_once(20, finish)
    assert sorted(results, key=len)[:19] == ["forged"] * 19
