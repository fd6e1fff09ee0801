"""A person acts while a request of the engine is under way: what was begun ends there, and nothing more is sent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connections

from devtools.stack.processes import wait_until
from devtools.stack.sandbox_control import SandboxTenant
from onboarding.customers import answers, entered_token, proposals, records
from onboarding.customers.base import Refused
from onboarding.models import Event, Onboarding, Proposal, Stop, clock
from tests import builders

from .conftest import answer_all, customer_of, look, until_quiet

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20.0  # seconds
TEST = "/validateCredentials"
SAVE = "/synchronization/secrets"


@pytest.fixture
def made(far):
    far.consent()
    made = look(customer_of(far))
    builders.granted(made, far.id)
    return made


@contextmanager
def meanwhile(made: Onboarding, far: SandboxTenant, method: str, path: str, *, before: str = "") -> Iterator[None]:
    """The engine works in a thread of its own, and the answer to this request is held as long as the block lasts.

    `before`: the path of an earlier request that the words of `path` fit as well.
    """

    def work() -> None:
        try:
            look(Onboarding.objects.get(pk=made.pk))
        finally:
            connections.close_all()

    holds = {"hold_next": {"method": method, "path_contains": path}}
    far.chaos(**holds)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(work)
        try:
            assert wait_until(far.is_holding, PATIENCE), "no such request was sent"
            if before:
                far.chaos(**holds)
                far.control.release()
                assert wait_until(lambda: bool(far.jobs()), PATIENCE), "no such request was sent after it"
            yield
        finally:
            far.control.release()
        run.result(PATIENCE)


def sent(far, method, path):
    return [line["path"] for line in far.graph_calls(method, path) if line["path"].endswith(path)]


def enter_token(made, far):
    owner = builders.owner_of(made)
    answers.answer(
        made, "connection", actor=owner, answer={"token_saved": True}, secrets={"scim_token": far["scim_token"]}
    )


def approve(made, key):
    shown = builders.state(made, key).plan["fingerprint"]
    answers.approve_plan(made, key, actor=builders.owner_of(made), fingerprint=shown)


def test_creates_no_job_and_saves_nothing_once_it_is_paused(made, far):
    answer_all(made, far, until="connection")
    enter_token(made, far)
    with meanwhile(made, far, "POST", TEST):
        records.pause(made, actor=builders.owner_of(made))
    assert sent(far, "POST", "/synchronization/jobs") == []
    assert sent(far, "PUT", SAVE) == []
    made.refresh_from_db()
    assert made.state == "paused"


def test_starts_nothing_once_it_is_paused(made, far):
    answer_all(made, far, until="enable")
    approve(made, "enable")
    there = len(far.arrived())
    with meanwhile(made, far, "PUT", SAVE):
        records.pause(made, actor=builders.owner_of(made))
    far.run_cycles()
    assert sent(far, "POST", "/start") == []
    assert len(far.arrived()) == there


def test_starts_nothing_once_all_changes_are_stopped(made, far):
    """The run goes on, with its lease: only the gate before its next request knows."""
    answer_all(made, far, until="enable")
    approve(made, "enable")
    with meanwhile(made, far, "PUT", SAVE):
        Stop.objects.create(at=clock.now(), by="alice", reason="Something is wrong.")
    assert sent(far, "POST", "/start") == []
    look(made)
    assert builders.state(made, "enable").kind == "todo"
    Stop.objects.update(ended_at=clock.now())
    answer_all(made, far)
    assert made.state == "live"
    assert len(sent(far, "POST", "/start")) == 1


def test_starts_nothing_once_who_approved_it_is_gone(made, far):
    builders.portfolio(builders.person("bob"))
    answer_all(made, far, until="enable")
    shown = builders.state(made, "enable").plan["fingerprint"]
    answers.approve_plan(made, "enable", actor=builders.person("bob"), fingerprint=shown)
    with meanwhile(made, far, "PUT", SAVE):
        made.customer.portfolio.members.remove(builders.person("bob"))
    assert sent(far, "POST", "/start") == []
    answer_all(made, far)
    assert made.state == "live"


def test_writes_the_line_of_a_job_whose_note_a_pause_swallowed(made, far):
    answer_all(made, far, until="connection")
    enter_token(made, far)
    with meanwhile(made, far, "POST", "/synchronization/jobs", before=TEST):
        records.pause(made, actor=builders.owner_of(made))
    assert len(far.jobs()) == 1
    records.resume(made, actor=builders.owner_of(made))
    answer_all(made, far)
    lines = Event.objects.filter(onboarding=made, kind="applied", detail__change="create_job")
    assert [line.detail for line in lines] == [{"change": "create_job", "found": True}]
    assert len(far.jobs()) == len(sent(far, "POST", "/synchronization/jobs")) == 1


def test_saves_no_other_address_than_the_one_that_was_tried(made, far):
    answer_all(made, far, until="connection")
    enter_token(made, far)
    builders.portfolio(builders.person("bob"))
    after = {"product": "advocacy", "haiilo_host": "another.smarpshare.com"}
    moved = proposals.propose(
        made, Proposal.Kind.ADDRESS, after, actor=builders.owner_of(made), reason="They were renamed."
    )
    with meanwhile(made, far, "POST", TEST):
        proposals.approve(moved, actor=builders.person("bob"))
    assert sent(far, "PUT", SAVE) == []


def test_keeps_a_live_customer_live_through_a_pause(made, far):
    answer_all(made, far)
    live_at, lines = made.live_at, Event.objects.filter(onboarding=made, kind="live").count()
    enter_token(made, far)
    look(made)
    saved = len(sent(far, "PUT", SAVE))
    records.pause(made, actor=builders.owner_of(made))
    records.resume(made, actor=builders.owner_of(made))
    look(made)
    until_quiet(made, far)
    assert (made.state, made.live_at) == ("live", live_at)
    assert len(sent(far, "PUT", SAVE)) == saved
    assert Event.objects.filter(onboarding=made, kind="live").count() == lines == 1


def rotating(made, far, token):
    """A live customer for whom another token is entered, and its plan approved."""
    answer_all(made, far)
    enter_token(made, {"scim_token": token})
    look(made)
    approve(made, "connection")
    return builders.state(made, "connection").offers["entered"]["at"]


def test_withdraws_a_token_while_it_is_tested(made, far):
    at, saved = rotating(made, far, far["scim_token"]), len(sent(far, "PUT", SAVE))
    with meanwhile(made, far, "POST", TEST):
        entered_token.withdraw(made, actor=builders.owner_of(made), entered_at=at)
    assert len(sent(far, "PUT", SAVE)) == saved
    look(made)
    assert (made.state, made.current_key, made.current_kind) == ("live", "live", "done")
    assert not [line for line in Event.objects.filter(onboarding=made, kind="applied") if line.detail.get("found")]


def test_withdraws_no_token_that_is_on_its_way(made, far):
    at = rotating(made, far, far["scim_token"])
    with meanwhile(made, far, "PUT", SAVE), pytest.raises(Refused, match="being saved"):
        entered_token.withdraw(made, actor=builders.owner_of(made), entered_at=at)
    assert Event.objects.filter(onboarding=made, kind="applied", detail__change="save_credentials").count() == 2
    with pytest.raises(Refused, match="does not wait any more"):
        entered_token.withdraw(made, actor=builders.owner_of(made), entered_at=at)
