"""The engine against the sandbox: the same client, transport and tokens as in production, no web and no broker."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.conf import settings
from django.utils import timezone

from devtools.stack.keys import MONITOR_CLIENT_ID, SCOPED_CLIENT_ID
from graphclient import GraphClient, Transport
from onboarding.customers import answers
from onboarding.engine import graph_access, reconcile
from onboarding.models import Onboarding
from tests import builders
from tests.fixtures.graph_access import fresh_graph_access

_numbers = itertools.count(1)


@dataclass
class Far:
    """One customer's side: the sandbox's tenant and what may be done to it."""

    control: str
    tenant: dict[str, Any]

    @property
    def tid(self) -> str:
        return self.tenant["tenant_id"]

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(method, self.control + path, json=body or None, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def consent(self, **which: str) -> None:
        """The admin approves our application, or that with another `client_id`."""
        self.ask("POST", f"/tenants/{self.tid}/consent", user_name=self.tenant["admin"]["user_name"], **which)

    def revoke(self, client_id: str) -> None:
        """The admin deletes an application of ours."""
        self.ask("POST", f"/tenants/{self.tid}/revoke", client_id=client_id)

    def switch(self, **switches: Any) -> None:
        """Turn failure modes on (True, or their parameters) or off (False)."""
        self.ask("POST", f"/tenants/{self.tid}/switches", **switches)

    def assign(self, user_name: str, assigned: bool) -> None:
        """Assign a person to the application directly, or take that away."""
        self.ask("PATCH", f"/tenants/{self.tid}/users/{quote(user_name)}", assigned=assigned)

    def by_hand(self) -> GraphClient:
        """Graph as somebody with the portal uses it: no guard of ours."""
        return GraphClient(
            Transport(graph_access.session(), graph_access.token_sources(settings.ENTRA_CLIENT_ID).of(self.tid))
        )

    def chaos(self, **settings: Any) -> None:
        self.ask("POST", f"/tenants/{self.tid}/chaos", **settings)

    def jobs(self) -> list[dict[str, Any]]:
        return self.ask("GET", f"/tenants/{self.tid}")["jobs"]

    def arrived(self) -> list[dict[str, Any]]:
        return self.ask("GET", f"/haiilo/{self.tenant['haiilo_host']}/users")["users"]

    def run_cycle(self) -> None:
        self.ask("POST", f"/tenants/{self.tid}/run")

    def calls(self, method: str, containing: str) -> list[dict[str, Any]]:
        return [line for line in self.journal() if line["method"] == method and containing in line["path"]]

    def journal(self) -> list[dict[str, Any]]:
        """Every request to Graph about this tenant."""
        found: list[dict[str, Any]] = self.ask("GET", f"/journal?tenant={self.tid}")
        return found


@pytest.fixture
def wired(settings, sandbox):
    """Our own settings as the stack would set them, for this test's sandbox."""
    settings.SANDBOX_URL = sandbox.url
    settings.ENTRA_CLIENT_ID = sandbox.client_id
    settings.ENTRA_PRIVATE_KEY = sandbox.private_key
    settings.ENTRA_CERTIFICATE = sandbox.certificate
    settings.QUIET_SECONDS, settings.QUIET_LOOKS = 0.2, 2
    with fresh_graph_access():
        yield


@pytest.fixture
def registered(wired, settings):
    """Our applications for the scoped consent and for reading only, beside the standard one."""
    settings.ENTRA_SCOPED_CLIENT_ID, settings.ENTRA_MONITOR_CLIENT_ID = SCOPED_CLIENT_ID, MONITOR_CLIENT_ID


@pytest.fixture
def every_day(settings):
    """Letters also go out on Sundays, so that a test does so on whichever day it is run."""
    settings.WEEKEND_MAIL = True


@pytest.fixture
def tenant_at(wired, sandbox):
    """Make a tenant with a fresh name; keyword arguments go to the sandbox."""

    def make(**wishes: Any) -> Far:
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
        tenant = requests.post(sandbox.control.url + "/tenants", json=wishes, timeout=30).json()
        return Far(sandbox.control.url, {**wishes, **tenant})

    return make


@pytest.fixture
def far(tenant_at):
    return tenant_at()


def customer_of(far: Far) -> Onboarding:
    """Our record of the sandbox's customer."""
    return builders.onboarding(
        name=far.tenant["name"], haiilo_host=far.tenant["haiilo_host"], domains=[far.tenant["domain"]]
    )


def look(made: Onboarding) -> Onboarding:
    """One look, now."""
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=timezone.now())
    reconcile.reconcile(made.pk)
    made.refresh_from_db()
    return made


def until_quiet(made: Onboarding, far: Far, *, looks: int = 40) -> Onboarding:
    """Look again and again, letting the far side run, until a person must act or all is done."""
    for _look in range(looks):
        look(made)
        if made.current_kind != "waiting":
            return made
        if made.current_key in ("initial_cycle", "live"):
            far.run_cycle()
    raise AssertionError(f"still waiting: {builders.state(made, made.current_key).message}")


def answer_all(made: Onboarding, far: Far, *, until: str = "") -> Onboarding:
    """Play customer success: answer what is asked and approve what is planned, until `until` stands or all is done."""
    owner = made.customer.owner
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
                made, key, actor=owner, answer={"token_saved": True}, secrets={"scim_token": far.tenant["scim_token"]}
            )
        elif key == "pilot":
            answers.answer(made, key, actor=owner, answer={"person": far.tenant["pilot"]["user_name"]})
        elif key == "readiness":
            answers.answer(made, key, actor=owner, answer={"accepted": True})
        else:
            raise AssertionError(f"{key} is {state.kind}: {state.message} {state.code}")
    raise AssertionError("too many turns")


@pytest.fixture
def consented(far):
    """A customer whose admin has just said yes."""
    far.consent()
    made = customer_of(far)
    look(made)
    builders.granted(made, far.tid)
    return made
