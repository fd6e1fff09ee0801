"""The engine against the sandbox: the same client, transport and tokens as in production, no web and no broker."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Count
from pytest_django import Settings

from devtools.stack.keys import MONITOR_CLIENT_ID, SCOPED_CLIENT_ID
from devtools.stack.sandbox_control import SandboxTenant
from graphclient import ClientCredentials, GraphClient, Secret, Transport
from onboarding.customers import answers
from onboarding.engine import graph_access, reconcile
from onboarding.models import Onboarding, clock
from onboarding.people.roster import COUNTED
from tests import builders
from tests.conftest import Sandbox
from tests.fixtures.graph_access import fresh_graph_access

_numbers = itertools.count(1)


@pytest.fixture
def wired(settings: Settings, sandbox: Sandbox) -> Iterator[None]:
    """Our own settings as the stack would set them, for this test's sandbox."""
    settings.SANDBOX_URL = sandbox.url
    settings.ENTRA_CLIENT_ID = sandbox.client_id
    settings.ENTRA_PRIVATE_KEY = sandbox.private_key
    settings.ENTRA_CERTIFICATE = sandbox.certificate
    settings.QUIET_SECONDS, settings.QUIET_LOOKS = 0.2, 2
    with fresh_graph_access():
        yield


@pytest.fixture
def registered(wired: None, settings: Settings) -> None:
    """Our applications for the scoped consent and for reading only, beside the standard one."""
    settings.ENTRA_SCOPED_CLIENT_ID, settings.ENTRA_MONITOR_CLIENT_ID = SCOPED_CLIENT_ID, MONITOR_CLIENT_ID


@pytest.fixture
def every_day(settings: Settings) -> None:
    """Letters also go out on Sundays, so that a test does so on whichever day it is run."""
    settings.WEEKEND_MAIL = True


@pytest.fixture
def exact_counts(db: None) -> Iterator[None]:
    """Whatever a test does to people's rows: the counts kept beside them are those of the rows."""
    yield
    for made in Onboarding.objects.all():
        for name, by in COUNTED.items():
            assert getattr(made, name) == counted(made, by), name


def counted(made: Onboarding, by: str) -> dict[str, int]:
    """How many rows have which word of this kind, counted anew."""
    if by == "erased_as":
        erased = made.people.exclude(erased_at=None).order_by()
        by_all = erased.values_list("standing", "cause", "differs_in", "finding_codes").annotate(people=Count("id"))
        return {"|".join(words): people for *words, people in by_all}
    if by == "told_by_haiilo":
        should_arrive = made.people.filter(scope__in=("in", "no_access")).exclude(in_haiilo="").order_by()
        return dict(should_arrive.values_list("in_haiilo").annotate(people=Count("id")))
    rows = made.people.exclude(**{by: ""}).values_list(by).annotate(people=Count("id")).order_by()
    return dict(rows)


@pytest.fixture
def tenant_at(wired: None, sandbox: Sandbox) -> Iterator[Callable[..., SandboxTenant]]:
    """Make a tenant with a fresh name, which is gone after the test; keyword arguments go to the sandbox."""
    tenants = []

    def make(**wishes: Any) -> SandboxTenant:
        number = next(_numbers)
        wishes = {
            "name": f"Fabrikam {number}",
            "domain": f"engine{number}.example",
            "users": 3,
            "product": "advocacy",
            "haiilo_host": f"engine{number}.smarpshare.com",
            "calm": True,
            **wishes,
        }
        tenants.append(sandbox.control.make_tenant(**wishes))
        return tenants[-1]

    yield make
    for each in tenants:
        each.forget()


@pytest.fixture
def far(tenant_at: Callable[..., SandboxTenant]) -> SandboxTenant:
    return tenant_at()


def by_hand(far: SandboxTenant) -> GraphClient:
    """Graph as somebody with the portal uses it: no guard of ours."""
    return GraphClient(
        Transport(graph_access.session(), graph_access.token_sources(settings.ENTRA_CLIENT_ID).of(far.id))
    )


def as_own_application(far: SandboxTenant, client_id: str, name: str, *permissions: str) -> Transport:
    """Graph as an application of the customer's own uses it, with these permissions and no guard of ours."""
    secret = "a secret of the sandbox only"
    far.control.register_app(client_id, name, secrets=[secret], permissions=permissions)
    far.consent(client_id=client_id)
    source = ClientCredentials(far.id, client_id, Secret(secret), graph_access.session())
    return Transport(graph_access.session(), source)


def customer_of(far: SandboxTenant) -> Onboarding:
    """Our record of the sandbox's customer."""
    return builders.onboarding(name=far["name"], haiilo_host=far["haiilo_host"], domains=[far["domain"]])


def delete_job(made: Onboarding, far: SandboxTenant) -> None:
    """As somebody does in the portal, long after we made the job: Microsoft is not late with listing it."""
    [job] = far.jobs()
    by_hand(far).synchronization.delete_job(far["service_principal_id"], job["id"])
    state = builders.state(made, "connection")
    state.intents = {
        key: entry | {"result": entry["result"] | {"at": "2026-01-01T00:00:00+00:00"}}
        for key, entry in state.intents.items()
    }
    state.save()


def set_up_long_ago(made: Onboarding) -> None:
    """Token and address are not saved just now, and the last success of Microsoft's test is none of today's."""
    then = "2026-01-01T00:00:00+00:00"
    for key in ("connection", "enable"):
        row = builders.state(made, key)
        row.evidence |= {"tested_at": then} if "tested_at" in row.evidence else {}
        for entry in row.intents.values():
            told = {"at", "tested_at", "put_at"} & set(entry["result"]) if entry["change"] != "create_job" else ()
            entry["result"] |= dict.fromkeys(told, then)
        row.save()


def look(made: Onboarding) -> Onboarding:
    """One look, as if all waits were over."""
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.Now(), not_before=None)
    reconcile.reconcile(made.pk)
    made.refresh_from_db()
    return made


def until_quiet(made: Onboarding, far: SandboxTenant, *, looks: int = 40) -> Onboarding:
    """Look again and again, letting the far side run, until a person must act or all is done."""
    for _look in range(looks):
        look(made)
        if made.current_kind != "waiting":
            return made
        if made.current_key in ("initial_cycle", "live"):
            far.run_cycles()
    raise AssertionError(f"still waiting: {builders.state(made, made.current_key).message}")


def answer_all(made: Onboarding, far: SandboxTenant, *, until: str = "") -> Onboarding:
    """Play customer success: answer what is asked and approve what is planned, until `until` stands or all is done."""
    owner = builders.owner_of(made)
    for _turn in range(20):
        until_quiet(made, far)
        key = made.current_key
        state = builders.state(made, key)
        if key == until or state.kind == "done":
            return made
        if state.kind == "todo":
            answers.approve_plan(made, key, actor=owner, fingerprint=state.plan["fingerprint"])
        elif key == "connection":
            answers.answer(
                made, key, actor=owner, answer={"token_saved": True}, secrets={"scim_token": far["scim_token"]}
            )
        elif key == "pilot":
            answers.answer(made, key, actor=owner, answer={"person": far["pilot"]["user_name"]})
        elif key == "sso_application" and state.code == "runs_beside":
            seen = {"beside_job_ids": [job["id"] for job in state.offers["beside"]]}
            answers.answer(made, key, actor=owner, answer=seen)
        elif key == "readiness":
            answers.answer(made, key, actor=owner, answer={"accepted": True})
        else:
            raise AssertionError(f"{key} is {state.kind}: {state.message} {state.code}")
    raise AssertionError("too many turns")


@pytest.fixture
def consented(far: SandboxTenant) -> Onboarding:
    """A customer whose admin has just said yes."""
    return consented_in(far)


def consented_in(far: SandboxTenant) -> Onboarding:
    """As `consented`, in this tenant."""
    far.consent()
    made = customer_of(far)
    look(made)
    builders.granted(made, far.id)
    return made
