"""A customer's token goes to the host it was entered for, and nowhere without a person's yes (attack S-2)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from onboarding.customers import answers, proposals, records
from onboarding.customers.base import Refused
from onboarding.models import Customer, CustomerSecret, Event, Onboarding, Proposal
from tests import builders
from tests.conftest import Sandbox
from tests.narrow import present

from .conftest import answer_all, look

pytestmark = pytest.mark.django_db
COLLECTOR = "collector.smarpshare.com"


@pytest.fixture
def collector(sandbox: Sandbox) -> Iterator[HTTPServer]:
    """A host that takes whatever is sent to it, reached by Microsoft under a name that Haiilo could have."""
    with HTTPServer(host="127.0.0.1") as server:
        server.no_handler_status_code = 404
        sandbox.control.route_host(COLLECTOR, server.url_for("/"))
        yield server
        sandbox.control.route_host(COLLECTOR, None)


@pytest.fixture
def connected(consented, far) -> Onboarding:
    """A customer whose token was entered, tested and saved; before go-live we still have it."""
    made = answer_all(consented, far, until="mappings")
    assert CustomerSecret.objects.filter(onboarding=made).exists()
    return made


def sent_to(collector):
    """The tokens that arrived there."""
    return [request.headers.get("Authorization") for request, _answer in collector.log]


def moved_by_two(made):
    builders.portfolio(builders.person("colleague"))
    after = {"product": "advocacy", "haiilo_host": COLLECTOR}
    row = proposals.propose(
        made, Proposal.Kind.ADDRESS, after, actor=builders.owner_of(made), reason="The platform was renamed."
    )
    proposals.approve(row, actor=builders.person("colleague"))


def test_sends_a_stored_token_to_no_host_that_one_person_writes_into_the_record(connected, far, collector):
    """S-2: the record is edited, and nothing else is pressed."""
    with pytest.raises(Refused):
        records.update_customer(connected, actor=builders.owner_of(connected), haiilo_host=COLLECTOR)
    look(connected)
    assert sent_to(collector) == []
    assert len(far.graph_calls("PUT", "/secrets")) == 1


def test_sends_it_nowhere_when_somebody_writes_into_the_table(connected, far, collector):
    """Past all services: the engine does not even read it, and erases it."""
    Customer.objects.filter(pk=connected.customer_id).update(haiilo_host=COLLECTOR)
    answers.recheck(connected, actor=builders.owner_of(connected))
    look(connected)
    assert sent_to(collector) == []
    assert not CustomerSecret.objects.filter(onboarding=connected).exists()
    assert Event.objects.filter(onboarding=connected, kind="released").exists()
    assert (connected.current_key, connected.current_kind) == ("connection", "asking")


def test_asks_for_a_new_token_and_for_a_yes_after_two_people_moved_the_customer(connected, far, collector):
    moved_by_two(connected)
    look(connected)
    assert (connected.current_key, connected.current_kind) == ("connection", "asking")
    assert COLLECTOR in str(builders.state(connected, "connection").sentence)
    answers.answer(
        connected, "connection", actor=builders.owner_of(connected), answer={}, secrets={"scim_token": "hat_of_there"}
    )
    look(connected)
    assert connected.current_kind == "todo"
    assert sent_to(collector) == []
    plan = builders.state(connected, "connection").plan
    moves = {"before": far["base_url"], "after": f"https://{COLLECTOR}/api/scim/v2"}
    assert moves in [line["text"]["values"] for line in plan["changes"][-1]["details"]]
    answers.approve_plan(connected, "connection", actor=builders.owner_of(connected), fingerprint=plan["fingerprint"])
    look(connected)
    assert set(sent_to(collector)) == {"Bearer hat_of_there"}
    assert far["scim_token"] not in str(sent_to(collector))


def test_tries_the_first_address_without_another_question(consented, far):
    """Who enters the token for this address has said yes to it."""
    made = answer_all(consented, far, until="connection")
    answers.answer(
        made, "connection", actor=builders.owner_of(made), answer={}, secrets={"scim_token": far["scim_token"]}
    )
    look(made)
    assert far.graph_calls("PUT", "/secrets")
    secret = present(CustomerSecret.objects.filter(onboarding=made).first())
    assert secret.sealed_for == far["haiilo_host"]
