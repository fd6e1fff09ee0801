"""A token that the customer's admin hands over leads to what an entered one leads to, under the same approvals."""

from __future__ import annotations

from functools import partial

import pytest
from django.http import Http404

from onboarding.customers import answers, handover, links, records
from onboarding.customers.base import Refused
from onboarding.models import CustomerSecret, Event, Onboarding, SecretRequest
from tests import builders
from tests.narrow import present

from .conftest import answer_all, look, until_quiet

pytestmark = pytest.mark.django_db


@pytest.fixture
def waits(consented, far):
    """A customer at whose step Connection a token is needed."""
    return answer_all(consented, far, until="connection")


def state(made):
    return builders.state(made, "connection")


def ask(made, name=None):
    actor = builders.person(name) if name else builders.owner_of(made)
    return handover.ask(made, actor=actor)


def hands_over(made, token, request=None):
    """The act of the admin who has approved."""
    asked = (request or SecretRequest.objects.filter(onboarding=made).latest("pk")).pk
    given = {"answer": {"token_saved": True, "token_expires": {}}, "secrets": {"scim_token": token}}
    return partial(handover.hand_over, made.links.exclude(used_at=None).get(), asked=asked, **given)


def told(made):
    return [str(each.sentence) for each in Event.objects.filter(onboarding=made, step="connection").order_by("pk")]


def test_goes_on_with_a_token_that_was_handed_over_as_with_an_entered_one(waits, far):
    ask(waits)
    hands_over(waits, far["scim_token"])()
    row, secret = SecretRequest.objects.get(), CustomerSecret.objects.get()
    assert (row.link, row.is_open, secret.saved_by) == (waits.links.get(), False, None)
    assert row.answered_at == secret.saved_at == state(waits).answered_at
    line = Event.objects.filter(kind="answered", step="connection").get()
    assert (line.actor, line.actor_name) == (None, "Eva Berg")
    made = until_quiet(waits, far)
    assert (state(made).kind, state(made).answer["token_saved"]) == ("done", True)
    assert answer_all(made, far).state == "live"


def test_saves_nothing_on_a_live_customer_before_staff_has_approved(waits, far):
    made = answer_all(waits, far)
    before = len(far.graph_calls("PUT", "/synchronization/secrets"))
    plans = []
    for enter in (partial(hands_over, made, far["scim_token"]), None):
        if enter is None:
            owner = builders.owner_of(made)
            answers.answer(made, "connection", actor=owner, answer={}, secrets={"scim_token": far["scim_token"]})
        else:
            ask(made)
            enter()()
        look(made)
        plans.append([change["summary"] for change in state(made).plan["changes"]])
    assert plans[0] == plans[1] != []
    assert len(far.graph_calls("PUT", "/synchronization/secrets")) == before
    shown = state(made).plan["fingerprint"]
    answers.approve_plan(made, "connection", actor=builders.owner_of(made), fingerprint=shown)
    look(made)
    assert len(far.graph_calls("PUT", "/synchronization/secrets")) == before + 1


@pytest.fixture
def made():
    made = builders.onboarding()
    builders.granted(made, "0f0e0d0c-0000-4000-8000-000000000002")
    builders.portfolio(builders.person("bob"))
    return made


def test_asks_once(made):
    first = ask(made)
    assert ask(made, "bob") == first
    assert told(made) == [str(handover.ASKED % {"host": made.customer.haiilo_host})]
    assert present(first.asked_by).username == "alice"


def test_asks_anew_after_it_was_handed_over(made):
    first = ask(made)
    hands_over(made, "t0ken")()
    assert ask(made) != first
    assert [each.is_open for each in SecretRequest.objects.order_by("pk")] == [False, True]


def test_lets_no_stranger_ask_or_take_back(made):
    request, charlie = ask(made), builders.person("charlie")
    with pytest.raises(Http404):
        handover.ask(made, actor=charlie)
    with pytest.raises(Http404):
        handover.take_back(made, actor=charlie, asked=request.pk)
    assert SecretRequest.objects.get().is_open


def test_takes_it_back_once(made):
    request = ask(made)
    handover.take_back(made, actor=builders.person("bob"), asked=request.pk)
    with pytest.raises(Refused):
        handover.take_back(made, actor=builders.person("bob"), asked=request.pk)
    assert len(told(made)) == 2
    with pytest.raises(Refused, match="no longer needed"):
        hands_over(made, "t0ken", request)()
    assert not CustomerSecret.objects.exists()


def test_asks_nothing_without_an_address(made):
    type(made.customer).objects.update(haiilo_host="")
    with pytest.raises(Refused):
        ask(made)
    assert not SecretRequest.objects.exists()


def test_ends_when_a_colleague_enters_one(made):
    request = ask(made)
    answers.answer(made, "connection", actor=builders.person("bob"), answer={}, secrets={"scim_token": "entered"})
    request.refresh_from_db()
    assert request.taken_back_at is not None
    assert "a colleague has entered one" in told(made)[-1]
    with pytest.raises(Refused, match="no longer needed"):
        hands_over(made, "t0ken", request)()
    assert CustomerSecret.objects.get().open(made.customer.haiilo_host).reveal() == "entered"


def test_ends_with_the_address_it_was_asked_for(made):
    request = ask(made)
    records.update_customer(made, actor=builders.owner_of(made), haiilo_host="other.smarpshare.com")
    request.refresh_from_db()
    assert not request.is_open
    with pytest.raises(Refused, match="address of your Haiilo has changed"):
        hands_over(made, "t0ken", request)()
    assert not CustomerSecret.objects.exists()


def test_keeps_nothing_for_another_host_than_was_shown(made):
    ask(made)
    type(made.customer).objects.update(haiilo_host="other.smarpshare.com")
    with pytest.raises(Refused, match="address of your Haiilo has changed"):
        hands_over(made, "t0ken")()
    assert not CustomerSecret.objects.exists()
    assert state(made).answer == {}


def test_keeps_nothing_by_a_link_that_was_revoked_or_while_we_only_watch(made):
    ask(made)
    type(made.customer).objects.update(consent_size="monitor")
    with pytest.raises(Refused, match="no longer needed"):
        hands_over(made, "t0ken")()
    type(made.customer).objects.update(consent_size="standard")
    links.revoke_link(made.links.get(), actor=builders.owner_of(made))
    with pytest.raises(Refused, match="no longer needed"):
        hands_over(made, "t0ken")()
    assert not CustomerSecret.objects.exists()


def test_tells_a_colleague_whose_page_is_older_than_what_was_handed_over(made):
    ask(made)
    shown = state(made).answered_when
    hands_over(made, "t0ken")()
    enters = partial(answers.answer, made, "connection", actor=builders.owner_of(made), answer={"token_saved": True})
    with pytest.raises(Refused, match="has just handed a token over"):
        enters(secrets={"scim_token": "entered"}, shown=shown)
    assert CustomerSecret.objects.get().open(made.customer.haiilo_host).reveal() == "t0ken"
    enters(secrets={"scim_token": "entered"}, shown=state(made).answered_when)
    assert CustomerSecret.objects.get().open(made.customer.haiilo_host).reveal() == "entered"


def test_holds_no_secret_outside_the_sealed_row(made):
    ask(made)
    hands_over(made, "t0ken-of-contoso")()
    rows = [*Event.objects.values(), *SecretRequest.objects.values(), *made.steps.values()]
    rows += Onboarding.objects.values()
    assert "t0ken" not in str(rows)
    assert b"t0ken" not in bytes(CustomerSecret.objects.get().sealed)
