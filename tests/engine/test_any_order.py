"""Whatever happens in whatever order, the promises hold: engine and services against the sandbox, in virtual time.

A person, the customer's admin, Microsoft and a worker act by turns as hypothesis chooses; some act in the middle of a
run, between two of its requests. Virtual time: everything that is stored moves into the past. `FAULTS_EXAMPLES` asks
for more examples than the suite takes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from django.apps import apps
from django.conf import settings as django_settings
from django.db.models import DateTimeField, F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from devtools.stack.sandbox_control import SandboxTenant
from graphclient import GraphClient
from onboarding.customers import answers, records
from onboarding.customers.base import Refused
from onboarding.domain.lifecycle import IllegalMove
from onboarding.engine import graph_access, reconcile
from onboarding.models import Event, Onboarding, StepState
from tests import builders

from .conftest import answer_all, as_own_application, customer_of, look

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("FAULTS_EXAMPLES", "3"))
STEPS = 20
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
CREATE = "/synchronization/jobs"
PORTAL = "7c0ffee0-0000-4000-8000-00000000fa17"
SPREADING = timedelta(minutes=20)
NUMBERS = st.integers(1, 15)
"""Which request of a run it is that something happens at."""
Act = Callable[[], None]


class Crash(BaseException):
    """The worker dies here: nothing of it runs on, and nothing is said to anybody."""


def move_into_past(by: timedelta) -> None:
    """Let time pass for everything that is stored."""
    for model in apps.get_app_config("onboarding").get_models():
        named = [field.name for field in model._meta.fields if isinstance(field, DateTimeField)]
        if named:
            model._default_manager.update(**{name: F(name) - by for name in named})
    for state in StepState.objects.all():
        for name in ("intents", "evidence", "answer"):
            setattr(state, name, _older(getattr(state, name), by))
        state.save(update_fields=["intents", "evidence", "answer"])


def _older(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _older(each, by) for key, each in value.items()}
    if isinstance(value, list):
        return [_older(each, by) for each in value]
    if isinstance(value, str) and STAMP.match(value):
        with suppress(ValueError):
            return (datetime.fromisoformat(value) - by).isoformat()
    return value


@contextmanager
def between(http: requests.Session, number: int, act: Act, *, answered: bool):
    """Do something before the `number`-th request from now, or once it is answered and nobody has read the answer."""
    send, seen = http.send, iter(range(1, 10**6))

    def watched(request: requests.PreparedRequest, **named: Any) -> requests.Response:
        mine = next(seen) == number
        if mine and not answered:
            act()
        answer = send(request, **named)
        if mine and answered:
            act()
        return answer

    http.send = watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        del http.send  # the class's own again


class AnyOrder(RuleBasedStateMachine):
    """One customer. What the promises are about is counted beside the product, from the sandbox's journal."""

    make: Callable[..., SandboxTenant]

    @initialize(at=st.sampled_from(["", "connection", "enable", "live"]))
    def begin(self, at: str) -> None:
        """A new customer, or one that has come as far as this step without anything having gone wrong."""
        self.far = self.make()
        self.made = customer_of(self.far)
        self.let_in = False
        if at:
            look(self.made)
            self.consent()
            answer_all(self.made, self.far, until="" if at == "live" else at)
        self.alice = builders.owner_of(self.made)
        self.bob = builders.person("bob")
        builders.portfolio(self.bob)
        self.at_pause: int | None = None
        self.lived: datetime | None = None
        self.deleted_jobs = 0
        self.notes: dict[str, str] = {}
        self.may_change = True
        self.refresh()

    # What is counted

    def changes(self) -> list[dict[str, Any]]:
        """Every request that would change the tenant and took effect, but ours by hand."""
        lines = self.far.journal(kind="graph", client_id=self.client_id)
        return [each for each in lines if each["method"] != "GET" and each["status"] < 300 and _changes(each["path"])]

    @property
    def client_id(self) -> str:
        return str(django_settings.ENTRA_CLIENT_ID)

    def refresh(self) -> Onboarding:
        self.made.refresh_from_db()
        return self.made

    def state(self, key: str) -> StepState:
        return builders.state(self.made, key)

    # A run, and what may happen in the middle of it

    def run(self) -> None:
        """One run, if it is due; a dead worker's lease has to end first."""
        live, before = self.refresh().state == "live", len(self.changes())
        Onboarding.objects.filter(pk=self.made.pk).update(next_run_at=F("created_at"))
        reconcile.reconcile(self.made.pk)
        after = len(self.changes())
        assert not (live and not self.may_change and after > before), "a live tenant was changed unasked"
        self.may_change = self.may_change and not self.state_is_settled()

    def state_is_settled(self) -> bool:
        self.refresh()
        return self.made.state == "live" and self.made.current_kind == "done"

    @rule()
    def look(self) -> None:
        self.run()
        if self.made.current_key in ("initial_cycle", "live"):
            self.far.run_cycles()

    @rule(number=NUMBERS, answered=st.booleans())
    def crash(self, number: int, answered: bool) -> None:
        def die() -> None:
            raise Crash

        self.help()
        with suppress(Crash), between(graph_access.session(), number, die, answered=answered):
            self.run()

    @rule(number=NUMBERS, answered=st.booleans(), act=st.sampled_from(["pause", "approve", "token", "note"]))
    def look_while_somebody_acts(self, number: int, answered: bool, act: str) -> None:
        done: list[int] = []

        def do() -> None:
            if not done:
                done.append(1)
                {"pause": self.pause, "approve": self.approve, "token": self.enter_token, "note": self.note}[act]()

        self.help()  # so that there is something to do
        with between(graph_access.session(), number, do, answered=answered):
            self.run()

    # Time, and what Microsoft does

    @rule(minutes=st.sampled_from([1, 6, 20, 90]))
    def wait(self, minutes: int) -> None:
        by = timedelta(minutes=minutes)
        move_into_past(by)
        if self.lived is not None:
            self.lived -= by

    @rule(path=st.sampled_from([CREATE, "/secrets", "/schema", "/provisionOnDemand", "/start"]))
    def lose_an_answer(self, path: str) -> None:
        method = "PUT" if path in ("/secrets", "/schema") else "POST"
        self.far.chaos(lose_next={"method": method, "path_ends": path})

    @rule()
    def throttle(self) -> None:
        self.far.chaos(throttle=600)
        self.run()
        self.far.chaos(throttle=0)

    # What the customer does

    @rule()
    def consent(self) -> None:
        self.far.consent()
        builders.granted(self.made, self.far.id)
        self.let_in = True

    @precondition(lambda self: self.let_in)
    @rule()
    def revoke(self) -> None:
        self.far.revoke()
        self.let_in = False

    @precondition(lambda self: self.far.jobs())
    @rule(act=st.sampled_from(["pause", "delete"]))
    def change_by_hand(self, act: str) -> None:
        permission = "Synchronization.ReadWrite.All"
        portal = GraphClient(as_own_application(self.far, PORTAL, "Portal", permission, "Application.Read.All"))
        job, sync = self.far.jobs()[0]["id"], portal.synchronization
        if act == "delete":
            sync.delete_job(self.far["service_principal_id"], job)
            self.deleted_jobs += 1
        else:
            sync.pause(self.far["service_principal_id"], job)

    # What staff do

    @rule()
    def approve(self) -> None:
        key = self.refresh().current_key
        state = StepState.objects.get(onboarding=self.made, key=key)
        if state.kind == "todo":
            with suppress(Refused):
                answers.approve_plan(self.made, key, actor=self.bob, fingerprint=state.plan["fingerprint"])
                self.may_change = True

    @rule()
    def enter_token(self) -> None:
        with suppress(Refused):
            secrets = {"scim_token": self.far["scim_token"]}
            answers.answer(self.made, "connection", actor=self.alice, answer={"token_saved": True}, secrets=secrets)

    @rule()
    def name_a_test_user(self) -> None:
        with suppress(Refused):
            answers.answer(self.made, "pilot", actor=self.bob, answer={"person": self.far["pilot"]["user_name"]})

    @rule()
    def note(self) -> None:
        name, value = f"note{len(self.notes)}", str(len(self.notes))
        answers.answer(self.made, "customer", actor=self.bob, answer={name: value})
        self.notes[name] = value

    @rule()
    def pause(self) -> None:
        with suppress(IllegalMove):
            records.pause(self.made, actor=self.alice)
            self.at_pause = len(self.changes())

    @rule()
    def resume(self) -> None:
        with suppress(IllegalMove):
            records.resume(self.made, actor=self.alice)
            self.at_pause = None

    # What must hold at any time

    @invariant()
    def one_job(self) -> None:
        assert len(self.far.jobs()) <= 1, "I1: two jobs"
        made = [each for each in self.changes() if each["method"] == "POST" and each["path"].endswith(CREATE)]
        assert len(made) <= 1 + self.deleted_jobs, f"I1: {len(made)} creates"

    @invariant()
    def paused_is_paused(self) -> None:
        if self.at_pause is not None:
            assert len(self.changes()) <= self.at_pause + 1, "I6: changed after the pause"  # one was on its way

    @invariant()
    def live_stays_live(self) -> None:
        now = self.refresh()
        if self.lived is not None:
            assert now.live_at == self.lived, "it is live since another time"
            assert now.state in ("live", "paused"), f"a live customer is {now.state}"
        self.lived = now.live_at

    @invariant()
    def nothing_is_lost(self) -> None:
        kept = self.state("customer").answer
        assert {name: kept.get(name) for name in self.notes} == self.notes

    # And in the end

    def teardown(self) -> None:
        """Left alone and helped, it gets live, and the timeline says what was done."""
        if not hasattr(self, "made"):
            return
        self.far.chaos(calm=True, throttle=0)
        for _turn in range(60):
            self.resume()
            self.wait(20)
            self.run()
            self.help()  # at once: a plan names moments, which time moves here
            self.run()
            if self.state_is_settled() and self.far.jobs():
                break
            self.far.run_cycles()
        current = self.state(self.made.current_key)
        assert self.state_is_settled(), f"stands at {current.key} {current.kind}: {current.message} {current.code}"
        self.one_job()
        self.nothing_is_lost()
        self.agree()

    def help(self) -> None:
        """What people would do now."""
        key, kind = self.refresh().current_key, self.made.current_kind
        if key == "consent" and not self.let_in:
            self.consent()
        elif kind == "todo":
            self.approve()
        elif key == "connection" and kind in ("asking", "broken"):
            self.enter_token()
        elif key == "pilot" and kind in ("asking", "broken"):
            self.name_a_test_user()

    def agree(self) -> None:
        """I4: as many lines as jobs were made."""
        made = [each for each in self.changes() if each["method"] == "POST" and each["path"].endswith(CREATE)]
        lines = Event.objects.filter(onboarding=self.made, kind="applied", detail__change="create_job").count()
        assert lines == len(made), f"I4: {lines} lines of {len(made)} creates"


def _changes(path: str) -> bool:
    return not path.endswith(("validateCredentials", "parseExpression", "$batch"))


def test_keeps_its_promises_whatever_happens_in_whatever_order(tenant_at):
    machine = type("Machine", (AnyOrder,), {"make": staticmethod(tenant_at)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            phases=[Phase.generate],  # an example takes seconds: it is told as it was found
            deadline=None,
            derandomize="FAULTS_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
