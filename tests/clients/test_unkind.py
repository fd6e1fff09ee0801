"""Microsoft's SDK in chaos: what its own retries survive, and what not (docs/sandbox-clients.md).

Names of tenants draw their faults (`Chaos.random_fault`, seed 1); these were chosen so that each kind comes early and
none that the SDK cannot survive.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Application, Customer, Gateway, make_customer, told_by
from tests.conftest import Sandbox

pytestmark = pytest.mark.clients

SURVIVED = {
    "busy1459.example": {(429, ""), (503, "")},
    "tired1394.example": {(200, "slow"), (504, "")},
}
"""Domain → (status, fault) of the calls that go wrong."""
FATAL = {
    "truncate": r"json\.decoder\.JSONDecodeError: ",
    "break": r"httpx\.RemoteProtocolError: ",
    "lose": r"httpx\.RemoteProtocolError: ",
}
"""Fault → what the SDK raises; each stands in docs/sandbox-clients.md too."""
DOCUMENT = Path(__file__).parents[2] / "docs" / "sandbox-clients.md"


@pytest.fixture(scope="module")
def tenants(sandbox: Sandbox, application: Application) -> dict[str, Customer]:
    return {
        domain: make_customer(sandbox, domain=domain, haiilo_host=f"{domain[:-8]}.smarpshare.com", calm=False)
        for domain in SURVIVED
    }


@pytest.fixture(scope="module")
def calm(sandbox: Sandbox, application: Application) -> Customer:
    return make_customer(sandbox)


@pytest.fixture(scope="module")
def told(
    clients: Path,
    gateway: Gateway,
    application: Application,
    tenants: dict[str, Customer],
    calm: Customer,
    key_file: Path,
) -> Any:
    wishes = {
        "client_id": application.client_id,
        "certificate_file": str(key_file),
        "control": calm.tenant.control.url,
        "unkind": {domain: each.tenant.made for domain, each in tenants.items()},
        "calm": calm.tenant.made,
        "one_shot": list(FATAL),
    }
    return told_by("unkind.py", clients, gateway, wishes)


@pytest.mark.parametrize("domain", SURVIVED)
def test_survives_by_its_own_retries(domain, told, tenants):
    here, rounds = tenants[domain], told["survived"][domain]
    assert isinstance(rounds, list), rounds
    directory = {one["one"] for one in rounds}, {one["tenant"] for one in rounds}
    assert directory == ({here.tenant["service_principal_id"]}, {here.tid})
    paged = [one["paged"] for one in rounds]
    assert paged[0]
    assert [sorted(set(page)) for page in paged] == [sorted(paged[0])] * len(paged)
    lines = here.tenant.journal(kind="graph")
    met = [(line["status"], line["chaos"]) for line in lines if line["status"] > 400 or line["chaos"]]
    assert set(met) == SURVIVED[domain]


@pytest.mark.parametrize("how", FATAL)
def test_gives_up_at_a_read_and_goes_on_at_the_next(how, told, calm):
    found = told["reads"][how]
    assert re.match(FATAL[how], found["raised"])
    assert found["afterwards"] == calm.tid


def test_leaves_a_job_behind_with_each_answer_that_it_could_not_read(told):
    """Whoever uses the SDK has to look before making it again, as the product does; made again it is refused
    (docs/realities.md, `same_template`).
    """
    found = told["writes"]
    assert [found[how]["jobs"] for how in FATAL] == [1, 1, 1]
    assert all(re.match(FATAL[how], found[how]["raised"]) for how in FATAL)
    assert all("already exists. (status 409)" in found[how]["again"] for how in FATAL)


def test_is_written_down_with_what_it_raises():
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| `([\w.]+)` \|$", DOCUMENT.read_text(), re.MULTILINE))
    assert rows.keys() == FATAL.keys()
    assert all(re.match(FATAL[how], f"{name}: ") for how, name in rows.items())


def test_used_no_token_in_another_tenant(told, sandbox):
    assert sandbox.control.violations() == []
